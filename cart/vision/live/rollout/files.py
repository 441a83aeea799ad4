"""Networks in files of this machine: a new one is what replaces its file."""

from collections.abc import Mapping
from pathlib import Path

from cart.vision import weights
from cart.vision.live.rollout.offer import Check, Offer, Part, Unavailable

SECONDS = 2.0
"""From one look to the next; a file that changed between two looks is still being written."""

_Mark = tuple[int, int, int]


class Files:
    """Watches one file for each network; any of them may be missing.

    Args:
        name: what to call the place.
        paths: where each network is, or will be.
        seconds: from one look to the next.
    """

    def __init__(self, name: str, paths: Mapping[Part, Path], seconds: float = SECONDS) -> None:
        self.name = name
        self.seconds = seconds
        self._paths = paths
        self._marks: dict[Part, _Mark | None] = {}
        self._offers: dict[Part, Offer] = {}

    def offers(self, check: Check) -> list[Offer]:
        """Return the networks whose files have not changed since the last look.

        Raises:
            Unavailable: a file is there and cannot be read.
        """
        check()
        return [offer for part, path in self._paths.items() if (offer := self._offer(part, path)) is not None]

    def _offer(self, part: Part, path: Path) -> Offer | None:
        try:
            before, self._marks[part] = self._marks.get(part), _mark(path)
            if self._marks[part] is None or self._marks[part] != before:
                self._offers.pop(part, None)
                return None
            if part not in self._offers:
                self._offers[part] = Offer(part, str(path), weights.version_of(path), lambda _: path)
            return self._offers[part]
        except OSError as error:
            raise Unavailable(f"{path} cannot be read ({error.strerror}): check who may read it") from None


def _mark(path: Path) -> _Mark | None:
    """Return what changes when a file is written or replaced; None where there is no file."""
    if not path.is_file():
        return None
    status = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns
