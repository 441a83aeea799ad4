import numpy as np

from cart.scenes.render.picture import FEATHER, develop, meter, paste


def test_the_meter_brings_dark_and_bright_scenes_to_the_same_picture():
    light = np.random.default_rng(0).uniform(0.1, 0.9, (40, 60, 3))
    dark = develop(light * 0.01, meter(light * 0.01))
    bright = develop(light * 50, meter(light * 50))
    assert np.abs(dark.astype(int) - bright).max() <= 1


def test_stops_make_the_picture_brighter():
    light = np.full((8, 8, 3), 0.2)
    means = [develop(light, meter(light, stops)).mean() for stops in (-1, 0, 1)]
    assert means[0] < means[1] - 20 < means[2] - 40


def test_white_balance_takes_away_part_of_a_cast():
    light = np.full((8, 8, 3), 0.2) * [1.6, 1.0, 0.5]
    red, _, blue = develop(light, meter(light))[0, 0].astype(int)
    raw_red, _, raw_blue = develop(light, meter(np.full((8, 8, 3), 0.2)))[0, 0].astype(int)
    assert 0 < red - blue < raw_red - raw_blue


def test_highlights_are_held_back_and_never_wrap():
    light = np.linspace(0, 100, 64)[None, :, None].repeat(3, axis=2)
    shown = develop(light, meter(np.full((4, 4, 3), 1.0)))[0, :, 0].astype(int)
    assert np.all(np.diff(shown) >= 0)
    assert shown[-1] == 255


def test_a_part_is_pasted_whole_inside_and_softly_at_its_seam():
    under, part = np.zeros((60, 80, 3), np.uint8), np.full((40, 50, 3), 200, np.uint8)
    mixed = paste(under, part, (20, 10, 70, 50))
    assert np.all(mixed[10 + FEATHER : 50 - FEATHER, 20 + FEATHER : 70 - FEATHER] == 200)
    assert np.all(mixed[:10] == 0)
    assert np.abs(np.diff(mixed[30, :, 0].astype(int))).max() <= 200 / FEATHER + 1
    assert np.all(under == 0)


def test_there_is_no_seam_at_the_pictures_own_edge():
    under, part = np.zeros((20, 20, 3), np.uint8), np.full((20, 20, 3), 200, np.uint8)
    assert np.all(paste(under, part, (0, 0, 20, 20)) == 200)
