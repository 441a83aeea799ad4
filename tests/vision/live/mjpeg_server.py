"""A camera to test with: plays MJPEG over HTTP by the wall clock, in a process that can be killed.

Run: python mjpeg_server.py REEL [--port N] [--epoch T] [--speed X] [--loop] [--auth USER:PASSWORD]

Whoever connects sees the moment that the scene has reached, `(now - epoch) * speed`, so that the scene goes
on while the server is down. REEL is a zip with the JPEGs and `timeline.json`: `[[seconds, name], ...]`.
Besides `/`, `/page` is a web page, `/silent` accepts and says nothing, `/frozen` stops after ten pictures.
Needs the standard library alone, so that it is back quickly.
"""

import argparse
import base64
import bisect
import json
import sys
import time
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer

FROZEN_AFTER = 10
BOUNDARY = "picture"


class Reel:
    """The pictures, and when each is to be seen."""

    def __init__(self, file: str, epoch: float, speed: float, *, loop: bool) -> None:
        with zipfile.ZipFile(file) as archive:
            self._timeline = json.loads(archive.read("timeline.json"))
            self._pictures = {name: archive.read(name) for name in {name for _, name in self._timeline}}
        self._times = [seconds for seconds, _ in self._timeline]
        self._epoch, self._speed, self._loop = epoch, speed, loop
        self._length = self._times[-1] + (self._times[-1] - self._times[-2])

    def picture_at(self, moment: float) -> tuple[bytes | None, float]:
        """Return the picture of a moment of the wall clock, None after the end, and when the next is due."""
        position = (moment - self._epoch) * self._speed
        rounds, place = divmod(position, self._length)
        if rounds and not self._loop:
            return None, moment
        number = max(0, bisect.bisect_right(self._times, place) - 1)
        due = self._times[number + 1] if number + 1 < len(self._times) else self._length
        return self._pictures[self._timeline[number][1]], moment + (due - place) / self._speed

    def from_now(self) -> Iterator[tuple[float, float, bytes]]:
        """Yield the pictures from now on in their order: second of the scene, when it is due, picture."""
        position = (time.time() - self._epoch) * self._speed
        for number in range(bisect.bisect_left(self._times, position), len(self._times)):
            seconds, name = self._timeline[number]
            yield seconds, self._epoch + seconds / self._speed, self._pictures[name]


class Handler(BaseHTTPRequestHandler):
    """Answers one viewer."""

    reel: Reel
    secret: str | None = None

    def do_GET(self) -> None:
        """Play, or do what the path asks for."""
        if self.secret is not None and self.headers.get("Authorization") != f"Basic {self.secret}":
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="camera"')
            self.end_headers()
        elif self.path == "/page":
            self._page()
        elif self.path == "/silent":
            time.sleep(600)
        elif self.path in {"/", "/frozen"}:
            self._play(FROZEN_AFTER if self.path == "/frozen" else None)
        else:
            self.send_error(404)

    def _page(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Camera</title>" + b"<p>Live view</p>" * 200)

    def _play(self, most: int | None) -> None:
        self.send_response(200)
        self.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={BOUNDARY}")
        self.end_headers()
        sent = 0
        try:
            while most is None or sent < most:
                picture, due = self.reel.picture_at(time.time())
                if picture is None:
                    return
                head = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(picture)}\r\n\r\n"
                self.wfile.write(head.encode() + picture + b"\r\n")
                sent += 1
                time.sleep(max(0.0, due - time.time()) + 1e-4)
            time.sleep(600)
        except ConnectionError:
            return

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def given(told: str | None) -> argparse.Namespace:
    """Read a server's command line."""
    parser = argparse.ArgumentParser(description=told)
    parser.add_argument("reel")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument(
        "--epoch", type=float, default=time.time(), help="Unix time of the scene's start (now)"
    )
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--loop", action="store_true")
    parser.add_argument("--auth")
    return parser.parse_args()


def serve_until_killed(server: TCPServer) -> None:
    """Print the port, and serve."""
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()


def main() -> None:
    """Serve until killed; the first line printed is the port."""
    arguments = given(__doc__)
    Handler.reel = Reel(arguments.reel, arguments.epoch, arguments.speed, loop=arguments.loop)
    Handler.secret = base64.b64encode(arguments.auth.encode()).decode() if arguments.auth else None
    server = ThreadingHTTPServer(("127.0.0.1", arguments.port), Handler)
    server.daemon_threads = True
    serve_until_killed(server)


if __name__ == "__main__":
    main()
