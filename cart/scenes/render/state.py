"""All meshes of a job and where they are at each frame.

What the picture, the mask and the plan are drawn from.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from cart.scenes.geometry import Floats, Ints, Model, Pose
from cart.scenes.render.protocol import Job
from cart.scenes.stage.carts import CartShape
from cart.scenes.stage.surroundings import Piece, surroundings
from cart.scenes.take import Take


class Limb(Protocol):
    """An arm, as `cart.scenes.hands.arm.Arm` makes it."""

    @property
    def model(self) -> Model:
        """The arm at rest."""

    def vertices(self, joints: Floats) -> Floats:
        """Return the vertices (V, 3) in the world for joint matrices (J, 4, 4)."""


@dataclass(frozen=True)
class Moments:
    """Where everything is when the shutter opens, in the middle, and when it closes."""

    items: Floats
    """(items, 3, 7), NaN where an item is not in the scene."""
    arms: tuple[Floats, ...]
    """Of each arm vertices (3, V, 3), NaN where it is away."""
    floor_shift: Floats
    """(3, 2) metres."""


@dataclass(frozen=True)
class State:
    """A take with the meshes of all that is in it."""

    take: Take
    models: dict[str, Model]
    arms: tuple[Limb, ...] = ()

    @cached_property
    def cart(self) -> Model:
        """The cart as it stands in the world."""
        return CartShape(self.take.cart).model

    @cached_property
    def surroundings(self) -> tuple[Piece, ...]:
        """What stands around, where it is while the floor has not shifted."""
        return surroundings(self.take.surroundings, self.take.cart)

    def moments(self, frame: int) -> Moments:
        """Return where everything is in a frame."""
        three: Ints = self.take.frames[frame]
        arms = tuple(
            np.stack([_vertices(arm, self.take.joints[m, n]) for m in three])
            for n, arm in enumerate(self.arms)
        )
        items = np.swapaxes(self.take.items[three], 0, 1)
        return Moments(items, arms, self.take.floor_shift[three])


def item_vertices(model: Model, placed: Floats) -> Floats:
    """Return an item's vertices (V, 3) in the world at a place and turn (7,)."""
    return Pose(placed[:3], placed[3:]).apply(model.vertices)


def read_state(job: Job) -> State:
    """Read all models of a job."""
    models = {gtin: job.model(gtin) for gtin in set(job.take.products)}
    return State(job.take, models, _limbs(job))


def _limbs(job: Job) -> tuple[Limb, ...]:
    if not job.take.arms:
        return ()
    from cart.scenes.hands.arm import Arm  # noqa: PLC0415
    from cart.scenes.hands.body import load_body  # noqa: PLC0415

    assert job.assets is not None
    body = load_body(job.assets)
    return tuple(Arm(body, spec) for spec in job.take.arms)


def _vertices(arm: Limb, joints: Floats) -> Floats:
    if np.isnan(joints).any():
        return np.full((len(arm.model.vertices), 3), np.nan)
    return arm.vertices(joints)
