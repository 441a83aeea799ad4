"""Trips that every camera must tell right: each is a scene and the events that are due."""

from collections.abc import Callable

from scene import MOUTH, WHOLE, Edge, Place, Scene
from traces import Told, add, remove

Trip = Callable[[], tuple[Scene, list[Told]]]

START = 3.0
PAUSE = 2.5  # seconds between visits


def nothing() -> tuple[Scene, list[Told]]:
    scene = Scene()
    scene.item("milk", (200, 300))
    scene.item("tea", (400, 300))
    scene.hand(START + 6).leave()
    return scene, []


def one_added() -> tuple[Scene, list[Told]]:
    scene = Scene()
    hand = scene.hand(START, (320, 320), carrying="tea")
    let_go = hand.put((320, 320))
    hand.leave()
    return scene, [add(scene.freed("tea", let_go), "tea")]


def initial_taken_out() -> tuple[Scene, list[Told]]:
    scene = Scene()
    scene.item("milk", (200, 300))
    scene.item("tea", (400, 300))
    hand = scene.hand(START, (200, 300))
    taken = hand.grab("milk")
    hand.leave()
    return scene, [remove(scene.left("milk", taken), "milk", initial=True)]


def added_then_taken_out_later() -> tuple[Scene, list[Told]]:
    scene = Scene()
    scene.item("milk", (200, 300))
    hand = scene.hand(START, (400, 320), carrying="tea")
    let_go = hand.put((400, 320))
    hand.leave()
    hand = scene.hand(scene.end + PAUSE, (400, 320))
    taken = hand.grab("tea")
    hand.leave()
    return scene, [add(scene.freed("tea", let_go), "tea"), remove(scene.left("tea", taken), "tea", 2)]


def three_added_in_three_visits() -> tuple[Scene, list[Told]]:
    scene, due, start = Scene(), [], START
    for visit, (name, x) in enumerate([("tea", 160), ("milk", 320), ("rice", 480)], start=1):
        hand = scene.hand(start, (x, 300), carrying=name)
        let_go = hand.put((x, 300))
        hand.leave()
        due.append(add(scene.freed(name, let_go), name, visit))
        start = scene.end + PAUSE
    return scene, due


def two_added_in_one_visit() -> tuple[Scene, list[Told]]:
    scene = Scene()
    first = scene.hand(START, (200, 320), carrying="tea")
    tea = first.put((200, 320))
    second = scene.hand(first.now, (420, 320), carrying="milk")
    first.leave()
    milk = second.put((420, 320))
    second.leave()
    return scene, [add(scene.freed("tea", tea), "tea"), add(scene.freed("milk", milk), "milk")]


def two_added_at_once() -> tuple[Scene, list[Told]]:
    scene = Scene()
    left = scene.hand(START, (200, 320), carrying="tea")
    right = scene.hand(START, (440, 320), carrying="milk")
    tea, milk = left.put((200, 320)), right.put((440, 320))
    left.leave()
    right.leave()
    return scene, [add(scene.freed("tea", tea), "tea"), add(scene.freed("milk", milk), "milk")]


def two_taken_at_once() -> tuple[Scene, list[Told]]:
    scene = Scene()
    scene.item("tea", (200, 320))
    scene.item("milk", (440, 320))
    scene.item("soap", (320, 400))
    left, right = scene.hand(START, (200, 320)), scene.hand(START, (440, 320))
    tea, milk = left.grab("tea"), right.grab("milk")
    left.leave()
    right.leave()
    return scene, [
        remove(scene.left("tea", tea), "tea", initial=True),
        remove(scene.left("milk", milk), "milk", initial=True),
    ]


def swap_in_one_visit() -> tuple[Scene, list[Told]]:
    scene = Scene()
    scene.item("milk", (200, 320))
    hand = scene.hand(START, (440, 320), carrying="tea")
    tea = hand.put((440, 320))
    milk = hand.grab("milk")
    hand.leave()
    return scene, [
        add(scene.freed("tea", tea), "tea"),
        remove(scene.left("milk", milk), "milk", initial=True),
    ]


def swap_in_place() -> tuple[Scene, list[Told]]:
    scene = Scene()
    scene.item("milk", (320, 320))
    scene.item("soap", (480, 320))
    out = scene.hand(START, (320, 320))
    milk = out.grab("milk")
    into = scene.hand(out.now + 0.3, (320, 320), carrying="tea", edge="left")
    out.leave()
    tea = into.put((320, 320))
    into.leave()
    return scene, [
        remove(scene.left("milk", milk), "milk", initial=True),
        add(scene.freed("tea", tea), "tea"),
    ]


def put_down_moved_then_taken_out() -> tuple[Scene, list[Told]]:
    scene = Scene()
    scene.item("milk", (520, 400))
    hand = scene.hand(START, (240, 300), carrying="tea")
    let_go = hand.put((240, 300))
    hand.go((240, 180))
    hand.wait(0.8)
    hand.grab("tea")
    hand.put((400, 300))
    hand.go((400, 180))
    hand.wait(0.8)
    taken = hand.grab("tea")
    hand.leave()
    return scene, [add(scene.freed("tea", let_go), "tea"), remove(scene.left("tea", taken), "tea")]


def put_down_then_moved() -> tuple[Scene, list[Told]]:
    scene = Scene()
    hand = scene.hand(START, (200, 300), carrying="tea")
    let_go = hand.put((200, 300))
    hand.go((200, 180))
    hand.wait(0.8)
    hand.grab("tea")
    hand.put((440, 380))
    hand.leave()
    return scene, [add(scene.freed("tea", let_go), "tea")]


def moved_a_little() -> tuple[Scene, list[Told]]:
    return _moved_to((250, 340))


def moved_far() -> tuple[Scene, list[Told]]:
    return _moved_to((500, 400))


def _moved_to(place: Place) -> tuple[Scene, list[Told]]:
    scene = Scene()
    scene.item("milk", (200, 300))
    scene.item("tea", (360, 300))
    hand = scene.hand(START, (200, 300))
    hand.grab("milk")
    hand.put(place)
    hand.leave()
    return scene, []


def moved_then_taken_out_later() -> tuple[Scene, list[Told]]:
    scene, _ = _moved_to((500, 400))
    hand = scene.hand(scene.end + PAUSE, (500, 400))
    taken = hand.grab("milk")
    hand.leave()
    return scene, [remove(scene.left("milk", taken), "milk", 2, initial=True)]


def empty_hand() -> tuple[Scene, list[Told]]:
    scene = Scene()
    scene.item("milk", (200, 380))
    hand = scene.hand(START, (420, 320))
    hand.go((420, 320))
    hand.wait(0.7)
    hand.leave()
    return scene, []


def empty_hand_covers_contents() -> tuple[Scene, list[Told]]:
    scene = Scene()
    scene.item("milk", (200, 320))
    scene.item("tea", (290, 320))
    hand = scene.hand(START, (200, 320))
    hand.go((200, 348))
    hand.wait(0.5)
    hand.go((290, 348))
    hand.wait(1.0)
    hand.leave()
    return scene, []


def grasped_and_let_go() -> tuple[Scene, list[Told]]:
    scene = Scene()
    scene.item("milk", (200, 320))
    hand = scene.hand(START, (200, 320))
    hand.grab("milk")
    hand.let_go()
    hand.leave()
    return scene, []


def shown_and_taken_back() -> tuple[Scene, list[Told]]:
    scene = Scene()
    scene.item("milk", (480, 380))
    hand = scene.hand(START, (280, 300), carrying="tea")
    hand.go((280, 300))
    hand.wait(1.0)
    hand.leave()
    return scene, []


def twin_added_beside_first() -> tuple[Scene, list[Told]]:
    scene = Scene()
    scene.item("tea", (200, 320))
    hand = scene.hand(START, (300, 320), carrying="tea 2", look="tea")
    let_go = hand.put((300, 320))
    hand.leave()
    return scene, [add(scene.freed("tea 2", let_go), "tea")]


def one_of_two_twins_taken() -> tuple[Scene, list[Told]]:
    scene = Scene()
    scene.item("tea", (200, 320))
    scene.item("tea 2", (290, 320), look="tea")
    hand = scene.hand(START, (290, 320))
    taken = hand.grab("tea 2")
    hand.leave()
    return scene, [remove(scene.left("tea 2", taken), "tea", initial=True)]


def twins_added_one_after_the_other() -> tuple[Scene, list[Told]]:
    scene, due, start = Scene(), [], START
    for visit, x in enumerate((200, 300), start=1):
        hand = scene.hand(start, (x, 320), carrying=f"tea {visit}", look="tea")
        let_go = hand.put((x, 320))
        hand.leave()
        due.append(add(scene.freed(f"tea {visit}", let_go), "tea", visit))
        start = scene.end + PAUSE
    return scene, due


def taken_out_and_brought_back() -> tuple[Scene, list[Told]]:
    scene = Scene()
    scene.item("milk", (220, 320))
    hand = scene.hand(START, (220, 320))
    taken = hand.grab("milk")
    hand.leave()
    hand = scene.hand(scene.end + PAUSE, (420, 320), carrying="milk")
    let_go = hand.put((420, 320))
    hand.leave()
    return scene, [
        remove(scene.left("milk", taken), "milk", initial=True),
        add(scene.freed("milk", let_go), "milk", 2),
    ]


def bottles_on_a_table() -> tuple[Scene, list[Told]]:
    """The opening is the whole picture: out and in over its upper edge."""
    scene = Scene(WHOLE)
    tall = (60.0, 150.0)
    for name, x in [("tea", 140), ("milk", 300), ("rice", 460)]:
        scene.item(name, (x, 330), size=tall)
    hand = scene.hand(START, (300, 330))
    taken = hand.grab("milk")
    hand.leave()
    again = scene.hand(scene.end + PAUSE, (300, 330), carrying="milk")
    let_go = again.put((300, 330))
    again.leave()
    return scene, [
        remove(scene.left("milk", taken), "milk", initial=True),
        add(scene.freed("milk", let_go), "milk", 2),
    ]


def from_the_side() -> tuple[Scene, list[Told]]:
    return _over("right", MOUTH)


def from_below() -> tuple[Scene, list[Told]]:
    return _over("bottom", MOUTH)


def _over(edge: Edge, opening: tuple[Place, ...]) -> tuple[Scene, list[Told]]:
    scene = Scene(opening)
    scene.item("milk", (200, 300))
    hand = scene.hand(START, (400, 300), edge=edge, carrying="tea")
    let_go = hand.put((400, 300))
    hand.leave()
    hand = scene.hand(scene.end + PAUSE, (200, 300), edge=edge)
    taken = hand.grab("milk")
    hand.leave()
    return scene, [
        add(scene.freed("tea", let_go), "tea"),
        remove(scene.left("milk", taken), "milk", 2, initial=True),
    ]


TRIPS: dict[str, Trip] = {
    trip.__name__: trip
    for trip in (
        nothing, one_added, initial_taken_out, added_then_taken_out_later, three_added_in_three_visits,
        two_added_in_one_visit, two_added_at_once, two_taken_at_once, swap_in_one_visit, swap_in_place,
        put_down_moved_then_taken_out, put_down_then_moved, moved_a_little, moved_far,
        moved_then_taken_out_later, empty_hand, empty_hand_covers_contents, grasped_and_let_go,
        shown_and_taken_back, twin_added_beside_first, one_of_two_twins_taken,
        twins_added_one_after_the_other, taken_out_and_brought_back, bottles_on_a_table, from_the_side,
        from_below,
    )
}  # fmt: skip
