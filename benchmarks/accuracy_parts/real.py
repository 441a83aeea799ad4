"""The real clips, and the sample trips."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from accuracy_parts.clips import CLIPS, RENDERED, Clip, catalogs, judge
from accuracy_parts.row import Row, share_text
from accuracy_parts.work import Work
from cart.evaluation import Report
from cart.evaluation.report import Comparison


def rows(work: Work) -> Iterator[Row]:
    """Judge each clip."""
    with tempfile.TemporaryDirectory() as folder:
        known = catalogs(Path(folder))
        for clip in work.track((*CLIPS, *RENDERED), "clips at hand"):
            yield clip_row(clip, judge(clip, known) if clip.video.is_file() else None)


def clip_row(clip: Clip, report: Report | None) -> Row:
    """Return the row of a clip; without a report, its footage is missing."""
    part = "rendered sample trips" if clip in RENDERED else "clips at hand"
    counted = {"by action": clip.errors_by_action}
    if clip.catalog is not None:
        counted["by product"] = clip.errors_by_product
    asked = ", ".join(f"at most {most} wrong {how}" for how, most in counted.items() if most is not None)
    if report is None:
        return Row(part, clip.name, "skipped: no such footage here", asked)
    compared = {"by action": report.by_action, "by product": report.by_product}
    bounds = [(compared[how].errors, most) for how, most in counted.items() if most is not None]
    return Row(
        part,
        clip.name,
        "; ".join(_measured(how, compared[how]) for how in counted),
        asked,
        all(errors <= most for errors, most in bounds) if bounds else None,
        binding=True,
        figures={how.replace(" ", "_"): _figures(compared[how]) for how in counted},
        details=tuple(errors_of(compared[list(counted)[-1]])),
    )


def _measured(how: str, compared: Comparison) -> str:
    score = compared.score()
    true = score.matched + score.missed
    return f"{compared.errors} wrong {how}, right {share_text(score.matched, true)}"


def _figures(compared: Comparison) -> dict[str, int]:
    score = compared.score()
    return {"errors": compared.errors, "true": score.matched + score.missed, "matched": score.matched}


def errors_of(compared: Comparison) -> Iterator[str]:
    """Yield what is wrong, a line each."""
    for event in compared.missed:
        yield f"missed {event.action} of {event.label} at {event.t:.2f} s"
    for event in compared.false:
        yield f"false {event.action} of {event.label} at {event.t:.2f} s"
    for found, true in compared.confused:
        yield f"{true.action} of {true.label} at {true.t:.2f} s taken for {found.label}"
