"""Packets in, decoded frames out, past whatever is damaged on the way."""

from collections.abc import Callable, Iterator

import av
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

HOPELESS = 50
"""Unreadable packets in a row after which the rest is given up."""


class Decoder:
    """Decodes one stream of a container from the first packet to the last that can be read.

    Attributes:
        reached: Seconds from the container's start at which the last packet of sound or picture ends.
        failure: Why reading stopped, where it was not the end.
    """

    def __init__(
        self, container: InputContainer, stream: VideoStream, on_damage: Callable[[float | None], None]
    ) -> None:
        """Read `stream`; `on_damage` gets the container's time of whatever is damaged, None if unknown."""
        self.reached = 0.0
        self.failure: str | None = None
        self._container = container
        self._stream = stream
        self._on_damage = on_damage
        self._start = (container.start_time or 0) / av.time_base

    def frames(self) -> Iterator[VideoFrame]:
        """Yield every frame in order of display; a damaged one is yielded if the decoder could patch it."""
        for packet in self._packets():
            if packet.stream.index != self._stream.index:
                continue
            try:
                decoded = self._stream.decode(packet)
            except av.FFmpegError:
                self._on_damage(stamp(packet))
                continue
            for frame in decoded:
                if frame.is_corrupt:
                    self._on_damage(stamp(frame))
                yield frame

    def _packets(self) -> "Iterator[Packet[Stream]]":
        """Yield the packets of all streams; sound is never decoded, but tells how far the file goes."""
        failures = 0
        while failures < HOPELESS:
            try:
                for packet in self._container.demux():
                    failures = 0
                    self._note_end(packet)
                    yield packet
            except av.InvalidDataError:
                failures += 1
                self._on_damage(None)
            except (av.FFmpegError, OSError) as error:
                self.failure = error.strerror or str(error)
                return
            else:
                return
        self.failure = "the rest cannot be read"

    def _note_end(self, packet: "Packet[Stream]") -> None:
        start = stamp(packet)
        if start is not None and packet.stream.type in {"video", "audio"}:
            length = float((packet.duration or 0) * packet.time_base)
            self.reached = max(self.reached, start + length - self._start)


def stamp(timed: "Packet[Stream] | VideoFrame") -> float | None:
    """Return the container's timestamp in seconds, None if there is none."""
    ticks = timed.dts if timed.pts is None else timed.pts
    return None if ticks is None or timed.time_base is None else float(ticks * timed.time_base)
