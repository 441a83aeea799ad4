"""Fingers that close until they touch.

Each finger follows a path of bends and takes steps that cannot carry it into the item: no point of it
moves farther than its distance from the surface (conservative advancement). Its root held, the rest goes on.
"""

from dataclasses import dataclass

import numpy as np

from cart.scenes.geometry import Floats
from cart.scenes.hands.arm import Arm
from cart.scenes.hands.contact import Surface
from cart.scenes.hands.fingers import LEAST, MOST, THUMB, Fingers
from cart.scenes.hands.skeleton import INDEX, WRIST

TOUCHES = 0.0008
"""Metres at which a finger counts as touching."""
_SHARES = np.linspace(0, 1, 6)
_STEPS = 24


@dataclass(frozen=True)
class Closed:
    """Fingers that have closed on an item."""

    fingers: Fingers
    gaps: Floats
    """(5,) metres between each finger and the item, negative inside."""
    pushes: Floats
    """(5, 3) the item's outward normal where each finger is nearest, in the palm's frame."""
    ends: Floats
    """(5, 3) the tips, in the palm's frame."""


@dataclass(frozen=True)
class Paths:
    """From where and how fast each joint closes; the last column is the thumb's opposition."""

    start: Floats
    """(5, 4)."""
    speed: Floats
    """(5, 4) radians for each unit of the way."""
    most: Floats
    """(5, 4) where each joint stops."""


class Hand:
    """The hand of an arm in its palm's frame, ready to close."""

    def __init__(self, arm: Arm) -> None:
        self.arm = arm
        self._into_palm = -arm.palm_in_wrist.place
        self.size = (
            float(np.linalg.norm(arm.rest[INDEX["finger3-1"], :3, 3] - arm.rest[WRIST, :3, 3])) / 0.095
        )
        """Of the hand, 1 for a grown-up's."""
        segments = {part.name: part for part in arm.flesh}
        self._lines = np.array(
            [[segments[f"finger{finger}-{segment}"].ends for segment in (1, 2, 3)] for finger in range(1, 6)]
        )
        self._radii = np.array(
            [
                [segments[f"finger{finger}-{segment}"].radius for segment in (1, 2, 3)]
                for finger in range(1, 6)
            ]
        )
        rest = arm.hand(Fingers(np.zeros((5, 3)), np.zeros(5), 0.0))
        lines, radii = [], []
        for part in arm.flesh:
            if part.joint >= WRIST and part.name.startswith(("palm", "wrist")):
                frame = rest[part.joint - WRIST]
                lines.append(part.ends @ frame[:3, :3].T + frame[:3, 3] + self._into_palm)
                radii.append(np.full(len(_SHARES), part.radius))
        self._palm = np.concatenate([_along(line) for line in lines]), np.concatenate(radii)

    def palm_gap(self, item: Surface) -> float:
        """Return how far the palm and the wrist are from an item seen from the palm's frame."""
        places, radii = self._palm
        return float((item.distances(places)[0] - radii).min())

    def start_gap(self, item: Surface, spread: Floats, paths: "Paths") -> float:
        """Return how far the open fingers' roots and the thumb are from an item in the palm's frame."""
        open_hand = _fingers(paths.start, spread)
        gaps = []
        for finger in range(5):
            places, radii, _ = self.flesh(open_hand, finger)
            part = slice(
                None, len(_SHARES) * ((3 if paths.start[THUMB, 3] < 0 else 2) if finger == THUMB else 1)
            )
            gaps.append((item.distances(places[part])[0] - radii[part]).min())
        return float(min(gaps))

    def gap(self, item: Surface, fingers: Fingers) -> float:
        """Return how far thumb and fingers are from an item in the palm's frame."""
        parts = [self.flesh(fingers, finger) for finger in range(5)]
        places = np.concatenate([places for places, _, _ in parts])
        radii = np.concatenate([radii for _, radii, _ in parts])
        return float((item.distances(places)[0] - radii).min())

    def flesh(self, fingers: Fingers, finger: int) -> tuple[Floats, Floats, Floats]:
        """Return points (18, 3) in a finger's bones, their radii and its joints (3, 3) in the palm."""
        frames = self.arm.finger(fingers, finger)
        ends = np.einsum("nij,nkj->nki", frames[:, :3, :3], self._lines[finger]) + frames[:, None, :3, 3]
        places = (ends[:, :1] * (1 - _SHARES)[None, :, None] + ends[:, 1:] * _SHARES[None, :, None]).reshape(
            -1, 3
        )
        return (
            places + self._into_palm,
            np.repeat(self._radii[finger], len(_SHARES)),
            frames[:, :3, 3] + self._into_palm,
        )

    def close(self, item: Surface, spread: Floats, paths: Paths) -> Closed:
        """Return the fingers closed on an item in the palm's frame; one that meets nothing follows others."""
        state = paths.start.copy()
        gaps, pushes, ends = np.full(5, 1.0), np.zeros((5, 3)), np.zeros((5, 3))
        for finger in (1, 2, 3, 4, THUMB):
            others = [self.flesh(_fingers(state, spread), k) for k in (1, 2)] if finger == THUMB else []
            state[finger], gaps[finger], pushes[finger] = self._close_one(
                item, others, finger, state, spread, paths
            )
        self._follow(state, paths, gaps)
        closed = _fingers(state, spread)
        for finger in range(5):
            places, _, _ = self.flesh(closed, finger)
            ends[finger] = places[-1]
        return Closed(closed, gaps, pushes, ends)

    def _close_one(
        self,
        item: Surface,
        others: list[tuple[Floats, Floats, Floats]],
        finger: int,
        state: Floats,
        spread: Floats,
        paths: Paths,
    ) -> tuple[Floats, float, Floats]:
        state = state.copy()
        item = item.within(*self._sweep(state, spread, finger))
        speed, most = paths.speed[finger], paths.most[finger]
        free, gap, push = 0, 1.0, np.zeros(3)
        for _ in range(_STEPS):
            places, radii, joints = self.flesh(_fingers(state, spread), finger)
            away, normals = item.distances(places)
            away = away - radii
            nearest = int(away.argmin())
            gap, push = float(away[nearest]), normals[nearest]
            room = np.minimum(away, _room(places, radii, others))
            touching = np.flatnonzero(room <= TOUCHES)
            if touching.size:
                free = max(free, int(touching.max()) // len(_SHARES) + 1)
            moving = np.where(state[finger] < most - 1e-6, speed, 0.0)
            moving[:free] = 0
            if free:
                moving[3] = 0
            if not moving.any():
                break
            pace = np.zeros(len(places))
            for joint in range(3):
                pace += moving[joint] * np.linalg.norm(places - joints[joint], axis=1)
            pace += moving[3] * np.linalg.norm(places[:, 1:] - joints[0][1:], axis=1)
            part = slice(free * len(_SHARES) + 1, None)
            step = float(((room[part] - TOUCHES / 2) / np.maximum(pace[part], 1e-6)).min())
            state[finger] = np.minimum(state[finger] + moving * min(max(step, 0.0), 0.6), most)
        return state[finger], gap, push

    def _sweep(self, state: Floats, spread: Floats, finger: int) -> tuple[Floats, Floats]:
        """Return the corners of a box that holds all the way of a finger."""
        places, _, joints = self.flesh(_fingers(state, spread), finger)
        length = float(np.linalg.norm(places[-1] - joints[0])) + 0.02
        low, high = joints[0] - length, joints[0] + length
        if finger != THUMB:
            low[1] = min(places[:, 1].min(), joints[0][1]) - 0.02
            high[1] = max(places[:, 1].max(), joints[0][1]) + 0.02
        return low, high

    def _follow(self, state: Floats, paths: Paths, gaps: Floats) -> None:
        """Bend fingers that met nothing about as far as those that did, along the way they came."""
        touched = [finger for finger in range(1, 5) if gaps[finger] < 0.004]
        if not touched:
            return
        for finger in set(range(1, 5)) - set(touched):
            model = state[min(touched, key=lambda k: abs(k - finger))]
            wanted = np.minimum(model * 1.05, state[finger])
            state[finger] = np.maximum(wanted, paths.start[finger])


def _room(places: Floats, radii: Floats, others: list[tuple[Floats, Floats, Floats]]) -> Floats:
    """Return how far points are from other fingers' flesh."""
    room = np.full(len(places), 1.0)
    for others_places, others_radii, _ in others:
        apart = np.linalg.norm(places[:, None] - others_places[None], axis=2)
        room = np.minimum(room, (apart - others_radii[None]).min(axis=1) - radii)
    return np.maximum(room, TOUCHES * 1.01) if room.min() < 0 else room


def _along(line: Floats) -> Floats:
    return np.asarray(line[0] * (1 - _SHARES)[:, None] + line[1] * _SHARES[:, None])


def _fingers(state: Floats, spread: Floats) -> Fingers:
    return Fingers(state[:, :3], spread, float(state[THUMB, 3]))


def wrapping(opposition: float) -> Paths:
    """Return the way of fingers that start wide open, with the thumb in front of the palm."""
    start = np.zeros((5, 4))
    start[:, :3] = LEAST
    start[THUMB, 3] = opposition
    speed = np.zeros((5, 4))
    speed[1:, :3] = [1.0, 0.85, 0.45]
    speed[THUMB, :3] = [0.7, 0.8, 0.6]
    return Paths(start, speed, np.column_stack([MOST, np.full(5, 1.4)]))


def laying() -> Paths:
    """Return the way of fingers that lay themselves flat on a side, the thumb beside them."""
    start = np.zeros((5, 4))
    start[:, :3] = LEAST
    start[THUMB] = [0.0, 0.05, 0.0, -0.7]
    speed = np.zeros((5, 4))
    speed[1:, :3] = [1.0, 0.25, 0.1]
    speed[THUMB] = [0.02, 0.1, 0.05, 1.0]
    most = np.column_stack([MOST, np.full(5, 1.4)])
    most[1:, :3] = [0.5, 0.3, 0.2]
    return Paths(start, speed, most)
