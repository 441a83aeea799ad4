"""Holds are measured by exact distances to boxes, cylinders and spheres."""

from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from cart.scenes.geometry import Material, Model, about, pose, rotation
from cart.scenes.hands.arm import Arm
from cart.scenes.hands.fingers import RELAXED
from cart.scenes.hands.grasps import GRASPS, fits, grasp
from cart.scenes.hands.skeleton import WRIST
from cart.scenes.take import ArmSpec


def model(vertices, faces):
    return Model(
        np.array(vertices, float),
        np.array(faces),
        np.zeros((len(faces), 3, 2)),
        np.zeros(len(faces), int),
        (Material(),),
        {},
    )


def box(x, y, z):
    signs = np.array([[i, j, k] for i in (-1, 1) for j in (-1, 1) for k in (-1, 1)])
    quads = [[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]]
    faces = [[q[0], q[i], q[i + 1]] for q in quads for i in (1, 2)]
    return model(signs * np.array([x, y, z]) / 2, faces)


def box_distance(x, y, z):
    def distance(points):
        beyond = np.abs(points) - np.array([x, y, z]) / 2
        return np.linalg.norm(np.maximum(beyond, 0), axis=1) + np.minimum(beyond.max(axis=1), 0)

    return distance


def turned(profile, sides=48):
    angles = np.arange(sides) * 2 * np.pi / sides
    rings = [np.column_stack([r * np.cos(angles), r * np.sin(angles), np.full(sides, z)]) for r, z in profile]
    vertices = np.concatenate([*rings, [[0, 0, profile[0][1]], [0, 0, profile[-1][1]]]])
    faces, last = [], (len(profile) - 1) * sides
    for i in range(sides):
        j = (i + 1) % sides
        for k in range(0, last, sides):
            faces += [[k + i, k + j, k + sides + j], [k + i, k + sides + j, k + sides + i]]
        faces += [[j, i, last + sides], [last + i, last + j, last + sides + 1]]
    return model(vertices, faces)


def cylinder_distance(radius, height):
    def distance(points):
        beyond = np.column_stack(
            [np.hypot(points[:, 0], points[:, 1]) - radius, np.abs(points[:, 2]) - height / 2]
        )
        return np.linalg.norm(np.maximum(beyond, 0), axis=1) + np.minimum(beyond.max(axis=1), 0)

    return distance


def sphere(radius):
    angles = np.linspace(0.03, np.pi - 0.03, 24)
    return turned([(radius * np.sin(a), -radius * np.cos(a)) for a in angles])


ITEMS = {
    "small box": (box(0.03, 0.08, 0.05), box_distance(0.03, 0.08, 0.05)),
    "bar": (box(0.16, 0.035, 0.012), box_distance(0.16, 0.035, 0.012)),
    "carton": (box(0.065, 0.065, 0.2), box_distance(0.065, 0.065, 0.2)),
    "cereal": (box(0.19, 0.06, 0.29), box_distance(0.19, 0.06, 0.29)),
    "big box": (box(0.3, 0.2, 0.15), box_distance(0.3, 0.2, 0.15)),
    "can": (turned([(0.033, -0.055), (0.033, 0.055)]), cylinder_distance(0.033, 0.11)),
    "thin can": (turned([(0.02, -0.06), (0.02, 0.06)]), cylinder_distance(0.02, 0.12)),
    "tin": (turned([(0.043, -0.03), (0.043, 0.03)]), cylinder_distance(0.043, 0.06)),
    "apple": (sphere(0.04), lambda points: np.linalg.norm(points, axis=1) - 0.04),
    "hull": (box(0.07, 0.05, 0.15).vertices, box_distance(0.07, 0.05, 0.15)),
}
HOLDS = [
    (name, kind)
    for name, (item, _) in ITEMS.items()
    for kind in GRASPS
    if kind != "two_items" and fits(kind, item)
]


@cache
def held(arm, name, kind):
    return grasp(kind, arm, ITEMS[name][0], pose((0, 0, 0.8)), np.random.default_rng(1))


def finger_gaps(arm, found, fingers, distance):
    """Distance (5,) of thumb and fingers, and of the palm, to the item in whose frame the hand is."""
    wrist = arm.wrist_of(found.hand)
    matrices = np.tile(np.eye(4), (len(arm.joint_names), 1, 1))
    root = np.eye(4)
    root[:3, :3], root[:3, 3] = rotation(wrist.turn), wrist.place
    matrices[WRIST:] = root @ arm.hand(fingers)
    gaps = {}
    for part, capsule in zip(arm.flesh, arm.capsules(matrices), strict=True):
        line = capsule[:3] + np.linspace(0, 1, 30)[:, None] * (capsule[3:6] - capsule[:3])
        gap = float((distance(line) - capsule[6]).min())
        key = part.name.split("-")[0] if part.name.startswith("finger") else "palm"
        if not part.name.startswith("fore"):
            gaps[key] = min(gaps.get(key, 1.0), gap)
    return np.array([gaps[f"finger{k}"] for k in range(1, 6)]), gaps["palm"]


@pytest.mark.parametrize(("name", "kind"), HOLDS)
def test_thumb_and_two_fingers_hold_and_nothing_goes_through(arm, name, kind):
    _, distance = ITEMS[name]
    found = held(arm, name, kind)
    gaps, palm = finger_gaps(arm, found, found.closed, distance)
    assert gaps.min() > -0.003
    assert palm > -0.003
    assert gaps[0] < 0.004
    assert (gaps[1:] < 0.004).sum() >= 2


@pytest.mark.parametrize(("name", "kind"), HOLDS)
def test_the_open_hand_leaves_without_touching(arm, name, kind):
    _, distance = ITEMS[name]
    found = held(arm, name, kind)
    assert np.linalg.norm(found.approach) == pytest.approx(1)
    assert finger_gaps(arm, found, found.open, distance)[0].max() > 0.004
    for back in np.linspace(0, 0.12, 9):
        leaving = replace(found, hand=replace(found.hand, place=found.hand.place - back * found.approach))
        gaps, palm = finger_gaps(arm, leaving, found.open, distance)
        assert min(gaps.min(), palm) > -0.003


@pytest.mark.parametrize("kind", ["top", "side"])
def test_thumb_and_fingers_are_on_opposite_sides(arm, kind):
    item, _ = ITEMS["carton"]
    found = grasp(kind, arm, item, pose((0, 0, 0.8)), np.random.default_rng(2))
    root = np.eye(4)
    wrist = arm.wrist_of(found.hand)
    root[:3, :3], root[:3, 3] = rotation(wrist.turn), wrist.place
    tips = [(root @ arm.finger(found.closed, finger)[2])[:3, 3] for finger in range(3)]
    across = rotation(found.hand.turn)[:, 0]
    assert tips[0] @ across < -0.02
    assert tips[2] @ across > 0.02


def test_from_above_the_hand_is_above_however_the_item_lies(arm):
    can, distance = ITEMS["can"]
    lying = pose((0, 0, 0.5), about((1, 0, 0), np.pi / 2))
    found = grasp("top", arm, can, lying, np.random.default_rng(0))
    palm = lying.after(found.hand)
    assert palm.place[2] > 0.5 + 0.033
    assert rotation(palm.turn)[2, 2] < -0.8
    assert finger_gaps(arm, found, found.closed, distance)[0].min() > -0.003


def test_two_hands_hold_a_box_from_two_sides(body):
    item, _ = ITEMS["big box"]
    palms = [
        grasp(
            "two_hands", Arm(body, ArmSpec(side=side)), item, pose((0, 0, 0.8)), np.random.default_rng(0)
        ).hand
        for side in ("left", "right")
    ]
    assert palms[0].place[0] < -0.14
    assert palms[1].place[0] > 0.14


def test_two_items_lie_side_by_side_in_one_hand(arm):
    bar, distance = ITEMS["bar"]
    found = grasp("two_items", arm, bar, pose((0, 0, 0.8)), np.random.default_rng(0))
    beside = found.hand.after(found.second)
    assert np.linalg.norm(beside.place) < 0.05
    assert distance(bar.vertices @ rotation(beside.turn).T + beside.place).min() > -1e-6
    both = lambda points: np.minimum(  # noqa: E731
        distance(points), distance(beside.inverse().apply(points))
    )
    gaps, palm = finger_gaps(arm, found, found.closed, both)
    assert min(gaps.min(), palm) > -0.003
    assert gaps[0] < 0.004
    assert (gaps[1:] < 0.004).sum() >= 2


def test_same_seed_same_grasp(arm):
    item, _ = ITEMS["can"]
    one, other = (grasp("side", arm, item, pose((0, 0, 0.8)), np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(one.hand.place, other.hand.place)
    assert np.array_equal(one.closed.bend, other.closed.bend)


def test_what_fits_in_one_hand_and_what_does_not():
    assert not any(fits(kind, ITEMS["big box"][0]) for kind in ("top", "side", "pinch", "two_items"))
    assert fits("two_hands", ITEMS["big box"][0])
    assert not fits("two_hands", ITEMS["small box"][0])
    assert fits("side", ITEMS["can"][0])
    assert not fits("side", ITEMS["bar"][0])
    assert fits("two_items", ITEMS["bar"][0])


def test_an_unknown_grasp_is_named(arm):
    with pytest.raises(ValueError, match="kick"):
        grasp("kick", arm, ITEMS["can"][0], pose((0, 0, 0)), np.random.default_rng(0))


def test_a_relaxed_hand_has_its_fingers_side_by_side(arm):
    matrices = arm.hand(RELAXED)
    tips = [matrices[5 + 3 * finger + 2, :3, 3] for finger in range(1, 5)]
    apart = [np.linalg.norm(a - b) for a, b in pairwise(tips)]
    assert max(apart) < 0.032
