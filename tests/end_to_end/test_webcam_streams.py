"""`cart webcam` on streams of a real server: lost and back, figures, and nothing secret said."""

import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Timer
from urllib.request import urlopen

import pytest

from tests.end_to_end.webcams import start
from tests.vision.live.real_cameras import MJPEG, RTSP, TestCamera, reel_of_video, write_h264_reel, write_reel

Film = Callable[..., Path]
Command = Callable[..., "Result"]  # noqa: F821  (conftest's)
Play = Callable[[], TestCamera]

KINDS = {"http": (write_reel, MJPEG), "rtsp": (write_h264_reel, RTSP)}


@pytest.fixture
def play(film: Film, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Play]:
    """Start a camera that plays the film and wants a password."""
    write, server = KINDS[getattr(request, "param", "http")]
    reel = reel_of_video(tmp_path / "film.zip", film(seconds=60), fps=15, write=write)
    started: list[TestCamera] = []

    def begin() -> TestCamera:
        started.append(TestCamera(reel, "--auth", "user:right-secret", server=server))
        return started[-1]

    yield begin
    for camera in started:
        camera.kill()


def with_password(camera: TestCamera, path: str = "") -> str:
    return camera.url.replace("://", "://user:right-secret@") + path


def said_until(cart: "subprocess.Popen[str]", words: str) -> str:
    """Return what a command says on stderr up to the line with these words; fail after half a minute."""
    assert cart.stderr is not None
    said, watchdog = "", Timer(30, cart.kill)
    watchdog.start()
    while words not in said:
        line = cart.stderr.readline()
        assert line, said
        said += line
    watchdog.cancel()
    return said


@pytest.mark.parametrize("play", KINDS, indirect=True)
def test_a_camera_lost_in_between_is_told_once_each_way_and_no_password_is_told(
    play: Play, colours: Path, tmp_path: Path
) -> None:
    events = tmp_path / "e.jsonl"
    camera = play()
    words = [with_password(camera), "--detector", colours, "--events", events, "--no-window"]
    with start(*words) as cart:
        err = said_until(cart, "no opening file")
        camera.kill()
        err += said_until(cart, "camera lost")
        camera.start()
        err += said_until(cart, "no longer lost")
        cart.send_signal(signal.SIGINT)
        assert cart.stdout is not None
        assert cart.stderr is not None
        out = cart.stdout.read()
        err += cart.stderr.read()  # not `communicate`, which loses what `readline` has read ahead

    assert cart.returncode == 130
    lines = [line.replace(camera.url, "URL") for line in err.splitlines() if "opening" not in line]
    assert [re.sub(r" \(.*\)", "", line) for line in lines if "URL" in line] == [
        "warning: URL is lost: trying to reach it until it is back",
        "warning: URL is back",
    ]
    assert [line for line in lines if "camera lost" in line or "no longer lost" in line] == [
        "warning: camera lost: no frames come: it is opened again",
        "note: camera no longer lost: frames come again",
    ]
    assert "secret" not in out + err + events.read_text()


def test_a_page_is_no_camera(play: Play, cart: Command) -> None:
    camera = play()
    result = cart("webcam", with_password(camera, "page"))

    assert (result.code, result.out) == (2, [])
    advice = "give the address of the stream itself, not of a web page"
    assert result.err == [f"error: no video comes from {camera.url}page: {advice}"]


def test_a_wrong_password_is_told_without_it(play: Play, cart: Command) -> None:
    camera = play()
    result = cart("webcam", camera.url.replace("://", "://user:wrong-secret@"))

    assert (result.code, result.out) == (2, [])
    assert result.err == [
        f"error: {camera.url} refuses: give the right user and password, as in ://USER:PASSWORD@127.0.0.1"
    ]


def test_figures_are_served_while_it_runs(film: Film, colours: Path) -> None:
    words = [film(seconds=30), film("other.mp4", seconds=30), "--detector", colours, "--metrics", "0"]
    with start(*words, "--no-window") as cart:
        assert cart.stdout is not None
        assert cart.stderr is not None
        page = re.search(r"http://127\.0\.0\.1:\d+/metrics", cart.stderr.readline())
        assert page is not None
        line = cart.stdout.readline()
        with urlopen(page[0]) as answer:
            shown = answer.read().decode()
        cart.terminate()

    value = dict(re.findall(r"^(cart_camera_\S+) (\S+)$", shown, re.MULTILINE))
    for camera in ("1", "2"):
        assert float(value[f'cart_camera_frames_read_total{{camera="{camera}"}}']) > 10
        assert float(value[f'cart_camera_inference_seconds_count{{camera="{camera}"}}']) > 1
        assert value[f'cart_camera_health{{camera="{camera}",state="ok"}}'] == "1.0", shown
    first = re.match(r"camera (\d) .* added ", line)
    assert first is not None
    assert float(value[f'cart_camera_events_total{{camera="{first[1]}",type="cart.item.added"}}']) >= 1
    assert float(value[f'cart_camera_visits_total{{camera="{first[1]}"}}']) >= 1
