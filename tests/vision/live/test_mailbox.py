"""The place for one frame, with threads that really race for it."""

from threading import Condition, Thread

from cart.vision.live.mailbox import Latest


def test_the_newest_wins_and_what_it_replaces_is_counted() -> None:
    box = Latest[str](Condition())
    for word in "abc":
        box.put(word)

    assert (box.full, box.take(), box.full, box.take(), box.dropped) == (True, "c", False, None, 2)


def test_a_value_taken_is_not_counted_as_dropped() -> None:
    box = Latest[int](Condition())
    for number in range(5):
        box.put(number)
        assert box.take() == number

    assert box.dropped == 0


def test_putting_wakes_whoever_waits_on_the_shared_condition() -> None:
    news = Condition()
    first, second = Latest[int](news), Latest[int](news)
    thread = Thread(target=second.put, args=(7,))
    with news:
        thread.start()
        woken = news.wait_for(lambda: first.full or second.full, timeout=10)
    thread.join()

    assert woken
    assert second.take() == 7


def test_taking_wakes_whoever_waits_for_the_place() -> None:
    box = Latest[int](Condition())
    box.put(1)
    assert not box.wait_until_taken(0.01)
    waited: list[bool] = []
    thread = Thread(target=lambda: waited.append(box.wait_until_taken(10)))
    thread.start()
    box.take()
    thread.join()

    assert waited == [True]


def test_under_a_race_every_value_is_taken_once_or_dropped_and_in_order() -> None:
    news = Condition()
    box = Latest[int](news)
    taken: list[int] = []

    def put() -> None:
        for number in range(20_000):
            box.put(number)

    thread = Thread(target=put)
    thread.start()
    while thread.is_alive() or box.full:
        value = box.take()
        if value is not None:
            taken.append(value)
    thread.join()

    assert len(taken) + box.dropped == 20_000
    assert taken == sorted(set(taken))
    assert taken[-1] == 19_999
