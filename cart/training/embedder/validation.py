"""How well rendered products that were never trained on are told apart."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from cart.training.embedder.goods import Goods
from cart.training.embedder.network import Network, laid_out, to_input
from cart.training.sights import Image
from cart.vision.references import TURNS

_BATCH = 64
_MOST_QUERIES = 12  # of a product


def top_1(network: Network, goods: Sequence[Goods]) -> float:
    """Return the share, 0..1, of the sights in stills whose nearest reference picture is of their product.

    Args:
        network: what is validated.
        goods: products with reference pictures to choose among; NaN where none has a sight.
    """
    known = [one for one in goods if one.references]
    queries = [boxed.tight() for one in known for boxed in one.boxed[:_MOST_QUERIES]]
    truth = np.repeat(np.arange(len(known)), [len(one.boxed[:_MOST_QUERIES]) for one in known])
    if not queries:
        return float("nan")
    references, owners = reference_vectors(network, known)
    nearest = (embed(network, queries) @ references.T).argmax(axis=1)
    return float(np.mean(owners[nearest] == truth))


def reference_vectors(
    network: Network, goods: Sequence[Goods]
) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Return the vectors (V, LENGTH) of all reference pictures in quarter turns, and whose they are (V,)."""
    pictures = [turned for one in goods for picture in one.references for turned in _turns(picture)]
    owners = np.repeat(np.arange(len(goods)), [len(one.references) * TURNS for one in goods])
    return embed(network, pictures), owners.astype(np.int32)


def embed(network: Network, images: Sequence[Image]) -> NDArray[np.float32]:
    """Return the vectors (N, LENGTH) of pictures, at least one."""
    parts = [images[k : k + _BATCH] for k in range(0, len(images), _BATCH)]
    with torch.no_grad():
        vectors = [network(to_input(laid_out(part), network.mean.device)).cpu() for part in parts]
    return np.asarray(torch.cat(vectors).numpy())


def _turns(picture: Image) -> list[Image]:
    return [np.ascontiguousarray(np.rot90(picture, turn)) for turn in range(TURNS)]
