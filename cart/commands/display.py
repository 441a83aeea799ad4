"""Windows, where there is a display: that is found out before OpenCV is asked for one."""

import os
import subprocess
import sys
from types import TracebackType
from typing import Self

import cv2

from cart.vision.footage import Image

_PROBE = "import cv2; cv2.namedWindow('probe'); cv2.waitKey(1); cv2.destroyAllWindows()"
_PROBE_SECONDS = 20
_NO_KEY = -1
_WIDTH = 960  # pixels to which small pictures are enlarged, as far as whole factors go


def has_display() -> bool:
    """Tell whether OpenCV can open a window here.

    Its toolkit ends the whole process where it cannot, so another process tries first.
    """
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False
    try:
        command = [sys.executable, "-c", _PROBE]
        probe = subprocess.run(command, capture_output=True, timeout=_PROBE_SECONDS, check=False)  # noqa: S603 -- our own words
    except subprocess.TimeoutExpired:
        return False
    return probe.returncode == 0


class Windows:
    """A window for each camera, and the keys pressed in any of them.

    Args:
        titles: of the windows.
    """

    def __init__(self, titles: list[str]) -> None:
        os.environ.setdefault("QT_LOGGING_RULES", "*.warning=false")  # its fonts are of no concern here
        self._titles = titles
        self._shown: set[str] = set()

    def show(self, place: int, image: Image) -> None:
        """Show a picture, `(height, width, 3)` blue, green, red, in the window of a place."""
        title = self._titles[place]
        if title not in self._shown:
            cv2.namedWindow(title, cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO | cv2.WINDOW_GUI_NORMAL)
            scale = max(1, round(_WIDTH / image.shape[1]))
            cv2.resizeWindow(title, scale * image.shape[1], scale * image.shape[0])
            self._shown.add(title)
        cv2.imshow(title, image)

    def key(self) -> str | None:
        """Return the key pressed since the last call, `q` for a window that was closed, None for none."""
        code = cv2.waitKey(1)
        if code != _NO_KEY:
            return chr(code & 0xFF)
        closed = [title for title in self._shown if cv2.getWindowProperty(title, cv2.WND_PROP_VISIBLE) < 1]
        return "q" if closed else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown:
            cv2.destroyAllWindows()
