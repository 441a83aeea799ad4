import numpy as np

from cart.scenes.render.plan import MARGIN, SEGMENT, changed, plan, shares
from cart.scenes.render.state import State
from cart.scenes.stage.cameras import pinhole
from cart.scenes.stage.lens import overscan
from tests.scenes.render.takes import models, resting, take

PLACES = [(0.0, 0.0, 0.5), (0.12, 0.1, 0.5)]


def test_a_frame_in_which_nothing_has_changed_is_the_one_before():
    state = State(take(resting(3, PLACES)), models(2))
    assert plan(state, 0).base is None
    assert (plan(state, 2).base, plan(state, 2).part) == (1, None)


def test_where_one_thing_moves_only_its_part_is_rendered():
    items = resting(3, PLACES)
    items[6:, 1, 1] += 0.06
    state = State(take(items, size=(320, 240)), models(2))
    step = plan(state, 2)
    assert step.base == 1
    left, top, right, lower = step.part
    camera = state.take.camera
    for moment in (3, 8):
        corners = state.models["item1"].vertices + items[moment, 1, :3]
        pixels = pinhole(camera, corners, overscan(camera))
        assert pixels[:, 0].min() >= left + MARGIN - 1
        assert pixels[:, 1].max() <= lower
    assert (right - left) * (lower - top) < 0.5 * 320 * 240


def test_what_moves_while_the_shutter_is_open_is_rendered_again():
    items = resting(2, PLACES)
    items[5, 0, 2] += 0.02
    state = State(take(items), models(2))
    assert plan(state, 1).part is not None or plan(state, 1).base is None


def test_what_comes_or_goes_is_a_change():
    items = resting(2, PLACES)
    items[3:, 0] = np.nan
    state = State(take(items, size=(320, 240)), models(2))
    assert changed(state, state.moments(0), state.moments(1)) is not None
    assert changed(state, state.moments(1), state.moments(1)) is None


def test_a_moving_floor_changes_everything():
    made = take(resting(2, PLACES))
    made.floor_shift[3:, 1] = 0.1
    assert plan(State(made, models(2)), 1).base is None


def test_a_frame_is_made_from_frames_of_its_own_segment():
    state = State(take(resting(SEGMENT + 3, PLACES)), models(2))
    assert plan(state, SEGMENT).base is None
    assert plan(state, SEGMENT + 2).base == SEGMENT + 1


def test_shares_are_cut_where_frames_are_whole_and_cover_all():
    assert shares(10, 2) == [(0, 10)]
    parts = shares(5 * SEGMENT + 7, 2)
    assert len(parts) == 2
    assert parts[0][0] == 0
    assert parts[0][1] == parts[1][0]
    assert parts[0][1] % SEGMENT == 0
    assert parts[1][1] == 5 * SEGMENT + 7
