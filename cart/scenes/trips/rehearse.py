"""From a complete script to a take with its truth, by simulation; runs in the render environment.

    python -m cart.scenes.trips.rehearse BODY_ASSETS PICKS JOB_FOLDER [JOB_FOLDER ...]

reads `script.json` and the models in each folder and writes what the renderer needs, `truth.json` and
`boxes.json`. PICKS is 0 for all frames, or how many single frames to take as stills.
"""

import json
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from cart.errors import CartError
from cart.scenes.geometry import Floats, Model, Pose
from cart.scenes.hands.arm import Arm
from cart.scenes.hands.body import Body, load_body
from cart.scenes.products.range import product_by_gtin
from cart.scenes.render.protocol import read_models, write_job, write_text
from cart.scenes.stage.cameras import project
from cart.scenes.stage.carts import CartShape
from cart.scenes.stage.draw import draw_stage
from cart.scenes.take import CameraSpec, Take
from cart.scenes.trips import moves
from cart.scenes.trips.boxes import full_boxes
from cart.scenes.trips.cast import Shopper, draw_shopper
from cart.scenes.trips.play import TICK, Hand, Play, Record, lies_inside
from cart.scenes.trips.script import BAG, Camera, Script, Step, items_in_order
from cart.scenes.trips.simulate import CannotPlay, Trip
from cart.scenes.trips.truth import (
    Event,
    ItemHistory,
    contents,
    events,
    opening_polygon,
    touches,
    truth_file,
)

_ATTEMPTS = 4
_SHUTTER = 0.5  # share of a frame's time in which the shutter is open, at most
_LONGEST_SHUTTER = 1 / 40  # seconds
_EMPTY_SHARE = 0.4  # of scenes with one still that shows no busy hand
_ROLLING = 0.5  # metres a second of a cart that is pushed along
_GETTING_UNDER_WAY = 0.8  # seconds
_BAG_MASS = 0.12


@dataclass(frozen=True)
class Rehearsal:
    """A trip that was played, and what it takes to render it."""

    take: Take
    arms: tuple[Arm, ...]
    truth: dict[str, Any]


def rehearse(
    script: Script,
    models: Mapping[str, Model],
    body: Body,
    picks: int = 0,
    progress: Callable[[int], None] | None = None,
) -> Rehearsal:
    """Play a complete script until what happened is what it says.

    Args:
        script: complete.
        models: the model of each of its products.
        body: of the shoppers.
        picks: so many single frames instead of all.
        progress: is told how many steps are done.

    Raises:
        CannotPlay: it went wrong in every attempt; says how in the last one.
    """
    problem = ""
    for attempt in range(_ATTEMPTS):
        try:
            return _attempt(script, models, body, attempt, picks, progress or (lambda _: None))
        except CannotPlay as error:
            problem = str(error)
    raise CannotPlay(f"the trip cannot be played as written: {problem}; change the step, or the seed")


def _attempt(
    script: Script,
    models: Mapping[str, Model],
    body: Body,
    attempt: int,
    picks: int,
    progress: Callable[[int], None],
) -> Rehearsal:
    stage_rng, play_rng = (np.random.default_rng([script.seed, k, attempt * (k == 4)]) for k in (3, 4))
    camera, cart, light, surroundings = draw_stage(
        stage_rng, script.cart, script.light, script.mount, script.size
    )
    if script.camera is not None:
        camera = _placed(camera, script.camera)
    shape = CartShape(cart)
    products = items_in_order(script)
    masses = [_BAG_MASS if gtin == BAG else product_by_gtin(gtin).mass for gtin in products]
    shoppers = _shoppers(script, camera, cart, stage_rng)
    hands = _hands(shoppers, camera, body)
    play = Play(shape, [models[g] for g in products], masses, hands, play_rng, 1 if picks else 2)
    pairs = [(hands[2 * k], hands[2 * k + 1]) for k in range(len(shoppers))]
    Trip(script, play, pairs, products).run(progress)
    times = np.array(play.record.times)
    histories = _histories(play, products, camera)
    happened = events(times, [h for h in histories if h.product != BAG])
    goods = [h for h in histories if h.product != BAG]
    initial, final = contents(goods, 0), contents(goods, -1)
    _check(script, happened, initial, final)
    opening = opening_polygon(project(camera, shape.rim), camera.size)
    truth = truth_file(
        f"{script.name}.mp4",
        script.fps,
        script.size,
        opening,
        happened,
        play.record.no_events,
        initial,
        final,
    )
    rolled = -rolled_by(play.record) if script.rolling else np.zeros(len(times))
    take = Take(
        camera=camera,
        cart=cart,
        light=light,
        surroundings=surroundings,
        products=products,
        arms=tuple(hand.arm.spec for hand in hands),
        seed=script.seed,
        **moments(play.record, script.fps, pick(play, script.fps, picks, play_rng), rolled),
    )
    return Rehearsal(take, tuple(hand.arm for hand in hands), truth)


def _placed(camera: CameraSpec, asked: Camera) -> CameraSpec:
    """Return a drawn camera with the place, target, roll and angle that a script asks for."""
    chosen = asked.model_dump(exclude_none=True)
    for angle in {"roll", "field_of_view"} & chosen.keys():
        chosen[angle] = float(np.radians(chosen[angle]))
    return replace(camera, **chosen)


def _shoppers(script: Script, camera: CameraSpec, cart: Any, rng: np.random.Generator) -> list[Shopper]:
    count = max(step.shopper for step in script.steps)
    found: list[Shopper] = []
    for _ in range(count):
        away_from = found[0].shoulders[0] if found else None
        found.append(draw_shopper(rng, camera, cart, away_from, script.gloves))
    return found


def _hands(shoppers: Sequence[Shopper], camera: CameraSpec, body: Body) -> list[Hand]:
    hands: list[Hand] = []
    for shopper in shoppers:
        for side in (0, 1):
            arm = Arm(body, shopper.arms[side])
            home = moves.palm_down(shopper.home(side, camera), shopper.facing)
            hands.append(Hand(len(hands), arm, shopper.shoulders[side], home))
    return hands


def _histories(play: Play, products: Sequence[str], camera: CameraSpec) -> list[ItemHistory]:
    record = play.record
    mouth = opening_polygon(project(camera, play.cart.rim), camera.size) * camera.size
    held, touched = np.array(record.held), np.array(record.touched)
    histories = []
    for i, product in enumerate(products):
        inside, touching = np.zeros(len(record.times), bool), np.zeros(len(record.times), bool)
        last: tuple[bool, bool] = (False, False)
        for m, row in enumerate(record.items):
            if np.isnan(row[i, 0]):
                last = (False, False)
            elif m == 0 or not np.array_equal(row[i], record.items[m - 1][i]):
                pose = Pose(row[i, :3], row[i, 3:])
                pixels = project(camera, pose.apply(play.points[i]))
                last = (
                    lies_inside(play.cart, pose, play.points[i]),
                    touches(mouth, np.nanmin(pixels, 0), np.nanmax(pixels, 0)),
                )
            inside[m], touching[m] = last
        histories.append(ItemHistory(product, inside, (held[:, i] < 0) & ~touched[:, i], touching))
    return histories


def _check(
    script: Script, happened: Sequence[Event], initial: Mapping[str, int], final: Mapping[str, int]
) -> None:
    """Raise CannotPlay where something else happened than the script says."""
    due = sorted(change for step in script.steps for change in _changes(step))
    done = sorted((event.action, event.product) for event in happened)
    if due != done:
        odd = [f"{a} {p}" for a, p in set(due) ^ set(done)] or ["an event too many"]
        raise CannotPlay(f"not as written: {odd[0]}")
    left = Counter(initial) + Counter(e.product for e in happened if e.action == "add")
    if left - Counter(e.product for e in happened if e.action == "remove") != Counter(final):
        raise CannotPlay("something fell out")


def _changes(step: Step) -> list[tuple[str, str]]:
    added = [("add", p) for p in (step.product, step.second) if p is not None]
    match step.do:
        case "add" | "add_twin" | "fast_add" | "drop" | "add_two":
            return added
        case "remove" | "dig":
            return [("remove", str(step.product))]
        case "swap":
            return [("add", str(step.product)), ("remove", str(step.second))]
        case _:
            return []


def pick(play: Play, fps: float, picks: int, rng: np.random.Generator) -> Floats:
    """Return the times (N,) of all frames, or of so many single ones, of which most show a hand."""
    times = np.array(play.record.times)
    every: Floats = np.arange(int(np.floor(times[-1] * fps + 1e-6)) + 1) / fps
    if not picks:
        return every
    shown = np.array(play.record.busy)[np.searchsorted(times, every).clip(0, len(times) - 1)]
    empty = int(rng.random() < _EMPTY_SHARE)
    chosen = [rng.permutation(np.flatnonzero(~shown))[:empty], rng.permutation(np.flatnonzero(shown))]
    return every[np.sort(np.concatenate(chosen)[:picks])]


def rolled_by(record: Record) -> Floats:
    """Return how far (M,) metres a cart has been pushed at each moment: it rolls while no hand is busy."""
    free = 1.0 - np.array(record.busy, float)
    window = np.hanning(round(_GETTING_UNDER_WAY / TICK))
    speed = _ROLLING * np.convolve(free, window / window.sum(), "same") * free
    return np.cumsum(speed) * TICK


def moments(record: Record, fps: float, middles: Floats, rolled: Floats) -> dict[str, Any]:
    """Return the moments of a take: of each frame the shutter's opening, its middle and its closing.

    Args:
        record: how everything moved.
        fps: frames a second of the camera.
        middles: (N,) times of the frames.
        rolled: (M,) metres by which the floor has moved under the cart at each moment of the record.
    """
    times = np.array(record.times)
    count = len(middles)
    half = min(_SHUTTER / fps, _LONGEST_SHUTTER) / 2
    wanted = np.stack([middles - half, middles, middles + half], 1).clip(0, times[-1])
    after = np.searchsorted(times, wanted.ravel()).clip(1, len(times) - 1)
    share = ((wanted.ravel() - times[after - 1]) / (times[after] - times[after - 1])).clip(0, 1)
    items, joints = np.array(record.items), np.array(record.joints)
    nearest = np.where(share < 0.5, after - 1, after)
    return {
        "times": wanted.ravel(),
        "frames": np.arange(3 * count).reshape(count, 3),
        "items": _unit(_between(items, after, share)),
        "joints": _between(joints, after, share).astype(np.float32),
        "held": np.array(record.held)[nearest],
        "helped": np.array(record.helped)[nearest],
        "floor_shift": np.stack([np.zeros(3 * count), np.interp(wanted.ravel(), times, rolled)], 1),
    }


def _between(values: Floats, after: np.ndarray, share: Floats) -> Floats:
    weight = share.reshape(-1, *([1] * (values.ndim - 1)))
    one, other = values[after - 1], values[after]
    same = (one == other) | (np.isnan(one) & np.isnan(other))
    mixed: Floats = np.where(same, other, (1 - weight) * one + weight * other)
    return mixed


def _unit(items: Floats) -> Floats:
    lengths = np.linalg.norm(items[..., 3:], axis=-1, keepdims=True)
    turned = np.abs(lengths - 1) > 1e-6
    items[..., 3:] = np.where(turned, items[..., 3:] / lengths, items[..., 3:])
    return items


def main(arguments: Sequence[str]) -> int:
    """Play the scripts of job folders; tells each step, each script that cannot be played, an error."""
    assets, picks, folders = Path(arguments[0]), int(arguments[1]), [Path(name) for name in arguments[2:]]
    body = load_body(assets)
    try:
        for folder in folders:
            _play(folder, body, assets, picks)
    except CartError as error:
        _tell(error=str(error))
        return 2
    return 0


def _play(folder: Path, body: Body, assets: Path, picks: int) -> None:
    script = Script.model_validate_json((folder / "script.json").read_text())
    models = read_models(folder, items_in_order(script))
    try:
        done = rehearse(script, models, body, picks, lambda step: _tell(job=folder.name, step=step))
    except CannotPlay as error:
        _tell(job=folder.name, cannot_play=str(error))
        return
    write_job(folder, done.take, models, assets)
    write_text(folder / "boxes.json", json.dumps(full_boxes(done.take, models, done.arms)))
    write_text(folder / "truth.json", json.dumps(done.truth, indent=1))


def _tell(**facts: Any) -> None:
    print(json.dumps(facts), flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
