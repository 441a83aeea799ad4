"""Full carts, where items hide one another."""

from scene import Scene
from traces import Camera, Told, add, check
from trips import START

CAMERAS = [Camera(), Camera(jitter=1, miss=0.1), Camera(motion=False)]


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
