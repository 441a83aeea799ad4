"""The state of one camera over time: what is wrong with its pictures, once it has been so for a while."""

from collections import deque
from dataclasses import dataclass
from statistics import median
from typing import Literal

from cart.vision.health.background import Background, Comparison
from cart.vision.health.freeze import Freeze
from cart.vision.health.reading import Grey, Reading, read

State = Literal["ok", "covered", "blurred", "dark", "frozen", "moved"]

HOLD_SECONDS = 3.0
"""How long a picture must look degraded, or sound again, before the camera counts as such."""

LOST_SECONDS = 5.0
"""The same where nothing of the background is to be found while the picture is at rest."""

MOVED_WIDTHS = 0.015
"""Mean shift of the picture, in its widths, from which on the camera has moved."""

_LOOK_SECONDS = 0.25
_COMPARE_SECONDS = 1.0
_RENEW_SECONDS = 5.0
_LEAST_CONTRAST = 2.0
_LEAST_BRIGHTNESS = 35.0
_DARKER, _DARKER_AT_MOST = 0.4, 80.0  # of its usual brightness, and no brighter than this
_BLURRIER = 0.5  # of what the background's acuity was
_MUCH_BLURRIER = 0.12  # of the whole picture's usual acuity, which changes with what it shows
_FLAT_SHARE, _HELD_SHARE, _FOUND_SHARE = 0.7, 0.1, 0.4
_UNSURE_SHARE = 0.25
_AT_REST = 0.1  # share of the picture that may change while the background is looked for in vain
_SAME_MOTION = 0.01  # widths by which two shifts of the picture may differ and are one
_DOUBT_SECONDS = 10.0  # how long a doubt outlives pictures too full of motion to tell
_LEAVE = 1.3  # how much better than at its start a state must be to end
_FEWEST_PATCHES = 8
_FIRST_LOOKS = 8
_HABIT_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Health:
    """The state of a camera.

    Attributes:
        state: `ok`, or what is wrong.
        since: media seconds at which the pictures began to look so.
        reason: one line for a person.
        measure: the figure behind it: for `covered` the share of the background without texture, for
            `blurred` acuity and for `dark` brightness as shares of the usual, for `frozen` seconds, for
            `moved` widths of the picture (1 where nothing of it is found again); for `ok` the share of the
            background in its place.
    """

    state: State
    since: float
    reason: str
    measure: float

    @property
    def degraded(self) -> bool:
        """Whether the camera's pictures are not to be believed."""
        return self.state != "ok"


@dataclass(frozen=True, slots=True)
class _Verdict:
    state: State
    reason: str
    measure: float
    hold: float = HOLD_SECONDS
    sure: bool = True


class _Usual:
    """The usual value of a figure: the median of the first looks, followed slowly from there."""

    def __init__(self) -> None:
        self._first: deque[float] = deque(maxlen=_FIRST_LOOKS)
        self.value: float | None = None

    def learn(self, value: float, seconds: float) -> None:
        if self.value is None:
            self._first.append(value)
            self.value = median(self._first) if len(self._first) == _FIRST_LOOKS else None
        else:
            self.value += (value - self.value) * min(1.0, seconds / _HABIT_SECONDS)

    def share(self, value: float) -> float:
        """Return the value as a share of the usual; 1 while that is not known."""
        return value / self.value if self.value else 1.0


class HealthMonitor:
    """Tells from the frames of one camera, given in order of time, whether they can be believed.

    All spans are of media time. `covered`, `blurred` and `dark` are told `HOLD_SECONDS` after they begin,
    `moved` up to two seconds later (`LOST_SECONDS` where nothing is found again) and only once hands and
    items leave enough of the background to see, `frozen` after `freeze.SOON_SECONDS`. At most four frames a
    second are looked at, at about a millisecond each, and one a second is compared with the background, at
    some ten.

    Args:
        live: the frames come from a camera at work, not from a recording (see `freeze`).
    """

    def __init__(self, *, live: bool = True) -> None:
        self.health = Health("ok", 0.0, "no picture yet", 0.0)
        self._live = live
        self._freeze = Freeze(live=live)
        self._look_time: float | None = None
        self._doubt: tuple[float, _Verdict] | None = None
        self._doubted_until = float("-inf")
        self._brightness, self._acuity = _Usual(), _Usual()
        self.take_reference()

    @property
    def doubtful(self) -> bool:
        """Whether the pictures of a sound camera look degraded, but not for long enough to say so."""
        return not self.health.degraded and self._doubt is not None

    def take_reference(self) -> None:
        """Take the background of the next sound picture as the one to compare with: after a recalibration."""
        self._background = Background()
        self._comparison: Comparison | None = None
        self._compare_time = self._renew_time = float("-inf")

    def resume(self) -> None:
        """Take in that nobody looked for a while: nothing that was seen before has gone on meanwhile."""
        self._freeze.resume()
        self._doubt = None

    def look(self, time: float, luma: Grey) -> Health | None:
        """Take in a frame; return the camera's health where its state changed with it, else None.

        Args:
            time: media seconds of the frame, above those of the frame before.
            luma: its brightness, uint8, (H, W).
        """
        if self._look_time is not None and time - self._look_time < _LOOK_SECONDS - 1e-6:
            return None
        passed = 0.0 if self._look_time is None else time - self._look_time
        self._look_time = time
        reading = read(luma)
        verdict = self._judge(time, reading)
        if not verdict.sure and time < self._doubted_until:
            return None
        changed = self._settle(time, verdict)
        if not self.health.degraded and verdict.state == "ok":
            self._learn(time, reading, passed)
        return self.health if changed else None

    def _judge(self, time: float, reading: Reading) -> _Verdict:
        repeated = self._freeze.look(time, reading.samples)
        if self._freeze.frozen(repeated):
            reason = f"the same picture for {repeated:.0f} s: the camera or its stream hangs"
            return _Verdict("frozen", reason, repeated, hold=0.0)
        return self._of_light(reading) or self._of_background(time, reading)

    def _of_light(self, reading: Reading) -> _Verdict | None:
        ease = {self.health.state: _LEAVE}
        share = self._brightness.share(reading.brightness)
        limit = max(_LEAST_BRIGHTNESS, min(_DARKER_AT_MOST, _DARKER * (self._brightness.value or 0.0)))
        if reading.brightness < limit * ease.get("dark", 1.0):
            return _Verdict("dark", "too dark to see: the light is off or the lens covered", share)
        if reading.contrast < _LEAST_CONTRAST * ease.get("covered", 1.0):
            return _Verdict("covered", "only one even surface to be seen: something is on the lens", 1.0)
        share = self._acuity.share(reading.acuity)
        return _blurred(share) if share < _MUCH_BLURRIER * ease.get("blurred", 1.0) else None

    def _of_background(self, time: float, reading: Reading) -> _Verdict:
        if len(self._background) < _FEWEST_PATCHES:
            return _Verdict("ok", "sharp and bright; too little background to tell whether it moved", 0.0)
        if time - self._compare_time >= _COMPARE_SECONDS - 1e-6 or self._comparison is None:
            self._comparison, self._compare_time = self._background.compare(time, reading), time
        return _of_comparison(self._comparison, self.health.state)

    def _settle(self, time: float, verdict: _Verdict) -> bool:
        """Let a new state come true once it has been seen for long enough; return whether it did."""
        if verdict.state == self.health.state:
            self._doubt, self._doubted_until = None, float("-inf")
            self.health = Health(verdict.state, self.health.since, verdict.reason, verdict.measure)
            return False
        since = time
        if self._doubt is not None and _goes_on(self._doubt[1], verdict):
            since = self._doubt[0]
        self._doubt = since, verdict
        self._doubted_until = time + _DOUBT_SECONDS if verdict.state != "ok" else float("-inf")
        if time - since < verdict.hold - 1e-6:
            return False
        self._doubt, self._doubted_until = None, float("-inf")
        self.health = Health(verdict.state, since, verdict.reason, verdict.measure)
        return True

    def _learn(self, time: float, reading: Reading, passed: float) -> None:
        self._brightness.learn(reading.brightness, passed)
        self._acuity.learn(reading.acuity, passed)
        if time - self._renew_time >= _RENEW_SECONDS:
            self._renew_time = time
            self._background.renew(time, reading)


def _goes_on(before: _Verdict, now: _Verdict) -> bool:
    """Tell whether one doubt goes on: two motions that do not agree are chance finds."""
    if before.state == now.state == "moved":
        return abs(before.measure - now.measure) <= _SAME_MOTION
    return (before.state == "ok") == (now.state == "ok")


def _blurred(share: float) -> _Verdict:
    reason = f"edges are at {share:.0%} of their usual sharpness: the lens is dirty or out of focus"
    return _Verdict("blurred", reason, share)


def _of_comparison(seen: Comparison, state: State) -> _Verdict:
    if seen.flat >= _FLAT_SHARE:
        return _Verdict("covered", f"{seen.flat:.0%} of the background is hidden", seen.flat)
    if seen.acuity is not None and seen.acuity < _BLURRIER * (_LEAVE if state == "blurred" else 1.0):
        return _blurred(seen.acuity)
    if seen.moved is not None and seen.moved >= MOVED_WIDTHS:
        reason = f"the picture has shifted by {seen.moved:.1%} of its width: calibrate again"
        return _Verdict("moved", reason, seen.moved)
    lost = seen.moved is None and seen.held <= _HELD_SHARE and seen.changing <= _AT_REST
    if lost or (state == "moved" and seen.held < _FOUND_SHARE):
        reason = "nothing of the background is where it was: clear the view, or calibrate again"
        return _Verdict("moved", reason, 1.0, hold=LOST_SECONDS)
    sure = seen.moved is not None or seen.held > _UNSURE_SHARE
    return _Verdict("ok", f"{seen.held:.0%} of the background is in its place", seen.held, sure=sure)
