"""Full carts, where items hide one another."""

from scene import Scene
from traces import Camera, Told, add, check, remove
from trips import PAUSE, START

CAMERAS = [Camera(jitter=1, miss=0.1), Camera(motion=False)]


def _filmed(scene: Scene, *due: Told, tolerance: float = 0.6) -> None:
    for camera in CAMERAS:
        check(scene, camera, *due, tolerance=tolerance)


def _pile() -> Scene:
    scene = Scene()
    for name, x, y in [("milk", 280, 300), ("rice", 360, 300), ("soap", 280, 360), ("beans", 360, 360)]:
        scene.item(name, (x, y))
    return scene


def test_an_item_laid_on_the_pile() -> None:
    scene = _pile()
    hand = scene.hand(START, (320, 330), carrying="tea")
    let_go = hand.put((320, 330))
    hand.leave()
    _filmed(scene, add(scene.freed("tea", let_go), "tea"))


def test_an_item_that_the_pile_hides_at_once() -> None:
    scene = _pile()
    hand = scene.hand(START, (320, 330), carrying="tea")
    let_go = hand.drop_under((320, 330))
    hand.leave()
    _filmed(scene, add(let_go, "tea", unsure=True))


def _buried() -> tuple[Scene, Told]:
    """A tea that was seen, then buried under a milk that was added."""
    scene = Scene()
    scene.item("tea", (320, 330))
    scene.item("soap", (480, 330))
    hand = scene.hand(START, (326, 334), carrying="milk")
    let_go = hand.put((326, 334))
    hand.leave()
    return scene, add(scene.freed("milk", let_go), "milk")


def test_burying_an_item_does_not_remove_it() -> None:
    scene, milk = _buried()
    _filmed(scene, milk)


def test_a_buried_item_that_is_dug_out_and_taken() -> None:
    scene, milk = _buried()
    hand = scene.hand(scene.end + PAUSE, (320, 330))
    taken = hand.grab("tea")
    hand.leave()
    _filmed(scene, milk, remove(scene.left("tea", taken), "tea", 2, initial=True, unsure=None))


def test_a_buried_item_that_is_dug_out_and_laid_on_top() -> None:
    scene, milk = _buried()
    hand = scene.hand(scene.end + PAUSE, (320, 330))
    hand.grab("tea")
    hand.put((320, 230))
    hand.leave()
    _filmed(scene, milk)


def test_taking_the_upper_item_shows_the_buried_one_again() -> None:
    scene, milk = _buried()
    hand = scene.hand(scene.end + PAUSE, (326, 334))
    taken = hand.grab("milk")
    hand.leave()
    _filmed(scene, milk, remove(scene.left("milk", taken), "milk", 2))


def test_an_item_buried_from_the_start_is_no_add_when_it_shows() -> None:
    scene = Scene()
    scene.item("tea", (320, 330))
    scene.item("milk", (326, 334))
    hand = scene.hand(START, (326, 334))
    taken = hand.grab("milk")
    hand.leave()
    _filmed(scene, remove(scene.left("milk", taken), "milk", initial=True))


def test_both_of_two_buried_one_after_the_other() -> None:
    scene, milk = _buried()
    hand = scene.hand(scene.end + PAUSE, (326, 334))
    upper = hand.grab("milk")
    hand.leave()
    hand = scene.hand(scene.end + PAUSE, (320, 330))
    lower = hand.grab("tea")
    hand.leave()
    _filmed(
        scene,
        milk,
        remove(scene.left("milk", upper), "milk", 2),
        remove(scene.left("tea", lower), "tea", 3, initial=True),
    )
