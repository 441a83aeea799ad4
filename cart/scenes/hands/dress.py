"""The pieces of an arm: bare skin, and the clothes over it.

Clothes are the body's own faces, smoothed and moved outward along their normals, with a hem where they end.
"""

from dataclasses import dataclass

import numpy as np

from cart.scenes.geometry import Floats
from cart.scenes.hands.body import Body
from cart.scenes.hands.mesh import Mask, Piece, normals, rim_edges, smoothed, taken
from cart.scenes.hands.reach import least_turn
from cart.scenes.hands.skeleton import FINGERS, FORE, INDEX, PALM, UPPER, WRIST, Skeleton

HAND, NAILS, BARE, FAR, CLOTH, SLEEVE, TROUSERS, GLOVE, METAL, STRAP, GLASS = range(11)
"""Materials: hand, nails, the arm's and other skin; clothes of torso, arm and legs; glove, trinkets."""
HEMS = {"none": 0.12, "short": 0.62, "rolled": 1.3, "long": 1.9, "jacket": 1.93}
"""Where a sleeve ends: 0 at the shoulder, 1 at the elbow, 2 at the wrist."""
_THICKNESS = {"none": 0.004, "short": 0.006, "rolled": 0.007, "long": 0.005, "jacket": 0.010}
_GLOVES = {"latex": 0.0004, "leather": 0.0013, "wool": 0.0018}
_GLOVE_FROM = 1.86
_HAND_BELOW = 0.25
"""Of the hands' part in MakeHuman's layout of pictures, the greatest v."""
_LIMB = ("upperarm", "lowerarm", "wrist", "metacarpal", "finger")
_NOT_SHOWN = ("foot", "toe", "head", "jaw", "neck02", "neck03")
_FACE = ("eye", "levator", "oculi", "orbicularis", "oris", "risorius", "special", "temporalis", "tongue")


@dataclass(frozen=True)
class Regions:
    """Where on the body each vertex lies."""

    along: Floats
    """(V,) of the arms: 0 at the shoulder, 1 at the elbow, 2 at the wrist, 3 on the hand."""
    arm: Mask
    """(V,) whether arm or hand."""
    hand: Mask
    """(V,) whether the hand's joints move it most."""
    other: Floats
    """(V,) share of the other arm, which hangs."""
    hidden: Mask
    """(V,) whether head or feet, which are left out."""
    other_hangs: bool
    """Whether the other arm is shown."""

    @property
    def hanging(self) -> Mask:
        """Whether (V,) of the other arm, where that is shown."""
        return np.asarray((self.other > 0.5) & self.other_hangs)

    @property
    def trunk(self) -> Mask:
        """Whether (V,) torso, neck or legs."""
        return np.asarray(~self.arm & (self.other < 0.5) & ~self.hidden)


def regions(
    body: Body, bones: Skeleton, vertices: Floats, weights: Floats, side: str, other_hangs: bool = True
) -> Regions:
    """Return where each vertex (V, 3) of the shaped body lies, seen from the arm on one side."""
    hand = weights[:, [INDEX[name] for name in ("wrist", *PALM, *FINGERS)]].sum(axis=1) > 0.5
    along = np.maximum(
        _along(vertices, weights, bones), _along(vertices * [-1, 1, 1], _mirrored(body, side), bones)
    )
    far = "L" if side == "right" else "R"
    limb = [shares for name, shares in body.weights.items() if name.startswith(_LIMB) and name.endswith(far)]
    hidden = [shares for name, shares in body.weights.items() if name.startswith(_NOT_SHOWN + _FACE)]
    arm = weights[:, INDEX[UPPER[0]] :].sum(axis=1) > 0.5
    return Regions(along, arm, hand, np.sum(limb, axis=0), np.sum(hidden, axis=0) > 0.5, other_hangs)


def _mirrored(body: Body, side: str) -> Floats:
    """Return shares (V, J) as far as `_along` needs them, of the other arm."""
    far = "L" if side == "right" else "R"
    weights = np.zeros((len(body.vertices), WRIST + 1))
    for name, shares in body.weights.items():
        if name.endswith(far) and name.startswith("lowerarm"):
            weights[:, INDEX[FORE[0]]] += shares
        elif name.endswith(far) and name.startswith(_LIMB[2:]):
            weights[:, WRIST] += shares
        elif name.endswith(far) and name.startswith("upperarm"):
            weights[:, INDEX[UPPER[0]]] += shares
    return weights


def _along(vertices: Floats, weights: Floats, bones: Skeleton) -> Floats:
    upper, fore = bones.rest[INDEX[UPPER[0]]], bones.rest[INDEX[FORE[0]]]
    on_upper = np.clip((vertices - upper[:3, 3]) @ upper[:3, 0] / bones.upper_length, 0, 1)
    on_fore = np.maximum((vertices - fore[:3, 3]) @ fore[:3, 0] / bones.fore_length, 0)
    below = weights[:, INDEX[FORE[0]] :].sum(axis=1) > 0.5
    hand = weights[:, WRIST:].sum(axis=1) > 0.5
    along = np.where(below, 1 + on_fore, on_upper)
    along = np.where(hand & (on_fore > 1.1), 3.0, along)
    return np.where(weights[:, INDEX[UPPER[0]] :].sum(axis=1) > 0.5, along, 0.0)


def with_hanging_arm(body: Body, vertices: Floats, where: Regions, side: str) -> Floats:
    """Return the vertices (V, 3) with the other arm down at the side, a little to the front."""
    far = "L" if side == "right" else "R"
    shoulder = body.point(body.heads[f"upperarm01.{far}"], vertices)
    wrist = body.point(body.heads[f"wrist.{far}"], vertices)
    turn = least_turn(wrist - shoulder, np.array([-0.2 if side == "right" else 0.2, 0.3, -1.0]))
    hung = (vertices - shoulder) @ turn.T + shoulder
    share = where.other[:, None]
    return np.asarray(vertices * (1 - share) + hung * share)


def skin_piece(
    body: Body, vertices: Floats, weights: Floats, where: Regions, sleeve: str, glove: str, nails: Mask
) -> Piece:
    """Return the hands, and as much of arms and neck as the clothes leave bare and a little more.

    Args:
        body: whose faces they are.
        vertices: (V, 3) shaped.
        weights: (V, J).
        where: of the vertices.
        sleeve: as in `ArmSpec`.
        glove: as in `ArmSpec`; the hand's faces swell and take its material.
        nails: (Q,) which quads are nails.
    """
    limbs = where.arm | where.hanging
    bare = limbs & (where.along > HEMS[sleeve] - 0.12)
    neck = where.trunk & (body.weights["neck01"] > 0.4)
    mask = np.asarray((bare[body.quads] | neck[body.quads]).all(axis=1))
    on_hand = body.uvs[body.quad_uvs][:, :, 1].max(axis=1) < _HAND_BELOW
    materials = np.where(nails, NAILS, np.where(on_hand, HAND, BARE))
    materials = np.where(where.arm[body.quads].all(axis=1), materials, FAR)
    shaped = vertices
    if glove != "none":
        gloved = limbs & (where.along > _GLOVE_FROM)
        shaped = vertices + normals(vertices, body.quads) * (_GLOVES[glove] * gloved)[:, None]
        materials = np.where(gloved[body.quads].all(axis=1), GLOVE, materials)
    used, quads = taken(mask, body.quads)
    return Piece(shaped[used], weights[used], quads, body.uvs[body.quad_uvs[mask]], materials[mask])


def cloth_piece(
    body: Body, vertices: Floats, weights: Floats, where: Regions, sleeve: str, seed: int
) -> Piece:
    """Return the clothes of torso, legs and arms, with hems; arguments as of `skin_piece`."""
    limbs = where.arm | where.hanging
    clothed = (limbs & (where.along <= HEMS[sleeve])) | (where.trunk & (body.weights["neck01"] < 0.6))
    mask = np.asarray(clothed[body.quads].all(axis=1))
    used, quads = taken(mask, body.quads)
    on_limb = limbs[used]
    shares = weights[used]
    skin = smoothed(vertices[used], quads, np.where(on_limb, 0.12, 0.5), 14)
    out = normals(skin, quads)
    thick = _THICKNESS[sleeve] * (1 + 0.6 * np.clip(where.along[used] - 0.4, 0, 1) * on_limb)
    folds = _folds(skin, np.random.default_rng(seed)) * np.where(on_limb, 0.35 * _THICKNESS[sleeve], 0.004)
    cloth = skin + out * (thick + folds)[:, None]
    belt = vertices[body.heads["upperleg01.R"], 2].mean() + 0.07
    below = ~on_limb & (skin[:, 2] < belt)
    materials = np.where(where.arm[used][quads].all(axis=1), SLEEVE, CLOTH)
    materials = np.where(below[quads].all(axis=1), TROUSERS, materials)
    return _hemmed(
        Piece(cloth, shares, quads, body.uvs[body.quad_uvs[mask]], materials), vertices[used] + 0.0006 * out
    )


def _hemmed(piece: Piece, inner: Floats) -> Piece:
    """Return a piece whose rim is turned in to `inner` (V, 3), its vertices' places on the skin."""
    edges = rim_edges(piece.quads)
    rim, places = np.unique(edges, return_inverse=True)
    turned_in = len(piece.vertices) + places.reshape(edges.shape)
    uvs = np.zeros((len(piece.vertices), 2))
    uvs[piece.quads.reshape(-1)] = piece.uvs.reshape(-1, 2)
    materials = np.zeros(len(piece.vertices), np.int64)
    materials[piece.quads.reshape(-1)] = np.repeat(piece.quad_materials, 4)
    return Piece(
        np.concatenate([piece.vertices, inner[rim]]),
        np.concatenate([piece.weights, piece.weights[rim]]),
        np.concatenate([piece.quads, np.column_stack([edges[:, ::-1], turned_in])]),
        np.concatenate([piece.uvs, uvs[edges[:, [1, 0, 0, 1]]]]),
        np.concatenate([piece.quad_materials, materials[edges[:, 0]]]),
    )


def _folds(points: Floats, rng: np.random.Generator) -> Floats:
    """Return heights (N,) of about -1..1: a few waves of 4 to 9 cm in all directions."""
    heights = np.zeros(len(points))
    for _ in range(6):
        direction = rng.normal(size=3)
        direction /= np.linalg.norm(direction)
        heights += np.sin(points @ direction * 2 * np.pi / rng.uniform(0.04, 0.09) + rng.uniform(0, 6.3))
    return np.asarray(heights / 3)
