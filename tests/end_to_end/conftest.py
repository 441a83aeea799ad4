"""A small cart trip in plain colours, a network that sees those colours, and the `cart` command in-process.

The network is a real ONNX file, run as any other; what it finds is exact, so that these tests tell whether
the way through is right whatever the packaged detector has learnt.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import helper

from cart import cli
from cart.events import CartEvent, read_events
from cart.settings import settings

SIZE = (160, 120)
FPS = 15
SECONDS = 9.0
OPENING = "[opening]\npolygon = [[0.0, 0.3], [1.0, 0.3], [1.0, 1.0], [0.0, 1.0]]\n"

HAND, GREEN, BLUE = (30, 30, 200), (40, 190, 40), (200, 60, 30)
Keys = list[tuple[float, tuple[float, float]]]

AWAY = (50.0, -60.0)
LEFT, RIGHT = (50.0, 80.0), (110.0, 80.0)
HAND_WAY: Keys = [
    (1.4, AWAY), (1.8, LEFT), (2.1, LEFT), (2.4, AWAY),
    (3.8, AWAY), (4.2, RIGHT), (4.5, RIGHT), (4.8, AWAY),
    (6.2, AWAY), (6.6, LEFT), (6.9, LEFT), (7.3, AWAY),
]  # fmt: skip
GREEN_WAY: Keys = [(1.4, AWAY), (1.8, LEFT), (6.9, LEFT), (7.3, AWAY)]
BLUE_WAY: Keys = [(3.8, AWAY), (4.2, RIGHT)]
"""The green item is put in at 1.8 s and let go at 2.1 s; the blue one follows; the green one is taken out."""

Drawn = NDArray[np.uint8]
Film = Callable[..., Path]


@dataclass(frozen=True)
class Result:
    """What a command left behind: its exit code, and its output in lines."""

    code: int
    out: list[str]
    err: list[str]


Command = Callable[..., Result]


def place(way: Keys, time: float) -> tuple[int, int]:
    times = [key for key, _ in way]
    return tuple(round(float(np.interp(time, times, [at[axis] for _, at in way]))) for axis in (0, 1))  # type: ignore[return-value]


def draw_item(canvas: Drawn, x: int, y: int, colour: tuple[int, int, int]) -> None:
    cv2.rectangle(canvas, (x - 16, y - 16), (x + 16, y + 16), colour, -1)
    cv2.rectangle(canvas, (x - 8, y - 3), (x + 8, y + 3), tuple(part // 2 for part in colour), -1)


def picture(time: float, size: tuple[int, int] = SIZE) -> Drawn:
    """Draw the trip at a moment: items first, and the hand over the top of what it holds."""
    canvas = np.full((SIZE[1], SIZE[0], 3), 120, np.uint8)
    canvas[:, ::20] = canvas[::20] = 60  # a tiled floor: on an even one a camera counts as covered
    canvas[SIZE[1] * 3 // 10 :] = 90
    draw_item(canvas, *place(GREEN_WAY, time), GREEN)
    draw_item(canvas, *place(BLUE_WAY, time), BLUE)
    x, y = place(HAND_WAY, time)
    cv2.rectangle(canvas, (x - 14, y - 50), (x + 14, y - 4), HAND, -1)
    return np.asarray(canvas if size == SIZE else cv2.resize(canvas, size), np.uint8)


def network(file: Path) -> Path:
    """Write a network that finds what is red (a hand), green and blue (items): one box each."""
    nodes = [helper.make_node("Split", ["images"], ["r", "g", "b"], axis=1, num_outputs=3)]
    for name, others, number in (("r", "gb", 0), ("g", "rb", 1), ("b", "rg", 1)):
        nodes += _box_of_colour(name, others, number)
    nodes.append(helper.make_node("Concat", ["r_box", "g_box", "b_box"], ["output"], axis=1))
    constants = {
        "far": np.float32(0.25), "score": np.float32(0.9), "one": np.float32(1),
        "height_axis": np.array([2]), "width_axis": np.array([3]), "last": np.array([2]),
        "class_0": np.zeros((1, 1, 1), np.float32), "class_1": np.ones((1, 1, 1), np.float32),
    }  # fmt: skip
    graph = helper.make_graph(
        nodes,
        "colours",
        [helper.make_tensor_value_info("images", onnx.TensorProto.FLOAT, [1, 3, "height", "width"])],
        [helper.make_tensor_value_info("output", onnx.TensorProto.FLOAT, [1, 3, 6])],
        [onnx.numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    metadata = {"names": "{0: 'hand', 1: 'item'}", "imgsz": f"[{SIZE[0]}, {SIZE[0]}]", "task": "detect"}
    helper.set_model_props(model, metadata)
    onnx.save(model, str(file))
    return file


def _box_of_colour(name: str, others: str, number: int) -> list[onnx.NodeProto]:
    """Return the nodes from a colour's plane to its box, score and class, (1, 1, 6)."""

    def node(kind: str, inputs: list[str], output: str, **how: object) -> onnx.NodeProto:
        return helper.make_node(kind, inputs, [f"{name}_{output}"], **how)

    nodes = [
        node("Max", list(others), "other"),
        node("Sub", [name, f"{name}_other"], "more"),
        node("Greater", [f"{name}_more", "far"], "found"),
        node("Cast", [f"{name}_found"], "mask", to=onnx.TensorProto.FLOAT),
        node("ReduceMax", [f"{name}_mask", "height_axis"], "columns", keepdims=0),
        node("ReduceMax", [f"{name}_mask", "width_axis"], "rows", keepdims=0),
        node("ReduceMax", [f"{name}_columns", "last"], "any", keepdims=1),
        node("Mul", [f"{name}_any", "score"], "score"),
    ]
    for line, low, high in (("columns", "left", "right"), ("rows", "top", "bottom")):
        nodes += [
            node("ArgMax", [f"{name}_{line}"], f"{low}_n", axis=2, keepdims=1),
            node("Cast", [f"{name}_{low}_n"], low, to=onnx.TensorProto.FLOAT),
            node("ArgMax", [f"{name}_{line}"], f"{high}_n", axis=2, keepdims=1, select_last_index=1),
            node("Cast", [f"{name}_{high}_n"], f"{high}_f", to=onnx.TensorProto.FLOAT),
            node("Add", [f"{name}_{high}_f", "one"], high),
        ]
    parts = [f"{name}_{part}" for part in ("left", "top", "right", "bottom", "score")]
    return [*nodes, node("Concat", [*parts, f"class_{number}"], "box", axis=2)]


@pytest.fixture(scope="session")
def colours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the weights that see the trip's colours."""
    return network(tmp_path_factory.mktemp("weights") / "colours.onnx")


@pytest.fixture
def film(tmp_path: Path) -> Film:
    """Make a video of the trip, with its opening beside it."""

    def make(
        name: str = "trip.mp4",
        *,
        start: float = 0.0,
        seconds: float = SECONDS,
        size: tuple[int, int] = SIZE,
        index_in_front: bool = True,
    ) -> Path:
        path = tmp_path / name
        jpeg = path.suffix in {".avi", ".mjpeg"}
        options = {"movflags": "faststart"} if index_in_front and path.suffix == ".mp4" else {}
        with av.open(str(path), "w", container_options=options) as output:
            encoder = {"qmin": "2", "qmax": "2"} if jpeg else {"bf": "0", "g": "10", "qp": "8"}
            stream = output.add_stream("mjpeg" if jpeg else "libx264", rate=FPS, options=encoder)
            stream.width, stream.height = size
            stream.pix_fmt = "yuvj420p" if jpeg else "yuv420p"
            for index in range(round(seconds * FPS)):
                frame = av.VideoFrame.from_ndarray(picture(start + index / FPS, size), format="bgr24")
                frame.pts, frame.time_base = index, Fraction(1, FPS)
                output.mux(stream.encode(frame))
            output.mux(stream.encode(None))
        path.with_suffix(".opening.toml").write_text(OPENING)
        return path

    return make


@pytest.fixture(scope="session")
def item_picture() -> Callable[[str], bytes]:
    """Return a picture of the `green` or the `blue` item for a catalog, as a PNG."""

    def draw(name: str) -> bytes:
        canvas = np.full((64, 64, 3), 255, np.uint8)
        draw_item(canvas, 32, 32, GREEN if name == "green" else BLUE)
        return cv2.imencode(".png", canvas)[1].tobytes()

    return draw


@pytest.fixture(autouse=True)
def own_settings(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep embeddings in a folder of the tests' own, and take one thread, as tests run side by side."""
    monkeypatch.setenv("CART_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))
    monkeypatch.setenv("CART_THREADS", "1")
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def cart(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run the `cart` command in this process: `cart("process", path, "--events", file)`."""

    def run(*words: object) -> Result:
        monkeypatch.setattr(sys, "argv", ["cart", *map(str, words)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            cli.run()
        shown = capsys.readouterr()
        code = end.value.code
        assert code is None or isinstance(code, int)
        return Result(code or 0, shown.out.splitlines(), shown.err.splitlines())

    return run


@pytest.fixture
def told() -> Callable[[Path], list[CartEvent]]:
    """Read an events file, whose sequence must be 1, 2, 3, ..."""

    def read(path: Path) -> list[CartEvent]:
        events = read_events(path)
        assert [event.data.sequence for event in events] == list(range(1, len(events) + 1))
        return events

    return read
