import numpy as np
import pytest

from cart.scenes.stage.carts import CartShape
from cart.scenes.stage.draw import KINDS, LIGHTS, draw_stage
from cart.scenes.stage.patterns import SIZE, floor_picture
from cart.scenes.stage.surroundings import REPEAT, surroundings
from cart.scenes.take import CartSpec, SurroundingsSpec


@pytest.mark.parametrize("kind", KINDS)
def test_a_seed_gives_the_same_stage_again_and_another_another(kind):
    one, same, other = (draw_stage(np.random.default_rng(seed), kind) for seed in (1, 1, 2))
    assert one == same
    assert one != other


@pytest.mark.parametrize("kind", KINDS)
def test_drawn_carts_can_be_built(kind):
    for seed in range(10):
        camera, cart, _, _ = draw_stage(np.random.default_rng(seed), kind, size=(320, 240))
        assert camera.size == (320, 240)
        assert len(CartShape(cart).rim) == 4


def test_light_goes_from_dim_to_glaring():
    def stops(light):
        return np.mean([draw_stage(np.random.default_rng(s), "wire", light)[2].exposure for s in range(30)])

    assert stops("dim") < stops("even") - 0.5 < stops("glaring") - 0.8
    lamps = draw_stage(np.random.default_rng(3), "wire", "mixed")[2].lamps
    assert np.ptp([lamp[6] for lamp in lamps]) > 500


def test_what_there_is_not_is_refused():
    with pytest.raises(ValueError, match="wire, basket, tray"):
        draw_stage(np.random.default_rng(0), "sledge")
    with pytest.raises(ValueError, match=", ".join(LIGHTS)):
        draw_stage(np.random.default_rng(0), "wire", "pink")
    with pytest.raises(ValueError, match="tiles"):
        floor_picture(np.random.default_rng(0), "lava")


@pytest.mark.parametrize("kind", ["tiles", "vinyl", "concrete", "wood", "checker"])
def test_a_floor_repeats_without_a_seam(kind):
    picture = floor_picture(np.random.default_rng(4), kind).astype(float).mean(axis=2)
    assert picture.shape == (SIZE, SIZE)
    inner = np.abs(np.diff(picture, axis=1)).mean(axis=0)
    assert np.abs(picture[:, 0] - picture[:, -1]).mean() <= 1.2 * inner.max()


def test_shelves_end_where_they_begin_again():
    pieces = surroundings(SurroundingsSpec(seed=5), CartSpec())
    repeated = [piece for piece in pieces if piece.repeats]
    assert repeated
    assert all(np.isfinite(piece.model.vertices).all() for piece in pieces)
    shelf = repeated[0].model.vertices
    assert np.ptp(shelf[:, 1]) == pytest.approx(REPEAT, abs=0.1)


def test_nothing_of_the_surroundings_stands_in_the_cart():
    for seed in range(3):
        cart = CartSpec()
        for piece in surroundings(SurroundingsSpec(seed=seed), cart):
            points = piece.model.vertices
            above = points[points[:, 2] > 0.01]
            inside = (np.abs(above[:, 0]) < cart.size[0] / 2) & (np.abs(above[:, 1]) < cart.size[1] / 2)
            assert not inside.any()
