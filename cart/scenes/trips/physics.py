"""The physics of a cart: items that fall, slide and rest, hands that push and hold them (MuJoCo)."""

from collections.abc import Mapping, Sequence

import mujoco
import numpy as np

from cart.scenes.geometry import Floats, Model, Pose, product, rotation
from cart.scenes.stage.carts import Wall

STEP = 0.002
"""Seconds of one step."""
_PARKED = 30.0  # metres below the store at which what is not in the scene waits
_ITEMS, _HANDS, _WALLS = 1, 2, 4  # bits of what may touch what
_AT_REST = 0.03  # metres and radians a second: slower than this counts as resting


class World:
    """Walls that stand, items that move freely, and capsules of hands that are moved from outside."""

    def __init__(
        self,
        walls: Sequence[Wall],
        models: Sequence[Model],
        masses: Sequence[float],
        arms: int,
        capsules: int,
    ) -> None:
        """Build it with every item parked out of sight.

        Args:
            walls: of the cart.
            models: the shape of each item; its convex hull is what touches.
            masses: kilograms of each item.
            arms: how many arms there are.
            capsules: how many capsules one arm has.
        """
        self.model = _spec(walls, models, masses, arms, capsules).compile()
        self.data = mujoco.MjData(self.model)
        self.items, self.arms, self.capsules = len(models), arms, capsules
        self._body = [self.model.body(f"item{i}").id for i in range(self.items)]
        self._geom = [self.model.geom(f"item{i}").id for i in range(self.items)]
        self._address = [self.model.joint(f"item{i}").qposadr[0] for i in range(self.items)]
        self._speed = [self.model.joint(f"item{i}").dofadr[0] for i in range(self.items)]
        self._parked = set(range(self.items))
        self._grips: dict[int, tuple[int, Pose]] = {}
        for i in range(self.items):
            self.park(i)
        for arm in range(arms):
            self.put_away(arm)

    @property
    def time(self) -> float:
        """Seconds since the beginning."""
        return float(self.data.time)

    def park(self, item: int) -> None:
        """Take an item out of the scene."""
        self._parked.add(item)
        self._grips.pop(item, None)
        self._touch(item, 0)
        self._set(item, Pose(np.array([item * 2.0, 0, -_PARKED]), np.array([1.0, 0, 0, 0])))

    def place(self, item: int, pose: Pose) -> None:
        """Bring an item into the scene, at rest at a pose and free to move."""
        self._parked.discard(item)
        self._touch(item, _ITEMS | _HANDS | _WALLS)
        self._set(item, pose)

    def is_present(self, item: int) -> bool:
        """Tell whether an item is in the scene."""
        return item not in self._parked

    def pose(self, item: int) -> Pose:
        """Return where an item is."""
        at = self._address[item]
        return Pose(self.data.qpos[at : at + 3].copy(), self.data.qpos[at + 3 : at + 7].copy())

    def is_at_rest(self, item: int) -> bool:
        """Tell whether an item lies still."""
        speed = self.data.qvel[self._speed[item] : self._speed[item] + 6]
        return bool(np.abs(speed).max() < _AT_REST)

    def hold(self, item: int, arm: int, relative: Pose) -> None:
        """Let a hand hold an item at a pose relative to its palm; hands no longer push it."""
        self._parked.discard(item)
        self._grips[item] = (arm, relative)
        self._touch(item, _ITEMS | _WALLS)

    def let_go(self, item: int) -> None:
        """Let an item go with the speed that it has; it is pushed by hands again after `free`."""
        self._grips.pop(item, None)

    def free(self, item: int) -> None:
        """Let hands push an item again."""
        if item not in self._grips and item not in self._parked:
            self._touch(item, _ITEMS | _HANDS | _WALLS)

    def holder(self, item: int) -> int:
        """Return the arm that holds an item, or -1."""
        return self._grips[item][0] if item in self._grips else -1

    def target(self, item: int, palms: Mapping[int, Pose]) -> Pose:
        """Return where an item that is held is to be, for the palms' poses."""
        arm, relative = self._grips[item]
        return palms[arm].after(relative)

    def put_away(self, arm: int) -> None:
        """Take an arm out of the scene."""
        for k in range(self.capsules):
            self.data.mocap_pos[arm * self.capsules + k] = (arm * 5.0, k, -_PARKED - 10)

    def move_arm(self, arm: int, capsules: Floats) -> None:
        """Set the capsules (N, 7) of an arm: two ends and a radius each."""
        for k, capsule in enumerate(capsules):
            start, end = capsule[:3], capsule[3:6]
            self.data.mocap_pos[arm * self.capsules + k] = (start + end) / 2
            self.data.mocap_quat[arm * self.capsules + k] = _upright_to(end - start)

    def step(self, seconds: float, palms: Mapping[int, Pose]) -> None:
        """Let time pass; held items follow the palms, of which each is where its arm will be after that time.

        A held item is driven by its speed, so that it pushes others softly, and stops where a wall stops it.
        """
        steps = max(1, round(seconds / STEP))
        targets = {item: self.target(item, palms) for item in self._grips}
        for left in range(steps, 0, -1):
            for item, target in targets.items():
                self._drive(item, target, left * STEP)
            mujoco.mj_step(self.model, self.data)
        for item in self._parked:
            self.data.qvel[self._speed[item] : self._speed[item] + 6] = 0

    def settle(self, longest: float) -> bool:
        """Let time pass until all lies still; returns whether it does after at most that many seconds."""
        end = self.time + longest
        while self.time < end:
            self.step(0.1, {})
            if all(self.is_at_rest(i) for i in range(self.items) if self.is_present(i)):
                return True
        return False

    def _drive(self, item: int, target: Pose, seconds: float) -> None:
        now, at = self.pose(item), self._speed[item]
        turned = product(target.turn, now.turn * np.array([1, -1, -1, -1]))
        if turned[0] < 0:
            turned = -turned
        length = float(np.linalg.norm(turned[1:]))
        angle = 2 * np.arctan2(length, turned[0])
        spin = turned[1:] / length * angle if length > 1e-9 else np.zeros(3)
        self.data.qvel[at : at + 3] = (target.place - now.place) / seconds
        self.data.qvel[at + 3 : at + 6] = rotation(now.turn).T @ spin / seconds

    def _set(self, item: int, pose: Pose) -> None:
        at = self._address[item]
        self.data.qpos[at : at + 3], self.data.qpos[at + 3 : at + 7] = pose.place, pose.turn
        self.data.qvel[self._speed[item] : self._speed[item] + 6] = 0
        mujoco.mj_forward(self.model, self.data)

    def _touch(self, item: int, what: int) -> None:
        self.model.geom_contype[self._geom[item]] = _ITEMS if what else 0
        self.model.geom_conaffinity[self._geom[item]] = what
        self.model.body_gravcomp[self._body[item]] = 0.0 if what else 1.0


def _spec(
    walls: Sequence[Wall],
    models: Sequence[Model],
    masses: Sequence[float],
    arms: int,
    capsules: int,
) -> mujoco.MjSpec:
    spec = mujoco.MjSpec()
    spec.option.timestep = STEP
    spec.option.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
    spec.option.cone = mujoco.mjtCone.mjCONE_ELLIPTIC
    spec.option.impratio = 5
    root = spec.worldbody
    root.add_geom(type=mujoco.mjtGeom.mjGEOM_PLANE, size=[5, 5, 0.1], contype=_WALLS, conaffinity=_ITEMS)
    for wall in walls:
        root.add_geom(
            type=mujoco.mjtGeom.mjGEOM_BOX,
            pos=wall.centre,
            size=wall.half,
            quat=wall.turn,
            contype=_WALLS,
            conaffinity=_ITEMS,
            friction=[0.6, 0.01, 0.001],
        )
    for i, (model, mass) in enumerate(zip(models, masses, strict=True)):
        spec.add_mesh(
            name=f"item{i}",
            uservert=model.vertices.astype(np.float64).ravel(),
            inertia=mujoco.mjtMeshInertia.mjMESH_INERTIA_CONVEX,
        )
        body = root.add_body(name=f"item{i}", pos=[i * 2.0, 0, -_PARKED])
        body.add_freejoint(name=f"item{i}")
        body.add_geom(
            name=f"item{i}",
            type=mujoco.mjtGeom.mjGEOM_MESH,
            meshname=f"item{i}",
            mass=mass,
            contype=_ITEMS,
            conaffinity=_ITEMS | _HANDS | _WALLS,
            condim=4,
            friction=[0.7, 0.01, 0.002],
            solref=[0.008, 1],
        )
    for arm in range(arms):
        for k in range(capsules):
            body = root.add_body(name=f"arm{arm}_{k}", mocap=True, pos=[arm * 5.0, k, -_PARKED - 10])
            body.add_geom(
                name=f"arm{arm}_{k}",
                type=mujoco.mjtGeom.mjGEOM_CAPSULE,
                size=[0.01, 0.02, 0],
                contype=_HANDS,
                conaffinity=0,
                friction=[0.3, 0.01, 0.001],
                solref=[0.02, 1],
            )
    return spec


def _upright_to(direction: Floats) -> Floats:
    """Return the quaternion that turns z to a direction."""
    length = np.linalg.norm(direction)
    if length < 1e-9:
        return np.array([1.0, 0, 0, 0])
    unit = direction / length
    if unit[2] < -0.9999:
        return np.array([0.0, 1, 0, 0])
    turn = np.array([1 + unit[2], -unit[1], unit[0], 0])
    return turn / np.linalg.norm(turn)
