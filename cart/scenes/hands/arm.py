"""One arm of a shopper: its model, its pose for a wrist and fingers, and its skin in that pose."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cart.scenes.geometry import Floats, Model, Pose, pose, quaternion, rotation
from cart.scenes.hands import fingers as hand
from cart.scenes.hands.body import Body
from cart.scenes.hands.dress import cloth_piece, regions, skin_piece, with_hanging_arm
from cart.scenes.hands.fingers import Fingers
from cart.scenes.hands.looks import materials, nail_quads, painted
from cart.scenes.hands.mesh import Piece, model_of
from cart.scenes.hands.reach import reach
from cart.scenes.hands.skeleton import FORE, INDEX, JOINTS, WRIST, joint_weights, skeleton
from cart.scenes.hands.trinkets import ring, watch
from cart.scenes.take import ArmSpec


@dataclass(frozen=True)
class Capsule:
    """A bone's flesh: all points within a radius of a line in its joint's frame."""

    name: str
    joint: int
    ends: Floats
    """(2, 3) metres."""
    radius: float


class Arm:
    """An arm with hand and clothed upper body, of one shopper.

    Its joints' matrices (J, 4, 4) are in the world and numbered as `joint_names`. The wrist's frame and the
    palm's have x towards the fingers and z out of the palm; the palm's origin lies on the skin in its middle.
    """

    joint_names = JOINTS

    def __init__(self, body: Body, spec: ArmSpec) -> None:
        self.spec = spec
        self._body = body
        self._shaped = body.shaped(spec.build, spec.seed)
        self.bones = skeleton(body, self._shaped, spec.side)
        self.rest = self.bones.rest
        self._body_weights = joint_weights(body, self.bones, self._shaped, spec.side)
        self._unposed = np.linalg.inv(self.rest)
        self.palm_in_wrist = self._palm()
        self._bases = _finger_bases(self.rest)

    @property
    def model(self) -> Model:
        """The arm at rest with skin, clothes and trinkets; painted when first asked for."""
        return self._mesh[0]

    @property
    def weights(self) -> Floats:
        """Share (V, J) of each joint in the move of the model's vertices."""
        return self._mesh[1]

    @cached_property
    def _mesh(self) -> tuple[Model, Floats]:
        body, spec, weights = self._body, self.spec, self._body_weights
        where = regions(body, self.bones, self._shaped, weights, spec.side, spec.other_hangs)
        worn = with_hanging_arm(body, self._shaped, where, spec.side)
        pieces = [
            skin_piece(body, worn, weights, where, spec.sleeve, spec.glove, nail_quads(body)),
            cloth_piece(body, worn, weights, where, spec.sleeve, spec.seed),
        ]
        pieces, pictures = painted(pieces, spec, self.bones)
        return model_of([*pieces, *self._worn()], materials(spec, pictures), pictures)

    def _worn(self) -> list[Piece]:
        """Return ring and watch, as far as they are worn."""
        found = []
        if self.spec.ring and self.spec.glove == "none":
            bone = next(part for part in self.flesh if part.name == "finger4-1")
            found.append(ring(self.bones, bone.ends[0] + 0.42 * (bone.ends[1] - bone.ends[0]), bone.radius))
        if self.spec.watch:
            along = 0.955 * self.bones.fore_length
            on_arm = _local(
                self._shaped[self._body_weights[:, INDEX[FORE[0]] :].sum(axis=1) > 0.9],
                np.linalg.inv(self.rest[INDEX[FORE[-1]]]),
            )
            near = on_arm[np.abs(on_arm[:, 0] - along) < 0.012][:, 1:]
            low, high = near.min(axis=0), near.max(axis=0)
            thick = (high - low) / 2 - 0.0005
            found += watch(self.bones, along, (low + high) / 2, (float(thick[0]), float(thick[1])))
        return found

    def _palm(self) -> Pose:
        """Return the pose of the palm's frame in the wrist's."""
        wrist = np.linalg.inv(self.rest[WRIST])
        points = _local(self._shaped[self._body_weights[:, WRIST:].sum(axis=1) > 0.7], wrist)
        knuckles = _local(np.array([self.rest[INDEX[f"finger{k}-1"], :3, 3] for k in range(2, 6)]), wrist)
        place = np.array([0.62 * knuckles[:, 0].max(), knuckles[:, 1].mean(), 0.0])
        near = points[np.hypot(*(points[:, :2] - place[:2]).T) < 0.018]
        place[2] = np.percentile(near[:, 2], 95)
        return pose(place)

    @cached_property
    def flesh(self) -> tuple[Capsule, ...]:
        """The capsules that stand for the hand, the wrist and the forearm in contacts."""
        found = []
        for finger in range(1, 6):
            for segment in range(1, 4):
                joint = INDEX[f"finger{finger}-{segment}"]
                end = (
                    self.bones.tips[finger - 1]
                    if segment == 3
                    else self.rest[INDEX[f"finger{finger}-{segment + 1}"], :3, 3]
                )
                found.append(self._capsule(f"finger{finger}-{segment}", joint, end, tip=segment == 3))
        for number in range(1, 5):
            end = self.rest[INDEX[f"finger{number + 1}-1"], :3, 3]
            found.append(self._capsule(f"palm{number}", INDEX[f"palm{number}"], end))
        found.append(self._capsule("wrist", WRIST, self.rest[INDEX["palm2"], :3, 3]))
        middle, first = self.bones.fore_length / 2, INDEX[FORE[0]]
        for name, joint, ends in (
            ("fore-upper", first, (0.0, middle)),
            ("fore-lower", INDEX[FORE[-1]], (middle, 2 * middle)),
        ):
            line = np.array([[ends[0], 0, 0], [ends[1], 0, 0]])
            found.append(Capsule(name, joint, line, 0.043 if joint == first else 0.034))
        return tuple(found)

    def _capsule(self, name: str, joint: int, end: Floats, tip: bool = False) -> Capsule:
        """Return the capsule about the vertices that one joint moves most, along its bone."""
        into = np.linalg.inv(self.rest[joint])
        mine = _local(self._shaped[self._body_weights.argmax(axis=1) == joint], into)
        length = float(np.linalg.norm(end - self.rest[joint, :3, 3]))
        along = _local(end[None], into)[0]
        inner = mine[(mine @ along > 0.15 * length**2) & (mine @ along < 0.95 * length**2)]
        inner = inner - np.outer(inner @ along / length**2, along)
        low, high = np.percentile(inner[:, 1:], [4, 96], axis=0)
        radius = float((high - low).min()) / 2
        middle = np.array([0.0, *((high + low) / 2)])
        if name.startswith(("palm", "wrist")):
            middle[1] = 0.0
        if not tip:
            return Capsule(name, joint, np.array([middle, along + middle]), radius)
        radius *= 0.92
        return Capsule(
            name, joint, np.array([middle, along * max(1 - radius / length, 0.2) + middle]), radius
        )

    def joints(self, shoulder: Floats, wrist: Pose, fingers: Fingers, facing: float | None = None) -> Floats:
        """Return the world matrices (J, 4, 4) of the arm's joints.

        Args:
            shoulder: (3,) where the shoulder is when the shopper stands straight; to reach farther, he leans.
            wrist: where the wrist shall be: it is always exactly there.
            fingers: how thumb and fingers are bent.
            facing: turn about z of the shopper, to positive y at 0; by default to the cart's middle.
        """
        at = np.asarray(shoulder, float)
        if facing is None:
            facing = self._facing(at)
        matrices = np.zeros((len(JOINTS), 4, 4))
        matrices[WRIST] = np.eye(4)
        matrices[WRIST, :3, :3], matrices[WRIST, :3, 3] = rotation(wrist.turn), wrist.place
        for number, matrix in reach(self.bones, self.spec.side, at, matrices[WRIST], facing).items():
            matrices[number] = matrix
        matrices[WRIST:] = matrices[WRIST] @ self.hand(fingers)
        return matrices

    def _facing(self, shoulder: Floats) -> float:
        """Return the turn of a shopper who looks to the cart's middle, by where his shoulder is."""
        offset = self.rest[INDEX["torso"], 0, 3] / max(float(np.hypot(*shoulder[:2])), 1e-9)
        return float(np.arctan2(shoulder[1], shoulder[0]) + np.arccos(np.clip(offset, -1, 1)))

    def hand(self, fingers: Fingers) -> Floats:
        """Return the matrices (J', 4, 4) of the joints from the wrist on, in the wrist's frame."""
        found = np.empty((len(JOINTS) - WRIST, 4, 4))
        found[0] = np.eye(4)
        found[1:5] = self._bases[1:5]
        for finger in range(5):
            found[5 + 3 * finger : 8 + 3 * finger] = self.finger(fingers, finger)
        return found

    def finger(self, fingers: Fingers, finger: int) -> Floats:
        """Return the matrices (3, 4, 4) of thumb (0) or a finger's (1..4) joints in the wrist's frame."""
        side = 1 if self.spec.side == "right" else -1
        found = np.zeros((3, 4, 4))
        found[:, 3, 3] = 1
        number = 5 + 3 * finger
        turn, place = self._bases[number, :3, :3], self._bases[number, :3, 3]
        if finger == hand.THUMB:
            turn = _about_x(-side * fingers.opposition) @ turn
        else:
            turn = turn @ _about_z(side * (0, -1, 0, 1, 1)[finger] * fingers.spread[finger])
        for segment in range(3):
            if segment:
                place = turn @ self._bases[number + segment, :3, 3] + place
                turn = turn @ self._bases[number + segment, :3, :3]
            turn = turn @ _bending(fingers.bend[finger, segment])
            found[segment, :3, :3], found[segment, :3, 3] = turn, place
        return found

    def vertices(self, joints: Floats) -> Floats:
        """Return the model's vertices (V, 3) in the world for joints (J, 4, 4), by linear blend skinning."""
        moves = (joints @ self._unposed)[:, :3, :]
        blended = (self.weights @ moves.reshape(len(moves), 12)).reshape(-1, 3, 4)
        world: Floats = np.einsum("vij,vj->vi", blended[:, :, :3], self.model.vertices) + blended[:, :, 3]
        return world

    def capsules(self, joints: Floats) -> Floats:
        """Return the flesh (N, 7) in the world, in the order of `flesh`: two ends and a radius."""
        ends = np.array([part.ends for part in self.flesh])
        frames = joints[[part.joint for part in self.flesh]]
        world = np.einsum("nij,nkj->nki", frames[:, :3, :3], ends) + frames[:, None, :3, 3]
        radii = np.array([part.radius for part in self.flesh])
        return np.concatenate([world.reshape(-1, 6), radii[:, None]], axis=1)

    def palm(self, joints: Floats) -> Pose:
        """Return the palm's pose in the world."""
        wrist = Pose(joints[WRIST, :3, 3], quaternion(joints[WRIST, :3, :3]))
        return wrist.after(self.palm_in_wrist)

    def wrist_of(self, palm: Pose) -> Pose:
        """Return where the wrist is when the palm is at a pose."""
        return palm.after(self.palm_in_wrist.inverse())


def _finger_bases(rest: Floats) -> Floats:
    """Return the hand's joints at rest (J', 4, 4), each in the frame of the one it hangs on."""
    bases = np.linalg.inv(rest[WRIST]) @ rest[WRIST:]
    for finger in range(5):
        for segment in (2, 1):
            number = WRIST + 5 + 3 * finger + segment
            bases[number - WRIST] = np.linalg.inv(rest[number - 1]) @ rest[number]
    return bases


def _local(points: Floats, into: Floats) -> Floats:
    return np.asarray(points @ into[:3, :3].T + into[:3, 3])


def _bending(angle: float) -> Floats:
    sine, cosine = math.sin(angle), math.cos(angle)
    return np.array([[cosine, 0, -sine], [0, 1, 0], [sine, 0, cosine]])


def _about_x(angle: float) -> Floats:
    sine, cosine = math.sin(angle), math.cos(angle)
    return np.array([[1, 0, 0], [0, cosine, -sine], [0, sine, cosine]])


def _about_z(angle: float) -> Floats:
    sine, cosine = math.sin(angle), math.cos(angle)
    return np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]])
