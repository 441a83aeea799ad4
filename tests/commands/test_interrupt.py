import os
import signal

import pytest

from cart.commands.interrupt import CtrlC


def press() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_nothing_happens_where_nobody_presses():
    before = signal.getsignal(signal.SIGINT)

    with CtrlC() as ctrl_c:
        ctrl_c.check()

    assert signal.getsignal(signal.SIGINT) is before


def test_the_first_press_waits_for_the_check():
    done = []
    with pytest.raises(KeyboardInterrupt), CtrlC() as ctrl_c:
        press()
        done.append("the step goes on to its end")
        ctrl_c.check()
        done.append("and no further")

    assert done == ["the step goes on to its end"]


def test_the_second_press_breaks_in():
    done = []
    with pytest.raises(KeyboardInterrupt), CtrlC():
        press()
        done.append("first")
        press()
        done.append("second")

    assert done == ["first"]


def test_an_error_after_the_press_ends_as_the_press_does():
    with pytest.raises(KeyboardInterrupt), CtrlC():
        press()
        raise ValueError


def test_a_press_that_is_ignored_stays_ignored():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with CtrlC() as ctrl_c:
            press()
            ctrl_c.check()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
