"""A camera's view to a few numbers by which a later view is told to be the same or another.

Sparse corners with binary descriptors (ORB: Rublee et al., ICCV 2011) of what stands still outside of the
opening: 64 at most, too few to make a picture of again, as pictures are personal data.
"""

import base64
import binascii
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cart.errors import InputError
from cart.vision.calibration.survey import WIDTH, Survey
from cart.vision.opening import Point

MOVED_WIDTHS = 0.015
"""Mean shift of the view, in widths of the picture, from which on the camera has moved."""

_POINTS = 64
_CANDIDATES = 400
_APART = 12.0
_BYTES = 32  # of one descriptor
_FARTHEST_BITS = 64
_FEWEST = 8
_FIT_PIXELS = 4.0
_WHOLE = 0.9  # an opening so large leaves nothing around it
_OWN = 0.85  # the opening shrunk by so much is left out: its contents change, its rim does not


@dataclass(frozen=True)
class Fingerprint:
    """Corners of a view, in fractions of width and height, each with its descriptor.

    Attributes:
        points: (n, 2).
        descriptors: (n, 32), uint8.
    """

    points: NDArray[np.float64]
    descriptors: NDArray[np.uint8]

    def to_text(self) -> tuple[list[list[float]], str]:
        """Return the points rounded to four decimals, and the descriptors in base 64."""
        return np.round(self.points, 4).tolist(), base64.b64encode(self.descriptors.tobytes()).decode()

    @classmethod
    def from_text(cls, points: object, descriptors: object) -> "Fingerprint":
        """Read what `to_text` gave.

        Raises:
            InputError: the two do not fit, or are nothing of the kind.
        """
        try:
            places = np.array(points, np.float64).reshape(-1, 2)
            bits = np.frombuffer(base64.b64decode(str(descriptors), validate=True), np.uint8)
            return cls(places, bits.reshape(len(places), _BYTES))
        except (ValueError, TypeError, binascii.Error):
            raise InputError("its fingerprint is damaged: calibrate again") from None


@dataclass(frozen=True, slots=True)
class Drift:
    """How a view lies against a fingerprint.

    Attributes:
        widths: mean shift of the view in widths of the picture; None where too little of it is found again.
        found: corners that were found again.
    """

    widths: float | None
    found: int

    @property
    def moved(self) -> bool:
        """Whether the camera has moved, or shows another place altogether."""
        return self.widths is None or self.widths >= MOVED_WIDTHS


def take_fingerprint(seen: Survey, polygon: tuple[Point, ...]) -> Fingerprint:
    """Take the fingerprint of a view; with few still corners in it, it has few points or none."""
    points, descriptors = _corners(seen, polygon)
    kept = list[int]()
    for number, point in enumerate(points):
        if all(np.hypot(*(point - points[other])) >= _APART for other in kept):
            kept.append(number)
    kept = kept[:_POINTS]
    height, width = seen.picture.shape[:2]
    return Fingerprint(points[kept] / (width, height), descriptors[kept])


def compare(fingerprint: Fingerprint, seen: Survey, polygon: tuple[Point, ...]) -> Drift:
    """Tell how far a view has shifted since its fingerprint was taken with that opening.

    Raises:
        InputError: the fingerprint has too few points to tell.
    """
    if len(fingerprint.points) < _FEWEST:
        raise InputError("too little stands still in this view to tell whether the camera moved")
    points, descriptors = _corners(seen, polygon)
    if len(points) < _FEWEST:
        return Drift(None, 0)
    matches = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True).match(fingerprint.descriptors, descriptors)
    near = [match for match in matches if match.distance <= _FARTHEST_BITS]
    if len(near) < _FEWEST:
        return Drift(None, len(near))
    height, width = seen.picture.shape[:2]
    before = (fingerprint.points * (width, height))[[match.queryIdx for match in near]]
    after = points[[match.trainIdx for match in near]]
    found, fits = cv2.estimateAffinePartial2D(before, after, ransacReprojThreshold=_FIT_PIXELS)
    fit = np.asarray(found, np.float64)
    agreeing = int(fits.sum()) if fit.shape == (2, 3) else 0
    if agreeing < max(_FEWEST - 2, len(near) / 3):
        return Drift(None, agreeing)
    view = np.array([(0, 0), (width, 0), (width, height), (0, height), (width / 2, height / 2)], np.float64)
    shifts = view @ fit[:, :2].T + fit[:, 2] - view
    return Drift(round(float(np.hypot(*shifts.T).mean() / WIDTH), 4), agreeing)


def _corners(seen: Survey, polygon: tuple[Point, ...]) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """Return still corners in pixels, the strongest first, and their descriptors."""
    mask = 255 - cv2.dilate(seen.changing, np.ones((9, 9), np.uint8))
    height, width = mask.shape
    corners = np.array(polygon, np.float64)
    if cv2.contourArea(corners.astype(np.float32)) < _WHOLE:
        middle = corners.mean(axis=0)
        inner = (middle + _OWN * (corners - middle)) * (width, height)
        cv2.fillPoly(mask, [np.rint(inner).astype(np.int32)], 0)
    orb = cv2.ORB.create(_CANDIDATES, nlevels=4, edgeThreshold=16, patchSize=31, fastThreshold=8)
    keypoints, descriptors = orb.detectAndCompute(cv2.cvtColor(seen.picture, cv2.COLOR_BGR2GRAY), mask)
    if not keypoints:
        return np.empty((0, 2)), np.empty((0, _BYTES), np.uint8)
    order = np.argsort([-keypoint.response for keypoint in keypoints], kind="stable")
    points = np.array([keypoint.pt for keypoint in keypoints], np.float64)
    return points[order], np.asarray(descriptors, np.uint8)[order]
