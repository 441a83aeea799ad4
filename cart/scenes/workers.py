"""Runs the programs of the render environment, one a core, and tells how far they are."""

import json
import subprocess
import tempfile
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from typing import Any

from cart.scenes.environment import RenderFailed, cores, start

Told = Callable[[dict[str, Any]], None]
"""Is given each line that a program prints, a JSON object."""

Command = tuple[str, Sequence[str]]
"""A module of this package to run, and its arguments."""

_KILLED = "was killed, perhaps for want of memory: free some, or render one at a time (--jobs 1)"


class Workers:
    """Programs that run side by side; with `with`, none outlives the block."""

    def __init__(self, jobs: int, told: Told, first_core: int = 0) -> None:
        """Prepare.

        Args:
            jobs: how many run at once.
            told: is called from one thread at a time.
            first_core: number of the core that the first program is bound to; the others follow.
        """
        self._pool = ThreadPoolExecutor(jobs)
        self._told, self._lock = told, threading.Lock()
        self._running: set[subprocess.Popen[str]] = set()
        self._stopped = False
        self._core = first_core

    def run(self, commands: Sequence[Command]) -> None:
        """Run programs until all have ended; one that fails ends the others.

        Raises:
            RenderFailed: one failed; says why. What was finished until then is kept.
        """
        try:
            waiting = [self._pool.submit(self._run_one, *command) for command in commands]
            done, _ = wait(waiting, return_when=FIRST_EXCEPTION)
            for future in done:
                future.result()
        finally:
            self._stop()

    def _stop(self) -> None:
        with self._lock:
            self._stopped = True
            for process in self._running:
                process.terminate()
        self._pool.shutdown(cancel_futures=True)

    def _run_one(self, program: str, arguments: Sequence[str]) -> None:
        with tempfile.TemporaryFile("w+") as complaints:
            with self._lock:
                if self._stopped:
                    return
                there = cores()
                core = there[self._core % len(there)] if there else None
                self._core += 1
                process = start(program, arguments, complaints, core)
                self._running.add(process)
            assert process.stdout is not None
            try:
                with process.stdout as lines:
                    for line in lines:
                        self._read(line)
            finally:
                code = process.wait()
            with self._lock:
                self._running.discard(process)
                if code == 0 or self._stopped:
                    return
            complaints.seek(0)
            last = (complaints.read().strip().splitlines() or ["without a word"])[-1]
            reason = _KILLED if code == -9 else f"ended with code {code}: {last}"
            raise RenderFailed(f"the render process {reason}; the same command goes on where it stopped")

    def _read(self, line: str) -> None:
        if not line.startswith("{"):
            return
        told = json.loads(line)
        if "error" in told:
            raise RenderFailed(str(told["error"]))
        with self._lock:
            self._told(told)
