from itertools import pairwise

import numpy as np
import pytest

from cart.scenes.geometry import Pose, quaternion
from cart.scenes.hands.arm import Arm
from cart.scenes.hands.fingers import RELAXED, blend_fingers, opened
from cart.scenes.hands.skeleton import FORE, INDEX, WRIST
from cart.scenes.take import ArmSpec


def wrist(place, x=(0, 1, -0.3), z=(0, 0, -1)):
    x = np.array(x, float) / np.linalg.norm(x)
    z = np.array(z, float) - np.dot(z, x) * x
    z = z / np.linalg.norm(z)
    return Pose(np.array(place, float), quaternion(np.stack([x, np.cross(z, x), z], axis=1)))


def shoulder(arm):
    return np.array([0.2 if arm.spec.side == "right" else -0.2, -0.65, 1.35])


def wrist_bend(joints):
    fore = joints[INDEX[FORE[0]], :3, 0]
    return np.degrees(np.arccos(fore @ joints[WRIST, :3, 0]))


def test_the_resting_joints_leave_the_model_as_it_is(arm):
    assert np.allclose(arm.vertices(arm.rest), arm.model.vertices)
    assert np.allclose(arm.weights.sum(axis=1), 1)
    assert 2000 < len(arm.model.vertices) < 9000


def test_left_mirrors_right(body):
    right, left = (Arm(body, ArmSpec(side=side)) for side in ("right", "left"))
    mirror = np.array([-1, 1, 1])
    one = right.joints(shoulder(right), wrist((0.1, -0.3, 0.9)), RELAXED)
    other = left.joints(shoulder(left), wrist((-0.1, -0.3, 0.9)), RELAXED)
    assert np.allclose(right.capsules(one)[:, :3], left.capsules(other)[:, :3] * mirror, atol=0.002)


@pytest.mark.parametrize("place", [(0.1, -0.3, 0.9), (0.0, 0.2, 0.7), (0.3, -0.4, 1.3), (-0.2, 0.6, 0.5)])
def test_the_wrist_is_where_it_should_be_and_the_bones_keep_their_length(arm, place):
    target = wrist(place)
    joints = arm.joints(shoulder(arm), target, RELAXED)
    assert np.allclose(joints[WRIST, :3, 3], target.place)
    upper, fore = joints[INDEX["upper0"], :3, 3], joints[INDEX["fore0"], :3, 3]
    assert np.linalg.norm(fore - upper) == pytest.approx(arm.bones.upper_length, abs=1e-6)
    assert np.linalg.norm(target.place - fore) == pytest.approx(arm.bones.fore_length, abs=1e-6)
    turns = joints[:, :3, :3]
    assert np.allclose(turns @ np.transpose(turns, (0, 2, 1)), np.eye(3), atol=1e-6)


def test_the_shopper_leans_only_when_the_hand_is_too_far(arm):
    near = arm.joints(shoulder(arm), wrist((0.8 * shoulder(arm)[0], -0.4, 1.05)), RELAXED)
    far = arm.joints(shoulder(arm), wrist((0.0, 0.3, 0.6)), RELAXED)
    assert np.allclose(near[INDEX["torso"], :3, 3], shoulder(arm))
    assert far[INDEX["torso"], 1, 3] > shoulder(arm)[1] + 0.2
    assert np.allclose(far[INDEX["hips"]], near[INDEX["hips"]])


@pytest.mark.parametrize(
    ("x", "z"),
    [
        ((0, 1, -0.3), (0, 0, -1)),
        ((0, 0.3, -1), (0, 1, 0)),
        ((-0.6, 0.8, 0), (-0.8, -0.6, 0)),
        ((0, 1, 0), (0, 0, 1)),
    ],
)
def test_the_wrist_is_not_bent_too_far(arm, x, z):
    side = 1 if arm.spec.side == "right" else -1
    target = wrist((0.1 * side, -0.15, 0.8), (x[0] * side, *x[1:]), (z[0] * side, *z[1:]))
    assert wrist_bend(arm.joints(shoulder(arm), target, RELAXED)) < 72


def test_the_forearm_shares_its_twist(arm):
    joints = arm.joints(shoulder(arm), wrist((0.1, -0.3, 0.9), (0, 1, 0), (0, 0, 1)), RELAXED)
    turns = [joints[INDEX[name], :3, :3] for name in FORE]
    steps = [np.degrees(np.arccos((np.trace(a.T @ b) - 1) / 2)) for a, b in pairwise(turns)]
    assert max(steps) < 45
    assert np.ptp(steps) < 1e-6


def test_a_small_move_of_the_wrist_moves_the_elbow_little(arm):
    places = np.linspace([0.3, -0.5, 1.0], [-0.1, 0.3, 0.6], 80)
    elbows = np.array([arm.joints(shoulder(arm), wrist(p), RELAXED)[INDEX["fore0"], :3, 3] for p in places])
    assert np.linalg.norm(np.diff(elbows, axis=0), axis=1).max() < 0.05


def test_bent_fingers_come_towards_the_palm(arm):
    target = wrist((0.1, -0.3, 0.9))
    straight = arm.joints(shoulder(arm), target, opened(RELAXED, 0.5))
    bent = arm.joints(shoulder(arm), target, blend_fingers(RELAXED, opened(RELAXED, -1.0), 1.0))
    out = arm.palm(straight).inverse()
    for finger in range(2, 6):
        joint = INDEX[f"finger{finger}-3"]
        before, after = (out.apply(j[joint, :3, 3][None])[0] for j in (straight, bent))
        assert after[0] < before[0] - 0.02
        assert after[2] > before[2]


def test_palm_and_wrist_are_a_constant_pose_apart(arm):
    target = wrist((0.1, -0.3, 0.9))
    palm = arm.palm(arm.joints(shoulder(arm), target, RELAXED))
    back = arm.wrist_of(palm)
    assert np.allclose(back.place, target.place)
    assert abs(back.turn @ target.turn) == pytest.approx(1)


def test_both_arms_of_a_shopper_have_one_torso(body):
    right, left = (Arm(body, ArmSpec(side=side)) for side in ("right", "left"))
    middle = right.rest[INDEX["torso"], 0, 3]
    torsos = [
        arm.joints(np.array([x, -0.65, 1.35]), wrist((x, -0.35, 1.15)), RELAXED)[INDEX["hips"]]
        for arm, x in ((right, middle), (left, -middle))
    ]
    assert np.allclose(torsos[0], torsos[1], atol=1e-3)


def test_the_other_arm_hangs_unless_it_is_one_of_the_take(body):
    counts = [
        len(Arm(body, ArmSpec(side="right", other_hangs=hangs)).model.vertices) for hangs in (True, False)
    ]
    assert counts[0] > counts[1] + 1500
