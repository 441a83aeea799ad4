"""Where a camera is, as it is written on the command line."""

from cart.vision.footage.container import is_url
from cart.vision.live.device import DeviceSource
from cart.vision.live.shot import Source
from cart.vision.live.stream import UrlSource

SILENCE = 5.0
"""Seconds without a picture after which a camera counts as lost."""


def camera_at(place: str, silence: float = SILENCE) -> Source | None:
    """Return the camera of a number or a URL; None where the place is a file.

    Args:
        place: such as `0`, `rtsp://camera/1` or `trip.mp4`.
        silence: seconds to wait for the next picture of a stream.

    Raises:
        InputError: there is no such camera, or the URL is of another kind.
    """
    if place.isdecimal():
        return DeviceSource(int(place))
    return UrlSource(place, silence) if is_url(place) else None
