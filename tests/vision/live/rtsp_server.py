"""A camera to test with: plays H.264 over RTSP by the wall clock, in a process that can be killed.

Run: python rtsp_server.py REEL [--port N] [--epoch T] [--auth USER:PASSWORD]

RTP goes over the RTSP connection itself (RFC 2326, 10.12), packed by RFC 6184: small units as they are,
large ones in fragments. It plays at the path `/`, like a real
camera from the next key frame on. REEL is a zip with the coded pictures,
Annex B, parameter sets before each key frame, and `timeline.json`: `[[seconds, name], ...]`.
Needs the standard library alone, so that it is back quickly.
"""

import base64
import re
import struct
import time
from collections.abc import Iterator
from itertools import count
from socketserver import StreamRequestHandler, ThreadingTCPServer
from urllib.parse import urlsplit

from mjpeg_server import Reel, given, serve_until_killed

CLOCK = 90_000
KIND = 96
MOST = 1400
"""Bytes of a packet."""

SDP = (
    "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=camera\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\na=control:*\r\n"
    f"m=video 0 RTP/AVP {KIND}\r\na=rtpmap:{KIND} H264/{CLOCK}\r\n"
    f"a=fmtp:{KIND} packetization-mode=1\r\na=control:video\r\n"
)
ANSWERS = {
    "OPTIONS": ({"Public": "OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN"}, ""),
    "DESCRIBE": ({"Content-Type": "application/sdp"}, SDP),
    "SETUP": ({"Transport": "RTP/AVP/TCP;unicast;interleaved=0-1", "Session": "1"}, ""),
    "PLAY": ({"Session": "1", "RTP-Info": "url=video"}, ""),
}


class Handler(StreamRequestHandler):
    """Answers one viewer."""

    reel: Reel
    secret: str | None = None

    def handle(self) -> None:
        """Answer requests until the viewer is to be shown pictures, and show them."""
        while (request := self._request()) is not None:
            method, path, headers = request
            if self.secret is not None and headers.get("authorization") != f"Basic {self.secret}":
                self._answer(headers, "401 Unauthorized", {"WWW-Authenticate": 'Basic realm="camera"'})
            elif method == "DESCRIBE" and path != "/":
                self._answer(headers, "404 Not Found", {})
            elif method not in ANSWERS:
                return
            else:
                self._answer(headers, "200 OK", *ANSWERS[method])
                if method == "PLAY":
                    self._play()
                    return

    def _request(self) -> tuple[str, str, dict[str, str]] | None:
        """Read method, path and headers of a request; None where the viewer is gone."""
        method, _, rest = self.rfile.readline().decode().partition(" ")
        headers = {}
        while line := self.rfile.readline().decode().strip():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        return (method, urlsplit(rest.partition(" ")[0]).path, headers) if method else None

    def _answer(self, asked: dict[str, str], status: str, headers: dict[str, str], body: str = "") -> None:
        lines = {"CSeq": asked.get("cseq", "0"), **headers, "Content-Length": str(len(body))}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        self.wfile.write(f"RTSP/1.0 {status}\r\n{head}\r\n{body}".encode())

    def _play(self) -> None:
        numbers, started = count(), False
        try:
            for seconds, due, picture in self.reel.from_now():
                units = units_of(picture)
                started = started or any(unit[0] & 31 == 5 for unit in units)
                time.sleep(max(0.0, due - time.time()))
                if started:
                    for packet in packets(units, round(seconds * CLOCK), numbers):
                        self.wfile.write(b"$\x00" + struct.pack(">H", len(packet)) + packet)
        except ConnectionError:
            return


def units_of(picture: bytes) -> list[bytes]:
    """Split a coded picture at the start codes of Annex B."""
    return [unit for unit in re.split(b"\x00\x00\x00?\x01", picture) if unit]


def packets(units: list[bytes], stamp: int, numbers: Iterator[int]) -> Iterator[bytes]:
    """Yield the RTP packets of a picture; the last one carries the marker."""
    payloads = [part for unit in units for part in fragments(unit)]
    for place, payload in enumerate(payloads, 1):
        kind = KIND | (place == len(payloads)) << 7
        yield struct.pack(">BBHII", 0x80, kind, next(numbers) & 0xFFFF, stamp & 0xFFFFFFFF, 7) + payload


def fragments(unit: bytes) -> Iterator[bytes]:
    """Yield a unit as it is, or in FU-A fragments where it is too large for a packet."""
    if len(unit) <= MOST:
        yield unit
        return
    for at in range(1, len(unit), MOST):
        first, last = at == 1, at + MOST >= len(unit)
        yield bytes([unit[0] & 0xE0 | 28, first << 7 | last << 6 | unit[0] & 31]) + unit[at : at + MOST]


class Server(ThreadingTCPServer):
    """Is back on its port at once."""

    allow_reuse_address = True
    daemon_threads = True


def main() -> None:
    """Serve until killed; the first line printed is the port."""
    arguments = given(__doc__)
    Handler.reel = Reel(arguments.reel, arguments.epoch, arguments.speed, loop=arguments.loop)
    Handler.secret = base64.b64encode(arguments.auth.encode()).decode() if arguments.auth else None
    serve_until_killed(Server(("127.0.0.1", arguments.port), Handler))


if __name__ == "__main__":
    main()
