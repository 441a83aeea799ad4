"""Pieces of an arm's mesh with their joints' shares, and how they become one model."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cart.scenes.geometry import Bytes, Floats, Ints, Material, Model

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Piece:
    """A mesh of quads that bends with the arm."""

    vertices: Floats
    """(V, 3) metres, the arm at rest."""
    weights: Floats
    """(V, J) share of each joint."""
    quads: Ints
    """(Q, 4) indices of vertices, counter-clockwise from outside; a triangle repeats its last corner."""
    uvs: Floats
    """(Q, 4, 2) places in the picture."""
    quad_materials: Ints
    """(Q,) indices into the materials of the whole arm."""


def model_of(
    pieces: list[Piece], materials: tuple[Material, ...], pictures: dict[str, Bytes]
) -> tuple[Model, Floats]:
    """Return the pieces as one model of triangles, and its joints' shares (V, J)."""
    starts = np.cumsum([0] + [len(piece.vertices) for piece in pieces])
    quads = np.concatenate([piece.quads + start for piece, start in zip(pieces, starts, strict=False)])
    uvs = np.concatenate([piece.uvs for piece in pieces])
    owners = np.concatenate([piece.quad_materials for piece in pieces])
    faces = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    corner_uvs = np.concatenate([uvs[:, [0, 1, 2]], uvs[:, [0, 2, 3]]])
    owners = np.concatenate([owners, owners])
    whole = (faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 0] != faces[:, 2])
    return (
        Model(
            np.concatenate([piece.vertices for piece in pieces]),
            faces[whole],
            corner_uvs[whole],
            owners[whole],
            materials,
            pictures,
            sharp_degrees=60.0,
        ),
        np.concatenate([piece.weights for piece in pieces]),
    )


def taken(mask: Mask, quads: Ints) -> tuple[Ints, Ints]:
    """Return the vertices that the masked quads (Q,) use, and those quads numbered within them."""
    kept = quads[mask]
    used, places = np.unique(kept, return_inverse=True)
    return used, places.reshape(kept.shape)


def normals(vertices: Floats, quads: Ints) -> Floats:
    """Return the outward unit vectors (V, 3) of a mesh's vertices, zero where no quad uses one."""
    corners = vertices[quads]
    faces = np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
    sums = np.zeros_like(vertices)
    for corner in range(4):
        np.add.at(sums, quads[:, corner], faces)
    out: Floats = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)
    return out


def rim_edges(quads: Ints) -> Ints:
    """Return the edges (E, 2) that only one quad has, in that quad's direction."""
    edges = np.concatenate([quads[:, [k, (k + 1) % 4]] for k in range(4)])
    edges = edges[edges[:, 0] != edges[:, 1]]
    keys = np.sort(edges, axis=1)
    _, places, counts = np.unique(keys, axis=0, return_inverse=True, return_counts=True)
    single: Ints = edges[counts[places.reshape(-1)] == 1]
    return single


def smoothed(vertices: Floats, quads: Ints, strength: Floats, rounds: int) -> Floats:
    """Return vertices (V, 3) drawn to their neighbours' mean by a strength (V,) in each round; rims stay."""
    edges = np.unique(np.sort(np.concatenate([quads[:, [k, (k + 1) % 4]] for k in range(4)]), axis=1), axis=0)
    counts = np.bincount(edges.reshape(-1), minlength=len(vertices))[:, None]
    pull = strength.copy()
    pull[rim_edges(quads).reshape(-1)] = 0
    places = vertices
    for _ in range(rounds):
        sums = np.zeros_like(places)
        np.add.at(sums, edges[:, 0], places[edges[:, 1]])
        np.add.at(sums, edges[:, 1], places[edges[:, 0]])
        places = places + pull[:, None] * (sums / np.maximum(counts, 1) - places)
    return places
