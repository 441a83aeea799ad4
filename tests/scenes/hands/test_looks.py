from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from cart.scenes.hands import dress
from cart.scenes.hands.arm import Arm
from cart.scenes.hands.cloth import cloth_colors, sleeve_grid
from cart.scenes.hands.texels import noise
from cart.scenes.take import ArmSpec

SPEC = ArmSpec(seed=4)


@cache
def made(body, spec):
    return Arm(body, spec)


def bare_area(arm):
    model = arm.model
    corners = model.vertices[model.faces[np.isin(model.face_materials, (dress.HAND, dress.BARE))]]
    return (
        np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1).sum()
        / 2
    )


@pytest.mark.parametrize("side", ["left", "right"])
def test_faces_have_materials_and_places_in_their_pictures(body, side):
    spec = ArmSpec(side=side, sleeve="rolled", pattern="checks", glove="none", ring=True, watch=True, seed=2)
    model = Arm(body, spec).model
    assert model.face_materials.max() < len(model.materials)
    for number, material in enumerate(model.materials):
        uvs = model.uvs[model.face_materials == number]
        if material.picture is not None:
            assert model.pictures[material.picture].dtype == np.uint8
            assert uvs.min() >= -1e-9
            assert uvs.max() <= 1 + 1e-9
    corners = model.vertices[model.faces]
    assert np.linalg.norm(corners[:, 0] - corners[:, 1], axis=1).max() < 0.2


def test_longer_sleeves_leave_less_skin(body):
    areas = [
        bare_area(made(body, replace(SPEC, sleeve=sleeve))) for sleeve in ("none", "short", "rolled", "long")
    ]
    assert areas == sorted(areas, reverse=True)
    assert areas[0] > 1.5 * areas[-1]


def test_a_glove_covers_hand_and_nails_and_is_thicker_than_skin(body):
    bare, gloved = made(body, SPEC), made(body, replace(SPEC, glove="wool", ring=True))
    used = set(gloved.model.face_materials.tolist())
    assert {dress.GLOVE} <= used
    assert not used & {dress.HAND, dress.NAILS, dress.METAL}
    assert len(bare.model.vertices) == len(gloved.model.vertices)
    moved = np.linalg.norm(bare.model.vertices - gloved.model.vertices, axis=1)
    assert moved.max() == pytest.approx(0.0018, abs=1e-6)


@pytest.mark.parametrize(
    ("field", "material", "joint"), [("ring", dress.METAL, "finger4-1"), ("watch", dress.STRAP, "fore4")]
)
def test_ring_and_watch_are_stiff_and_close_to_the_skin(body, field, material, joint):
    arm = made(body, replace(SPEC, **{field: True}))
    rows = np.unique(arm.model.faces[arm.model.face_materials == material])
    assert np.all(arm.weights[rows, arm.joint_names.index(joint)] == 1)
    skin = arm.model.vertices[np.unique(arm.model.faces[np.isin(arm.model.face_materials, (0, 1, 2))])]
    away = np.linalg.norm(arm.model.vertices[rows][:, None] - skin[None], axis=2).min(axis=1)
    assert away.max() < 0.015


def test_nails_are_nails(body):
    arm = made(body, SPEC)
    model = arm.model
    rows = np.unique(model.faces[model.face_materials == dress.NAILS])
    away = np.linalg.norm(model.vertices[rows][:, None] - arm.bones.tips[None], axis=2)
    assert away.min(axis=1).max() < 0.02
    assert set(away.argmin(axis=1)) == {0, 1, 2, 3, 4}


def test_skin_keeps_its_tone_and_varies(body):
    for skin in ((0.85, 0.68, 0.6), (0.35, 0.22, 0.16)):
        picture = made(body, replace(SPEC, skin=skin)).model.pictures["hand"] / 255
        assert np.allclose(picture.mean(axis=(0, 1)), skin, atol=0.09)
        assert picture.std(axis=(0, 1)).min() > 0.01


def test_the_hand_and_the_arm_meet_in_one_colour(body):
    arm = made(body, replace(SPEC, sleeve="none"))
    model = arm.model
    colors = {}
    for number in (dress.HAND, dress.BARE):
        picture = model.pictures[model.materials[number].picture]
        faces = model.face_materials == number
        places = model.uvs[faces].reshape(-1, 2) * [picture.shape[1], -picture.shape[0]] + [
            0,
            picture.shape[0],
        ]
        columns, rows = np.clip(places.astype(int), 0, np.array(picture.shape[1::-1]) - 1).T
        colors[number] = dict(
            zip(model.faces[faces].reshape(-1).tolist(), picture[rows, columns].astype(float), strict=True)
        )
    shared = set(colors[dress.HAND]) & set(colors[dress.BARE])
    assert len(shared) > 10
    assert np.mean([np.abs(colors[dress.HAND][v] - colors[dress.BARE][v]).mean() for v in shared]) < 8


@pytest.mark.parametrize("pattern", ["plain", "stripes", "checks", "knit", "denim"])
def test_patterns_differ_and_are_the_same_for_the_same_seed(body, pattern):
    bones = made(body, SPEC).bones
    points = bones.rest[0, :3, 3] + np.random.default_rng(0).uniform(-0.3, 0.3, (500, 3))
    grid = sleeve_grid(bones, points)
    one, other = (cloth_colors(replace(SPEC, pattern=pattern), points, grid) for _ in range(2))
    assert np.array_equal(one, other)
    if pattern != "plain":
        assert not np.allclose(one, cloth_colors(SPEC, points, grid))


def test_noise_is_smooth_and_centred():
    points = np.random.default_rng(0).uniform(-0.2, 0.2, (4000, 3))
    values = noise(points, 0.01, 3)
    assert abs(values.mean()) < 0.1
    assert 0.2 < values.std() < 0.8
    assert np.abs(noise(points + 1e-5, 0.01, 3) - values).max() < 0.02
