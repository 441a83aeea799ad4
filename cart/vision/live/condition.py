"""Whether one live camera can be believed, and the camera events that tell of it."""

from datetime import datetime, timedelta

from cart.events import CameraEvent, CameraEventData, CameraEventType, Fault, event_id_live
from cart.vision.footage import Frame
from cart.vision.health import Health, HealthMonitor


class Condition:
    """The condition of one camera over time: sound, lost, or degraded for some reason.

    Args:
        cart: the cart's id, for the events' source.
        session: the session's id, for their subject.
        start: aware time of the first frame.
        live: the frames come from a camera at work, not from a recording.
    """

    def __init__(self, cart: str, session: str, start: datetime, *, live: bool) -> None:
        self._cart, self._session, self._start = cart, session, start
        self._monitor = HealthMonitor(live=live)
        self._fault: Fault | None = None

    @property
    def fault(self) -> Fault | None:
        """What is wrong with the camera now; None where nothing is."""
        return self._fault

    @property
    def doubtful(self) -> bool:
        """Whether the pictures look degraded, but not for long enough to say so."""
        return self._monitor.doubtful

    def resume(self) -> None:
        """Take in that no frame was looked at for a while."""
        self._monitor.resume()

    def look(self, frame: Frame) -> list[CameraEvent]:
        """Take in a frame, and return what changed with it."""
        was_lost, changed = self._fault == "lost", self._monitor.look(frame.time, frame.luma)
        events = [self._recover(frame.time, "frames come again", 0.0)] if was_lost else []
        if was_lost and changed is None and self._monitor.health.degraded:
            changed = self._monitor.health  # as it was before it was lost
        return events if changed is None else events + self._change(frame.time, changed)

    def lose(self, time: float) -> list[CameraEvent]:
        """Take in that no frames come after media second `time`."""
        if self._fault == "lost":
            return []
        events = [self._recover(time, "no frames come any more", 0.0)] if self._fault else []
        return [*events, self._degrade(time, time, "lost", "no frames come: it is opened again", 0.0)]

    def calibrated(self) -> None:
        """Take the picture as it is now as the one to compare with."""
        self._monitor.take_reference()

    def _change(self, time: float, health: Health) -> list[CameraEvent]:
        events = []
        if self._fault is not None:
            events.append(self._recover(time, health.reason, health.measure))
        if health.state != "ok":
            events.append(self._degrade(time, health.since, health.state, health.reason, health.measure))
        return events

    def _degrade(self, time: float, since: float, fault: Fault, detail: str, measure: float) -> CameraEvent:
        self._fault = fault
        data = CameraEventData(media_time=time, since=since, reason=fault, detail=detail, measure=measure)
        return self._event("cart.camera.degraded", data)

    def _recover(self, time: float, detail: str, measure: float) -> CameraEvent:
        fault, self._fault = self._fault, None
        assert fault is not None
        data = CameraEventData(media_time=time, since=time, reason=fault, detail=detail, measure=measure)
        return self._event("cart.camera.recovered", data)

    def _event(self, kind: CameraEventType, data: CameraEventData) -> CameraEvent:
        return CameraEvent(
            id=event_id_live(),
            source=f"/carts/{self._cart}",
            subject=self._session,
            type=kind,
            time=self._start + timedelta(seconds=data.media_time),
            data=data,
        )
