"""The head's start: the projection that varies little within a class and much between classes."""

import numpy as np
from numpy.typing import NDArray


def whitening(
    vectors: NDArray[np.float64], classes: NDArray[np.intp], length: int, shrinkage: float = 0.3
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean (D,) and projection (D, `length`): within-class whitening, then principal components.

    Args:
        vectors: (N, D).
        classes: (N,).
        length: of the projected vectors; at most D.
        shrinkage: of the within-class covariance towards a sphere, 0..1 (Ledoit and Wolf 2004, fixed).
    """
    middle = vectors.mean(axis=0)
    _, classes = np.unique(classes, return_inverse=True)
    sums = np.zeros((classes.max() + 1, vectors.shape[1]))
    np.add.at(sums, classes, vectors)
    means = sums / np.bincount(classes)[:, None]
    within = np.cov((vectors - means[classes]).T)
    spread = np.trace(within) / len(within)
    values, axes = np.linalg.eigh((1 - shrinkage) * within + shrinkage * spread * np.eye(len(within)))
    whiten = axes / np.sqrt(values)
    _, components = np.linalg.eigh(np.cov(((means - middle) @ whiten).T))
    return middle, whiten @ components[:, ::-1][:, :length]
