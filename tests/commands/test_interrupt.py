import signal

import pytest

from cart.commands.interrupt import CtrlC


def press() -> None:
    signal.raise_signal(signal.SIGINT)


def test_nothing_happens_where_nobody_presses():
    before = signal.getsignal(signal.SIGINT)

    with CtrlC() as ctrl_c:
        ctrl_c.check()

    assert signal.getsignal(signal.SIGINT) is before


def pressed_once(done: list[str]) -> None:
    with CtrlC() as ctrl_c:
        press()
        done.append("the step goes on to its end")
        ctrl_c.check()
        done.append("and no further")


def test_the_first_press_waits_for_the_check():
    done: list[str] = []

    with pytest.raises(KeyboardInterrupt):
        pressed_once(done)
    assert done == ["the step goes on to its end"]


def pressed_twice(done: list[str]) -> None:
    with CtrlC():
        press()
        done.append("first")
        press()
        done.append("second")


def test_the_second_press_breaks_in():
    done: list[str] = []

    with pytest.raises(KeyboardInterrupt):
        pressed_twice(done)
    assert done == ["first"]


def pressed_before_an_error() -> None:
    with CtrlC():
        press()
        raise ValueError


def test_an_error_after_the_press_ends_as_the_press_does():
    with pytest.raises(KeyboardInterrupt):
        pressed_before_an_error()


def test_a_press_that_is_ignored_stays_ignored():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with CtrlC() as ctrl_c:
            press()
            ctrl_c.check()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
