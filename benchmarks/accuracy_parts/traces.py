"""Traces of boxes alone: the shared ones, and our own, which the tests film and hold to what is due."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

from accuracy_parts.clips import ROOT
from accuracy_parts.row import Row, share_row
from accuracy_parts.work import Work

TESTS = ROOT / "tests" / "vision" / "visits"
SHARED = "test_adds_and_removes_of_the_shared_traces"
GROUPS = {"the 12 shared ones, as filmed and mirrored, with looks and without": True, "our own": False}
PART = "traces"


def rows(work: Work) -> Iterator[Row]:
    """Run the tests that film the traces, and count them."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        for _ in work.track([TESTS], "traces"):
            command = [sys.executable, "-m", "pytest", "-q", str(TESTS), f"--junitxml={report}"]
            ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if not report.exists():
            problem = (ended.stderr or ended.stdout).strip().splitlines()[-1:]
            yield Row(PART, "exact", f"skipped: pytest says {' '.join(problem) or 'nothing'}", "all")
            return
        yield from counted(list(ElementTree.parse(report).getroot().iter("testcase")))


def counted(cases: Sequence[ElementTree.Element]) -> Iterator[Row]:
    """Yield how many of the test cases pass: those of the shared traces, and all others."""
    done = [case for case in cases if case.find("skipped") is None]
    for what, shared in GROUPS.items():
        some = [case for case in done if case.get("name", "").startswith(SHARED) == shared]
        failed = [case for case in some if case.find("failure") is not None or case.find("error") is not None]
        row = share_row(PART, f"exact, {what}", len(some) - len(failed), len(some))
        yield replace(
            row,
            measured=row.measured if some else "skipped: not at hand (../shared/traces)",
            asked="all",
            held=not failed if some else None,
            binding=True,
            details=tuple(f"not exact: {case.get('name')}" for case in failed),
        )
