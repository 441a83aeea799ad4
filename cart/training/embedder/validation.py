"""How well rendered products that were never trained on are told apart."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from cart.training.embedder.goods import Goods
from cart.training.embedder.network import Network, to_input
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
    references = [turned for one in known for picture in one.references for turned in _turns(picture)]
    owners = np.repeat(np.arange(len(known)), [len(one.references) * TURNS for one in known])
    queries = [boxed.tight() for one in known for boxed in one.boxed[:_MOST_QUERIES]]
    truth = np.repeat(np.arange(len(known)), [len(one.boxed[:_MOST_QUERIES]) for one in known])
    if not queries:
        return float("nan")
    nearest = (_embed(network, queries) @ _embed(network, references).T).argmax(axis=1)
    return float(np.mean(owners[nearest] == truth))


def _turns(picture: Image) -> list[Image]:
    return [np.ascontiguousarray(np.rot90(picture, turn)) for turn in range(TURNS)]


def _embed(network: Network, images: Sequence[Image]) -> NDArray[np.float32]:
    parts = [images[k : k + _BATCH] for k in range(0, len(images), _BATCH)]
    with torch.no_grad():
        vectors = [network(to_input(part).to(network.mean.device)).cpu() for part in parts]
    return np.asarray(torch.cat(vectors).numpy())
