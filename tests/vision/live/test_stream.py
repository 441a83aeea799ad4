"""Opening streams by URL, from a real server: what is refused, and in which words."""

import time
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice, pairwise
from pathlib import Path
from threading import Thread

import pytest
from real_cameras import TestCamera

from cart.errors import InputError
from cart.vision.live import stream
from cart.vision.live.shot import Shot, StreamLost, frames_of
from cart.vision.live.stream import UrlSource

Start = Callable[..., TestCamera]


class QuietFiles(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_pictures_come_as_they_are_sent(start_any: Start) -> None:
    connection = UrlSource(start_any().url, silence=5).open()
    shots = [shot for shot in islice(connection.shots(), 10) if isinstance(shot, Shot)]
    connection.close()

    assert len(shots) >= 9
    assert {shot.size for shot in shots} == {(64, 48)}
    image = shots[-1].picture((64, 48)).image()
    assert image.shape == (48, 64, 3)
    assert image.max() > 200
    assert image[0, 0].max() < 100


def test_a_picture_is_scaled_when_somebody_looks(reel: Path, start_camera: Start) -> None:
    connection = UrlSource(start_camera(reel).url, silence=5).open()
    shot = next(shot for shot in connection.shots() if shot is not None)
    picture = shot.picture((32, 24))
    connection.close()

    assert picture.image().shape == (24, 32, 3)
    assert picture.luma().shape == (24, 32)


def test_a_path_where_nothing_plays_is_told(start_any: Start) -> None:
    with pytest.raises(InputError, match=r"^there is no stream at .*/nowhere \(404\): check the path$"):
        UrlSource(start_any().url + "nowhere", silence=5).open()


def test_a_page_in_place_of_a_stream_is_refused(reel: Path, start_camera: Start) -> None:
    advice = "^no video comes from http://127.0.0.1:[0-9]+/page: give the address of the stream itself"
    with pytest.raises(InputError, match=advice):
        UrlSource(start_camera(reel).url + "page", silence=5).open()


def test_frames_are_timed_as_they_arrive(start_any: Start) -> None:
    begun = time.monotonic()
    frames = list(islice(frames_of(UrlSource(start_any().url, silence=5)), 20))

    assert [frame.index for frame in frames] == list(range(20))
    assert all(earlier.time < later.time for earlier, later in pairwise(frames))
    assert frames[-1].time <= time.monotonic() - begun
    assert frames[-1].image.shape == (48, 64, 3)


def test_stamps_keep_pace_with_the_camera(start_any: Start) -> None:
    camera = start_any()
    connection = UrlSource(camera.url, silence=5).open()
    stamps = [shot.stamp for shot in islice(connection.shots(), 40) if shot is not None]
    connection.close()
    steps = [later - earlier for earlier, later in pairwise(stamps[20:]) if earlier and later]

    assert sum(steps) / len(steps) == pytest.approx(1 / 25, rel=0.1)


def test_a_recording_on_a_web_server_is_no_camera(make_video: Callable[..., Path]) -> None:
    folder = make_video("trip.mp4").parent
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietFiles, directory=str(folder))) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            with pytest.raises(
                InputError,
                match=r"is a recording, not a live stream: download it, or give it to cart process$",
            ):
                UrlSource(f"http://127.0.0.1:{server.server_port}/trip.mp4", silence=5).open()
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("user", ["", "user:wrong-secret@"])
def test_wrong_credentials_are_refused_and_never_shown(start_any: Start, user: str) -> None:
    url = start_any("--auth", "user:right").url.replace("://", f"://{user}")
    source = UrlSource(f"{url}?pwd=wrong-secret", silence=5)
    with pytest.raises(InputError, match="refuses: give the right user and password") as caught:
        source.open()

    assert "wrong-secret" not in f"{caught.value} {source.name}"
    assert caught.value.__cause__ is None


def test_right_credentials_open_the_stream(start_any: Start) -> None:
    url = start_any("--auth", "user:right").url.replace("://", "://user:right@")
    connection = UrlSource(url, silence=5).open()
    shot = next(connection.shots())
    connection.close()

    assert shot is not None


@pytest.mark.parametrize("scheme", ["http", "rtsp"])
def test_a_refused_connection_is_told(free_port: int, scheme: str) -> None:
    with pytest.raises(InputError, match="refuses the connection: check the address, and that the camera is"):
        UrlSource(f"{scheme}://127.0.0.1:{free_port}/", silence=5).open()


@pytest.mark.parametrize("scheme", ["http", "rtsp"])
def test_a_server_that_says_nothing_is_given_up(
    dumb_port: int, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "OPEN_SECONDS", 0.5)
    begun = time.monotonic()
    with pytest.raises(InputError, match="does not answer: check the address"):
        UrlSource(f"{scheme}://user:secret@127.0.0.1:{dumb_port}/", silence=5).open()

    assert time.monotonic() - begun < 3


def test_a_stream_that_stops_in_the_middle_is_given_up(reel: Path, start_camera: Start) -> None:
    connection = UrlSource(start_camera(reel).url + "frozen", silence=0.5).open()
    begun = time.monotonic()
    with pytest.raises(StreamLost, match=r"^nothing came for 0\.5 s$"):
        list(connection.shots())
    connection.close()

    assert time.monotonic() - begun < 4


@pytest.mark.parametrize(
    "url", ["ftp://camera/1", "file:///etc/passwd", "rtsp://", "http://[::1", "concat://a|b", "://x"]
)
def test_an_address_of_another_kind_is_refused_without_opening_it(url: str) -> None:
    with pytest.raises(InputError, match=r"is no camera's address: it starts with rtsp:// or http://$"):
        UrlSource(url, silence=5)


def test_an_unknown_host_is_told() -> None:
    with pytest.raises(InputError, match=r"^no such host: camera\.invalid; check the address"):
        UrlSource("http://user:secret@camera.invalid/", silence=5).open()
