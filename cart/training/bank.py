"""The cut-outs that scenes are made of: drawn ones, and real ones where there are pictures to cut from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from cart.training import hands, solids
from cart.training.splat import (
    PART_HAND,
    PART_ITEM,
    Floats,
    Sprite,
    join,
    random_light,
    render,
    rotation,
    transform,
)

_ITEM_PIXELS, _HAND_PIXELS = 180, 70
_LEAST_SEEN = 0.12


@dataclass(frozen=True, slots=True)
class Bank:
    """Cut-outs by their use.

    Attributes:
        upright: items standing, seen from the side or from above at an angle.
        lying: items in any pose.
        hands: hands with their arms.
        grips: hands with their arms and the item that they hold.
    """

    upright: Sequence[Sprite]
    lying: Sequence[Sprite]
    hands: Sequence[Sprite]
    grips: Sequence[Sprite]


def draw_bank(
    rng: np.random.Generator,
    items: int,
    hands_: int,
    grips: int,
    progress: Callable[[int], None] = lambda _: None,
) -> Bank:
    """Draw a bank; the same generator and counts draw the same bank.

    Args:
        rng: source of all of it.
        items: how many items stand; as many lie.
        hands_: how many empty hands.
        grips: how many hands that hold an item.
        progress: told how many more cut-outs are done.
    """

    def many(count: int, draw: Callable[[np.random.Generator], Sprite]) -> list[Sprite]:
        drawn = []
        for _ in range(count):
            drawn.append(draw(rng))
            progress(1)
        return drawn

    return Bank(many(items, _upright), many(items, _lying), many(hands_, _hand), many(grips, _grip))


def _upright(rng: np.random.Generator) -> Sprite:
    pose = rotation(float(rng.uniform(0, 0.9) * rng.uniform(0, 1)), 0, 0) @ rotation(
        y=float(rng.uniform(0, 2 * np.pi))
    )
    return render(transform(solids.random_product(rng), pose), random_light(rng), _ITEM_PIXELS)


def _lying(rng: np.random.Generator) -> Sprite:
    pose = rotation(x=float(rng.uniform(0.5, 1.57))) @ _any_pose(rng)
    return render(transform(solids.random_product(rng), pose), random_light(rng), _ITEM_PIXELS)


def _any_pose(rng: np.random.Generator) -> Floats:
    tipped = rotation(z=float(np.pi / 2)) if rng.random() < 0.4 else rotation()
    return rotation(y=float(rng.uniform(0, 2 * np.pi))) @ tipped


def _view_of_hand(rng: np.random.Generator) -> Floats:
    """Return a view mostly of the back of the hand, at times of its side or palm."""
    behind = np.pi if rng.random() < 0.25 else 0.0
    return rotation(x=float(rng.uniform(-0.9, 0.9))) @ rotation(y=float(rng.uniform(-1.3, 1.3) + behind))


def _hand(rng: np.random.Generator) -> Sprite:
    hand = hands.random_hand(rng, float(rng.uniform(0, 0.85)))
    return render(transform(hand, _view_of_hand(rng)), random_light(rng), _HAND_PIXELS)


def _grip(rng: np.random.Generator) -> Sprite:
    """Draw hands until one shows enough of itself and of the item held."""
    while True:
        held = join(*hands.random_grip(rng, solids.random_product(rng)))
        sprite = render(transform(held, _view_of_hand(rng)), random_light(rng), _HAND_PIXELS)
        hand, item = (int((sprite.parts == part).sum()) for part in (PART_HAND, PART_ITEM))
        if min(hand, item) > _LEAST_SEEN * (hand + item):
            return sprite
