"""Surveys of drawn carts."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from cart.vision.calibration import Survey
from tests.vision.calibration.carts import SIZE, draw_cart

Surveyed = Callable[..., Survey]


@pytest.fixture
def surveyed() -> Surveyed:
    """Survey a drawn cart from a camera that is shifted by so many pixels and turned by so many degrees."""

    def look(seed: int, *, shift: float = 0.0, degrees: float = 0.0, noise: int = 0) -> Survey:
        cart = draw_cart(seed)
        turn = cv2.getRotationMatrix2D((SIZE[0] / 2, SIZE[1] / 2), degrees, 1.0)
        turn[0, 2] += shift
        view = cv2.warpAffine(cart.picture, turn, SIZE, borderMode=cv2.BORDER_REFLECT_101)
        grain = np.random.default_rng(noise).normal(0, 3, view.shape)
        picture = np.clip(view + grain, 0, 255).astype(np.uint8)
        return Survey(picture, np.zeros(SIZE[::-1], np.uint8), items=cart.items)

    return look
