"""A run's curves and its reliability as pictures, readable at 800 pixels."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cart.errors import InputError
from cart.training.history import Run
from cart.training.reliability import Bin, expected_calibration_error

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")  # Okabe and Ito's
_WIDTH, _PANEL_HEIGHT, _PIXELS_PER_INCH = 8.0, 3.0, 100
_MOST_MARKED = 40
_STYLE: dict[Any, Any] = {
    "font.size": 11.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#e5e5e5",
    "axes.axisbelow": True,
    "lines.linewidth": 2.0,
    "legend.frameon": False,
}


def draw_curves(run: Run, file: Path) -> None:
    """Draw a run's losses, its figures of the validation and its learning rates, a panel each.

    Args:
        run: has a curve.
        file: a `.png` to write; 800 pixels wide.

    Raises:
        InputError: the file cannot be written, or matplotlib is not installed.
    """
    panels = [(label, names) for label, names in _panels(run) if names]
    with _figure(file, len(panels) * _PANEL_HEIGHT) as figure:
        figure.suptitle(f"Training of the {run.model}, recipe {run.recipe}")
        all_axes = figure.subplots(len(panels), sharex=True, squeeze=False)[:, 0]
        for axes, (label, names) in zip(all_axes, panels, strict=True):
            _draw_lines(axes, run, label, names)
        all_axes[-1].set_xlabel(f"{run.unit}s trained")
        figure.align_ylabels()


def draw_reliability(bins: Sequence[Bin], model: str, file: Path) -> None:
    """Draw how often the model is right by its confidence, and how many answers each bin holds.

    Args:
        bins: at least one.
        model: its name, for the title.
        file: a `.png` to write; 800 pixels wide.

    Raises:
        InputError: the file cannot be written, or matplotlib is not installed.
    """
    with _figure(file, 2 * _PANEL_HEIGHT) as figure:
        error = expected_calibration_error(bins)
        figure.suptitle(f"Reliability of the {model}: expected calibration error {error:.3f}")
        above, below = figure.subplots(2, sharex=True, height_ratios=[3, 1])
        confidences = [one.confidence for one in bins]
        above.plot([0, 1], [0, 1], "--", color="#888888", label="as confident as right")
        above.plot(confidences, [one.right for one in bins], "o-", color=_COLORS[0], label="measured")
        above.set(ylabel="share right (0 to 1)", xlim=(0, 1), ylim=(0, 1.02))
        above.legend(loc="upper left")
        below.bar(confidences, [one.count for one in bins], width=0.012, color=_COLORS[0])
        below.set(ylabel="answers in bin", xlabel="confidence (0 to 1), mean of each bin")


def _panels(run: Run) -> Iterator[tuple[str, list[str]]]:
    """Yield the label of each panel's values, with their names."""
    names = run.names()
    losses = [name for name in names if name.endswith("loss")]
    rates = [name for name in names if name.endswith("learning rate")]
    yield "training loss (no unit)", losses
    yield "validation (0 to 1)", [name for name in names if name not in {*losses, *rates}]
    yield "learning rate", rates


def _draw_lines(axes: "Axes", run: Run, label: str, names: Sequence[str]) -> None:
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415

    for name, color in zip(names, _COLORS * len(names), strict=False):
        steps, values = run.line(name)
        marker = "o" if len(steps) <= _MOST_MARKED else ""
        axes.plot(steps, values, marker=marker, markersize=4, color=color, label=name)
    axes.set_ylabel(label)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))


@contextmanager
def _figure(file: Path, height: float) -> Iterator["Figure"]:
    """Give an empty figure to draw into, which is then written."""
    try:
        import matplotlib as mpl  # noqa: PLC0415
        from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
        from matplotlib.figure import Figure  # noqa: PLC0415
    except ImportError as error:
        raise InputError("pictures of a run need matplotlib: pip install 'smart-cart[train]'") from error
    if file.suffix != ".png" or not file.parent.is_dir():
        raise InputError(f"cannot write {file}: give a file name ending in .png in a folder that exists")
    with mpl.rc_context(_STYLE):
        figure = Figure((_WIDTH, height + 0.5), dpi=_PIXELS_PER_INCH, layout="constrained", facecolor="white")
        FigureCanvasAgg(figure)
        yield figure
        figure.savefig(file, metadata={"Software": None})
