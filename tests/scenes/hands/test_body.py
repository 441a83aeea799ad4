import numpy as np
import pytest

from cart.errors import InputError
from cart.scenes.hands.body import load_body


def test_a_folder_without_the_body_says_what_to_do(tmp_path):
    with pytest.raises(InputError, match="cart scenes setup"):
        load_body(tmp_path)


def test_a_person_has_a_persons_size_and_looks_to_positive_y(body):
    vertices = body.shaped((0.5, 0.2, 0.5, 0.5), 0)[:13380]
    assert 1.5 < np.ptp(vertices[:, 2]) < 1.9
    ankle, toes = (body.point(body.heads[name], body.vertices) for name in ("foot.R", "toe1-1.R"))
    assert toes[1] > ankle[1] + 0.05
    right = body.point(body.heads["wrist.R"], body.vertices)
    assert right[0] > 0.3


def test_same_seed_same_hand_other_seed_other_hand(body):
    build = (0.5, 0.5, 0.5, 0.5)
    assert np.array_equal(body.shaped(build, 1), body.shaped(build, 1))
    lengths = [
        np.linalg.norm(
            body.point(body.heads["finger3-1.R"], vertices) - body.point(body.tails["finger3-3.R"], vertices)
        )
        for vertices in (body.shaped(build, seed) for seed in range(6))
    ]
    assert 0.06 < min(lengths) < max(lengths) < 0.11
    assert np.ptp(lengths) > 0.003


def test_muscle_makes_the_forearm_thicker(body):
    rows = body.weights["lowerarm01.R"] > 0.9
    thin, thick = (body.shaped((0.9, 0.2, muscle, 0.5), 0)[rows] for muscle in (0.0, 1.0))
    assert thick.std(axis=0).sum() > thin.std(axis=0).sum() * 1.03
