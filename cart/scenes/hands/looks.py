"""The materials of an arm, and the pictures painted on it."""

import cv2
import numpy as np

from cart.scenes.geometry import Bytes, Floats, Material
from cart.scenes.hands import dress
from cart.scenes.hands.body import Body
from cart.scenes.hands.cloth import cloth_colors, sleeve_grid, trunk_grid
from cart.scenes.hands.mesh import Mask, Piece
from cart.scenes.hands.skeleton import Skeleton
from cart.scenes.hands.skin import nail_colors, skin_colors
from cart.scenes.hands.texels import laid_out, outward
from cart.scenes.take import ArmSpec

_GLOVES = {
    "none": Material(),
    "latex": Material((0.55, 0.68, 0.80), roughness=0.35, bump=0.15, bump_scale=0.004),
    "leather": Material((0.16, 0.10, 0.07), roughness=0.45, bump=0.35, bump_scale=0.004),
    "wool": Material((0.30, 0.16, 0.18), roughness=0.95, bump=0.8, bump_scale=0.003),
}
_LATEX = ((0.55, 0.68, 0.80), (0.85, 0.85, 0.82), (0.08, 0.08, 0.09), (0.25, 0.35, 0.62))
_WIDTHS = {dress.HAND: 448, dress.NAILS: 256, dress.BARE: 320, dress.SLEEVE: 360, dress.CLOTH: 256}
_NAMES = {
    dress.HAND: "hand",
    dress.NAILS: "nails",
    dress.BARE: "skin",
    dress.SLEEVE: "sleeve",
    dress.CLOTH: "cloth",
}


def nail_quads(body: Body) -> Mask:
    """Return which of the body's quads (Q,) are fingernails, as MakeHuman's mask has it."""
    mask = cv2.imread(str(body.assets / "textures" / "mpfb_fingernails.jpg"), cv2.IMREAD_GRAYSCALE)
    if mask is None:
        return np.zeros(len(body.quads), bool)
    middles = body.uvs[body.quad_uvs].mean(axis=1)
    rows = np.clip((1 - middles[:, 1]) * mask.shape[0], 0, mask.shape[0] - 1).astype(np.int64)
    columns = np.clip(middles[:, 0] * mask.shape[1], 0, mask.shape[1] - 1).astype(np.int64)
    return np.asarray(mask[rows, columns] > 100)


def painted(pieces: list[Piece], spec: ArmSpec, bones: Skeleton) -> tuple[list[Piece], dict[str, Bytes]]:
    """Return the pieces laid out on pictures of their own, and those pictures by name."""
    pictures = {}
    for number, piece in enumerate(pieces):
        laid = piece
        for material in sorted(set(piece.quad_materials.tolist()) & set(_NAMES)):
            laid, texels = laid_out(laid, material, _WIDTHS[material])
            points = texels.of(laid.vertices)
            colors = _colors(material, spec, bones, points, outward(laid, texels))
            pictures[_NAMES[material]] = texels.picture(colors, colors.mean(axis=0))
        pieces = [*pieces[:number], laid, *pieces[number + 1 :]]
    return pieces, pictures


def _colors(material: int, spec: ArmSpec, bones: Skeleton, points: Floats, normals: Floats) -> Floats:
    if material == dress.NAILS:
        return nail_colors(spec, bones, points)
    if material in (dress.HAND, dress.BARE):
        return skin_colors(spec, bones, points, normals)
    grid = sleeve_grid(bones, points) if material == dress.SLEEVE else trunk_grid(points)
    return cloth_colors(spec, points, grid)


def materials(spec: ArmSpec, pictures: dict[str, Bytes]) -> tuple[Material, ...]:
    """Return the materials in the order that `dress` numbers them."""
    rng = np.random.default_rng(spec.seed + 5)
    old = spec.build[1]
    hand = Material(spec.skin, "hand", 0.5, subsurface=0.06, bump=0.25 + 0.2 * old, bump_scale=0.0022)
    nails = Material(spec.skin, "nails", 0.28)
    bare = Material(spec.skin, "skin", 0.55, subsurface=0.06, bump=0.2 + 0.2 * old, bump_scale=0.003)
    folds = {"none": 1.5, "short": 1.8, "rolled": 2.5, "long": 2.2, "jacket": 3.0}[spec.sleeve]
    rough = 0.6 if spec.sleeve == "jacket" and spec.pattern == "plain" else 0.92
    sleeve = Material(spec.cloth, "sleeve", rough, bump=folds, bump_scale=0.03)
    cloth = Material(spec.cloth, "cloth", rough, bump=folds, bump_scale=0.04)
    shade = rng.uniform(0.03, 0.35)
    legs = tuple(
        float(value) for value in np.clip(shade * (1 + rng.uniform(-0.12, 0.2) * np.array([-1, 0, 1])), 0, 1)
    )
    trousers = Material((legs[0], legs[1], legs[2]), roughness=0.95, bump=2.0, bump_scale=0.03)
    glove = _GLOVES[spec.glove]
    if spec.glove == "latex":
        color = _LATEX[int(rng.integers(len(_LATEX)))]
        glove = Material(color, roughness=0.35, bump=0.15, bump_scale=0.004)
    elif spec.glove == "wool":
        tone = rng.uniform(0.05, 0.5, 3)
        color = (float(tone[0]), float(tone[1]), float(tone[2]))
        glove = Material(color, roughness=0.95, bump=0.8, bump_scale=0.003)
    metal = Material((0.83, 0.69, 0.38) if rng.random() < 0.5 else (0.75, 0.75, 0.77), None, 0.22, 1.0)
    strap = Material((0.06, 0.05, 0.05) if rng.random() < 0.6 else (0.25, 0.14, 0.08), roughness=0.5)
    glass = Material((0.02, 0.02, 0.025) if rng.random() < 0.5 else (0.85, 0.85, 0.82), roughness=0.08)
    every = (hand, nails, bare, _without(bare), cloth, sleeve, trousers, glove, metal, strap, glass)
    return tuple(material if material.picture in pictures else _without(material) for material in every)


def _without(material: Material) -> Material:
    return Material(
        material.color,
        None,
        material.roughness,
        material.metallic,
        subsurface=material.subsurface,
        bump=material.bump,
        bump_scale=material.bump_scale,
    )
