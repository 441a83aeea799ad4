"""Turned packages: cans, bottles, jars."""

import numpy as np

from cart.scenes.geometry import Material
from cart.scenes.products.shapes.mesh import Part, cap, moved, revolve, shifted, turned

Color = tuple[float, float, float]
Outline = list[tuple[float, float]]

_STEEL = Material(color=(0.78, 0.78, 0.79), roughness=0.28, metallic=1.0)


def can(size: tuple[float, float, float], style: str, rng: np.random.Generator) -> list[Part]:
    """Return a can: `food` and `flat` with double seams, `drink` with neck and tab, `canister` of board."""
    radius, height = size[0] / 2, size[2]
    if style == "drink":
        return _drink_can(radius, height)
    if style == "canister":
        return _canister(radius, height, rng)
    paper = Material(picture="wrap", roughness=float(rng.uniform(0.3, 0.5)), bump=0.02)
    body = radius - 0.0014
    rim = 0.0035
    parts = [
        revolve(
            [
                (body - 0.0012, 0.0008),
                (radius - 0.0003, 0.0),
                (radius, 0.001),
                (radius, rim - 0.0005),
                (body, rim),
            ],
            _STEEL,
        ),
        revolve([(body, rim), (body, height - rim)], paper, count=48),
        revolve(
            [
                (body, height - rim),
                (radius, height - rim + 0.0005),
                (radius, height - 0.001),
                (radius - 0.0005, height),
            ],
            _STEEL,
        ),
    ]
    return [
        *parts,
        *_steel_lid(radius, height, up=True, tab=bool(rng.random() < 0.6)),
        *_steel_lid(radius, 0.0, up=False),
    ]


def _steel_lid(radius: float, level: float, up: bool, tab: bool = False) -> list[Part]:
    """Return a lid sunk below its rim, with two rings pressed into it; a real flat surface with creases."""
    sign = -1 if up else 1
    steps = (
        (0.0005, 0.0),
        (0.0016, 0.0),
        (0.0022, 0.0036),
        (0.006, 0.0036),
        (0.0072, 0.0028),
        (0.011, 0.0028),
        (0.012, 0.0036),
    )
    outline = [(radius - inward, level + sign * sunk) for inward, sunk in steps]
    rings = turned(outline, 40)
    side = revolve(outline[::-1] if not up else outline, _STEEL)
    faces = _facing(side, up)
    parts = [faces, cap(rings[-1], _STEEL, up=up)]
    return [*parts, *([_tab(radius, level - 0.0036)] if tab else [])]


def _facing(part: Part, up: bool) -> Part:
    """Return a ring-like part whose faces look up or down."""
    a, b, c = (part.vertices[part.faces[:, k]] for k in range(3))
    level = float(np.cross(b - a, c - a)[:, 2].sum())
    if (level > 0) == up:
        return part
    return Part(part.vertices, part.faces[:, ::-1], part.uvs[:, ::-1], part.material)


def _tab(radius: float, level: float) -> Part:
    """Return a ring pull that lies on a lid."""
    length = min(0.013, radius * 0.45)
    outline = [
        (length, 0.0002),
        (length, 0.0012),
        (length - 0.001, 0.0017),
        (length * 0.6, 0.0017),
        (length * 0.5, 0.0006),
    ]
    ring = revolve(outline, _STEEL, count=24, flat=0.75)
    return shifted(ring, y=radius * 0.42, z=level)


def _drink_can(radius: float, height: float) -> list[Part]:
    printed = Material(picture="wrap", roughness=0.25, metallic=0.45)
    neck = radius * 0.82
    shoulder = height - 0.016
    foot = [(radius * 0.76, 0.0), (radius * 0.8, 0.0008), (radius * 0.94, 0.006), (radius, 0.011)]
    body = [(radius, 0.011), (radius, shoulder), (radius * 0.97, shoulder + 0.004), (neck, height - 0.004)]
    top = [
        (neck, height - 0.004),
        (neck + 0.001, height - 0.002),
        (neck + 0.0012, height - 0.0008),
        (neck + 0.0004, height),
    ]
    dome = [(radius * 0.76, 0.0), (radius * 0.6, 0.006), (radius * 0.3, 0.0095)]
    under = _facing(revolve(dome, _STEEL), up=False)
    return [
        revolve(foot, _STEEL),
        revolve(body, printed, count=48),
        revolve(top, _STEEL),
        *_steel_lid(neck + 0.0009, height, up=True, tab=True),
        under,
        cap(turned(dome[-1:])[0], _STEEL, up=False),
    ]


def _canister(radius: float, height: float, rng: np.random.Generator) -> list[Part]:
    board = Material(picture="wrap", roughness=0.45, bump=0.02)
    shade = float(rng.uniform(0.15, 0.9))
    plastic = Material(color=(shade, shade * 0.97, shade * 0.92), roughness=0.4)
    body, lid = radius - 0.0015, height - 0.012
    rim = [
        (radius, lid),
        (radius, height - 0.0015),
        (radius - 0.001, height),
        (radius - 0.004, height),
        (radius - 0.005, height - 0.002),
    ]
    wall = revolve([(body, 0.002), (body, lid)], board, count=48)
    skirt = revolve(rim, plastic)
    return [
        revolve(
            [(body - 0.001, 0.0), (radius - 0.0008, 0.0004), (radius - 0.0008, 0.003), (body, 0.0035)], _STEEL
        ),
        wall,
        skirt,
        cap(turned(rim[-1:])[0], plastic, up=True),
        cap(turned([(body - 0.001, 0.0)])[0], _STEEL, up=False),
        _facing(revolve([(body, lid), (radius, lid)], plastic), up=False),
    ]


def bottle(
    size: tuple[float, float, float], style: str, food: Color, ink: Color, rng: np.random.Generator
) -> list[Part]:
    """Return a bottle: `pet` and `oil` clear, `juice` cloudy, `squeeze` and `cleaner` of coloured plastic."""
    radius, height = size[0] / 2, size[2]
    flat, square, cap_radius = 1.0, 2.0, 0.0145
    if style in ("squeeze", "cleaner"):
        flat, square, cap_radius = size[1] / size[0], 2.6, min(radius * 0.55, 0.019)
    neck = height - (0.032 if style == "squeeze" else 0.022)
    shoulder = {"pet": 0.68, "oil": 0.66, "juice": 0.64, "squeeze": 0.76, "cleaner": 0.72}[style] * height
    body = _bottle_material(style, food, ink, rng)
    label = Material(picture="wrap", roughness=float(rng.uniform(0.28, 0.5)))
    low, high = 0.2 * height if style != "squeeze" else 0.14 * height, shoulder * 0.94
    rise = np.linspace(0, 1, 9)
    ease = rise * rise * (3 - 2 * rise) if style != "oil" else rise**0.6
    upper = [
        (radius + (cap_radius * 0.86 - radius) * e, shoulder + (neck - shoulder) * r)
        for r, e in zip(rise, ease, strict=True)
    ]
    grooves = style == "pet"
    lower: Outline = [(radius * 0.8, 0.0), (radius * 0.92, 0.002), (radius * 0.985, 0.006), (radius, 0.012)]
    lower += [
        (radius * (0.965 if grooves and k % 2 else 1.0), z)
        for k, z in enumerate(np.linspace(0.018, low - 0.002, 6))
    ]
    lower += [(radius, low), (radius - 0.0006, low)]
    waist: Outline = [(radius - 0.0006, low), (radius - 0.0006, high)]
    top: Outline = [(radius - 0.0006, high), (radius, high), *upper]
    return [
        revolve(lower, body, flat=flat, square=square),
        revolve(waist, label, count=48, flat=flat, square=square),
        _round_towards_neck(top, body, flat, square),
        cap(turned(lower[:1], 40, flat, square)[0], body, up=False),
        *_closure(cap_radius, neck, height, style, rng),
    ]


def _bottle_material(style: str, food: Color, ink: Color, rng: np.random.Generator) -> Material:
    if style in ("pet", "oil"):
        return Material(color=food, roughness=0.04, transmission=0.92, tint=0.75 if style == "oil" else 0.55)
    if style == "juice":
        return Material(color=food, roughness=0.08, transmission=0.12, tint=0.9, subsurface=0.2)
    if style == "squeeze" and rng.random() < 0.5:
        return Material(color=food, roughness=0.25, subsurface=0.15)
    pale = float(rng.uniform(0.25, 0.85))
    mixed = tuple(pale * 0.93 + (1 - pale) * c for c in ink)
    return Material(color=(mixed[0], mixed[1], mixed[2]), roughness=0.3, subsurface=0.1)


def _round_towards_neck(outline: Outline, material: Material, flat: float, square: float) -> Part:
    """Return the shoulder of a bottle: as flat and square as the body below, round at the neck."""
    rows = []
    for k, ring in enumerate(outline):
        share = np.clip((k - 1) / (len(outline) - 2), 0, 1) ** 0.7
        rows.append(turned([ring], 40, flat + (1 - flat) * share, square + (2 - square) * share)[0])
    base = revolve(outline, material)
    return moved(base, np.stack(rows).reshape(-1, 3))


def _closure(radius: float, neck: float, height: float, style: str, rng: np.random.Generator) -> list[Part]:
    """Return a ribbed screw cap, or the flip top of a squeeze bottle."""
    colors = (
        (0.9, 0.9, 0.88),
        (0.16, 0.2, 0.3),
        (0.62, 0.16, 0.14),
        (0.2, 0.42, 0.26),
        (0.12, 0.12, 0.13),
        (0.8, 0.62, 0.2),
    )
    plastic = Material(color=colors[int(rng.integers(len(colors)))], roughness=0.35)
    wide = radius * (1.25 if style == "squeeze" else 1.0)
    outline = [(wide * 0.97, neck - 0.002), (wide, neck), (wide, height - 0.0015), (wide - 0.0015, height)]
    side = revolve(outline, plastic, count=56)
    if style != "squeeze":
        points = side.vertices.reshape(4, 56, 3).copy()
        points[1:3, ::2, :2] *= 0.955
        side = moved(side, points.reshape(-1, 3))
    return [side, cap(side.vertices[-56:], plastic, up=True), cap(side.vertices[:56], plastic, up=False)]


def jar(size: tuple[float, float, float], style: str, ink: Color, rng: np.random.Generator) -> list[Part]:
    """Return a jar of glass with its contents, label and metal lid; style `yoghurt` has a narrow mouth."""
    radius, height = size[0] / 2, size[2]
    lid_height = 0.016
    mouth = radius * {"round": 0.9, "tall": 0.9, "squat": 0.93, "yoghurt": 0.82}[style]
    shoulder = height - lid_height - (0.012 if style != "yoghurt" else 0.03)
    glass = Material(color=(0.95, 0.97, 0.96), roughness=0.03, transmission=1.0)
    inside = Material(picture="contents", roughness=0.35, subsurface=0.1)
    label = Material(picture="wrap", roughness=0.5, bump=0.02)
    bend = np.linspace(0, 1, 5)
    top = [(radius + (mouth - radius) * b * b * (3 - 2 * b), shoulder + 0.012 * b) for b in bend]
    outline: Outline = [
        (radius * 0.86, 0.0),
        (radius * 0.96, 0.002),
        (radius, 0.008),
        (radius, shoulder * 0.5),
        *top,
    ]
    outline.append((mouth, height - lid_height))
    fill = shoulder + (0.008 if style == "yoghurt" else float(rng.uniform(-0.006, 0.004)))
    filled = [
        (radius * 0.9, 0.004),
        (radius * 0.945, 0.01),
        (radius * 0.945, fill - 0.004),
        (min(radius * 0.93, mouth), fill),
    ]
    low, high = shoulder * 0.16, shoulder * 0.86
    return [
        revolve(outline, glass),
        cap(turned(outline[:1])[0], glass, up=False),
        revolve(filled, inside),
        cap(turned(filled[-1:])[0], inside, up=True),
        cap(turned(filled[:1])[0], inside, up=False),
        revolve([(radius + 0.0004, low), (radius + 0.0004, high)], label, count=48),
        *_jar_lid(mouth + 0.0025, height, lid_height, ink, rng),
    ]


def _jar_lid(radius: float, height: float, tall: float, ink: Color, rng: np.random.Generator) -> list[Part]:
    gold = ((0.79, 0.66, 0.36), (0.85, 0.85, 0.85), (0.9, 0.89, 0.86), ink)[int(rng.integers(4))]
    lacquer = Material(color=gold, roughness=0.3, metallic=0.6)
    outline = [
        (radius * 0.985, height - tall),
        (radius + 0.0006, height - tall + 0.001),
        (radius, height - tall + 0.002),
    ]
    outline += [(radius, height - 0.002), (radius - 0.0006, height - 0.0006), (radius - 0.002, height)]
    ring = turned([(radius - 0.006, height), (radius - 0.007, height - 0.0008)])
    side = revolve(outline, lacquer, count=40)
    flange = _facing(
        revolve(
            [(radius - 0.002, height), (radius - 0.006, height), (radius - 0.007, height - 0.0008)], lacquer
        ),
        up=True,
    )
    return [side, flange, cap(ring[-1], lacquer, up=True), cap(side.vertices[:40], lacquer, up=False)]
