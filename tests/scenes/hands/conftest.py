from pathlib import Path

import pytest

from cart.scenes.hands.arm import Arm
from cart.scenes.hands.body import Body, load_body
from cart.scenes.take import ArmSpec


@pytest.fixture(scope="session")
def body(body_folder: Path) -> Body:
    return load_body(body_folder)


@pytest.fixture(scope="session", params=["right", "left"])
def arm(request, body) -> Arm:
    return Arm(body, ArmSpec(side=request.param, seed=3))
