"""Calibration: where the cart's opening lies in the picture, and whether the camera has moved since."""

from cart.vision.calibration.fingerprint import Drift, Fingerprint, compare, take_fingerprint
from cart.vision.calibration.opening_file import load_fingerprint, write_opening
from cart.vision.calibration.proposal import Proposal, propose
from cart.vision.calibration.survey import Survey, survey

__all__ = [
    "Drift",
    "Fingerprint",
    "Proposal",
    "Survey",
    "compare",
    "load_fingerprint",
    "propose",
    "survey",
    "take_fingerprint",
    "write_opening",
]
