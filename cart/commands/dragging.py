"""Corners of an opening, dragged with the mouse in a window."""

import cv2
import numpy as np

from cart.errors import InputError
from cart.vision.calibration.corners import CornerDrag, corners_text, parse_corners
from cart.vision.footage import Image
from cart.vision.opening import Point
from cart.vision.overlay import Scene, draw

_TITLE = "drag the corners; Enter: take them, Esc: leave"
_ENTER, _ESCAPE = {10, 13}, 27
_WAIT_MILLISECONDS = 20
_SHOWN_WIDTH = 960


def drag_corners(picture: Image, polygon: tuple[Point, ...]) -> tuple[Point, ...] | None:
    """Let a polygon's corners be dragged; needs a display.

    Args:
        picture: `(height, width, 3)` blue, green, red.
        polygon: to start from, in fractions 0..1.

    Returns:
        The corners, None where the window was left with Esc or closed.
    """
    scale = max(1, round(_SHOWN_WIDTH / picture.shape[1]))
    shown = np.asarray(cv2.resize(picture, None, fx=scale, fy=scale), np.uint8)
    corners = CornerDrag(polygon, (shown.shape[1], shown.shape[0]))

    def on_mouse(event: int, x: int, y: int, _flags: int, _data: object) -> None:
        if event == cv2.EVENT_LBUTTONDOWN:
            corners.press(x, y)
        elif event == cv2.EVENT_LBUTTONUP:
            corners.release()
        corners.move(x, y)

    cv2.namedWindow(_TITLE, cv2.WINDOW_AUTOSIZE | cv2.WINDOW_GUI_NORMAL)
    cv2.setMouseCallback(_TITLE, on_mouse)
    try:
        while cv2.getWindowProperty(_TITLE, cv2.WND_PROP_VISIBLE) >= 1:
            cv2.imshow(_TITLE, draw_opening(shown, corners.polygon))
            key = cv2.waitKey(_WAIT_MILLISECONDS) & 0xFF
            if key in _ENTER and _is_usable(corners.polygon):
                return corners.polygon
            if key == _ESCAPE:
                return None
        return None
    finally:
        _close()


def draw_opening(picture: Image, polygon: tuple[Point, ...]) -> Image:
    """Return the picture, `(height, width, 3)`, with a polygon of fractions 0..1 drawn on it."""
    height, width = picture.shape[:2]
    return draw(picture, Scene(opening=[(x * width, y * height) for x, y in polygon]))


def _is_usable(polygon: tuple[Point, ...]) -> bool:
    """Tell whether corners make an opening; those whose edges cross go on being dragged."""
    try:
        parse_corners(corners_text(polygon))
    except InputError:
        return False
    return True


def _close() -> None:
    """Close the window; somebody may have done so already."""
    if cv2.getWindowProperty(_TITLE, cv2.WND_PROP_VISIBLE) >= 1:
        cv2.destroyWindow(_TITLE)
    cv2.waitKey(1)
