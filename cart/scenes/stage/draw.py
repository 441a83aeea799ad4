"""Draws whole stages at random: a cart with its camera, the light and what stands around."""

import colorsys

import numpy as np

from cart.scenes.stage.cameras import draw_camera
from cart.scenes.take import CameraSpec, CartSpec, LightSpec, SurroundingsSpec

KINDS = ("wire", "basket", "tray", "scan_zone")
LIGHTS = ("even", "dim", "glaring", "mixed")
FLOORS = ("tiles", "vinyl", "concrete", "wood", "checker")
FLOOR_SHARES = (0.34, 0.3, 0.16, 0.1, 0.1)
SKIES = ("interior", "studio", "city", "courtyard", "night")
Color = tuple[float, float, float]
Place = tuple[float, float, float]
Lamp = tuple[float, float, float, float, float, float, float, float]


def draw_stage(
    rng: np.random.Generator,
    kind: str,
    light: str | None = None,
    mount: str | None = None,
    size: tuple[int, int] = (480, 360),
) -> tuple[CameraSpec, CartSpec, LightSpec, SurroundingsSpec]:
    """Draw a stage for a kind of cart, in a light of `LIGHTS`, seen from a mount.

    Light and mount are drawn too where none is given.

    Raises:
        ValueError: There is no such kind, light or mount.
    """
    cart = draw_cart(rng, kind)
    mounts = ("side", "overhead") if cart.kind == "tray" else ("rim", "handle", "overhead")
    camera = draw_camera(rng, cart, mount or str(rng.choice(mounts)), size)
    surroundings = SurroundingsSpec(
        floor=str(rng.choice(FLOORS, p=FLOOR_SHARES)),
        seed=int(rng.integers(2**31)),
        shelves=bool(rng.random() < 0.85),
    )
    return camera, cart, draw_light(rng, light or str(rng.choice(LIGHTS))), surroundings


def draw_cart(rng: np.random.Generator, kind: str) -> CartSpec:
    """Draw a cart of a kind.

    Raises:
        ValueError: There is no such kind.
    """
    accent = _vivid(rng)
    if kind == "wire":
        grey = float(rng.uniform(0.5, 0.8))
        return CartSpec(
            kind=kind,
            size=_near(rng, (0.50, 0.76, 0.36), 0.08),
            taper=round(float(rng.uniform(0.72, 0.86)), 3),
            floor_height=round(float(rng.uniform(0.4, 0.52)), 3),
            color=_rounded((grey, grey, grey * float(rng.uniform(0.98, 1.04)))),
            accent=accent,
            seat=bool(rng.random() < 0.4),
        )
    if kind == "basket":
        return CartSpec(
            kind=kind,
            size=_near(rng, (0.30, 0.44, 0.21), 0.1),
            taper=round(float(rng.uniform(0.78, 0.9)), 3),
            floor_height=round(float(rng.choice([0.03, 0.75])), 3),
            color=accent,
            accent=_rounded((0.12, 0.12, 0.13)) if rng.random() < 0.5 else _vivid(rng),
            seat=False,
        )
    if kind in ("tray", "scan_zone"):
        depth = 0.0 if kind == "scan_zone" or rng.random() < 0.4 else float(rng.uniform(0.012, 0.05))
        grey = float(rng.uniform(0.15, 0.85))
        plain = _rounded((grey, grey, grey))
        width, length, _ = _near(rng, (0.50, 0.38, 0.1), 0.15)
        return CartSpec(
            kind="tray",
            size=(width, length, round(depth, 4)),
            taper=1.0 if depth == 0 else 0.96,
            floor_height=0.8,
            color=plain if rng.random() < 0.7 else accent,
            accent=plain if depth > 0 and rng.random() < 0.5 else accent,
            seat=False,
        )
    raise ValueError(f"no stage is drawn for {kind!r}; choose one of {', '.join(KINDS)}")


def draw_light(rng: np.random.Generator, kind: str) -> LightSpec:
    """Draw rows of ceiling panels and a surrounding light.

    `even`: bright panels of one colour all round. `dim`: few burn, the picture is dark. `glaring`: one lamp
    or window outshines the rest, the picture is too bright. `mixed`: lamps of several colours.

    Raises:
        ValueError: There is no such light.
    """
    if kind not in LIGHTS:
        raise ValueError(f"no light is called {kind!r}; choose one of {', '.join(LIGHTS)}")
    kelvin = float(rng.choice([3000, 3500, 4000, 4000, 5000, 6500]))
    lamps = _panels(rng, kind, kelvin)
    if kind == "glaring":
        x, y = rng.uniform(-0.9, 0.9, 2)
        lamps.append(_lamp((x, y, 2.5), (0.5, 0.4), float(rng.uniform(120, 260)), kelvin + 800, 0.0))
    stops = {"even": (0.0, 0.25), "dim": (-0.9, 0.3), "glaring": (0.6, 0.3), "mixed": (-0.1, 0.4)}[kind]
    sky = {"even": (0.25, 0.7), "dim": (0.05, 0.2), "glaring": (0.2, 0.6), "mixed": (0.2, 0.8)}[kind]
    return LightSpec(
        sky=str(rng.choice(SKIES, p=[0.35, 0.2, 0.2, 0.15, 0.1])),
        sky_strength=round(float(rng.uniform(*sky)), 3),
        sky_turn=round(float(rng.uniform(0, 2 * np.pi)), 3),
        lamps=tuple(lamps),
        exposure=round(float(rng.normal(*stops)), 3),
        kind=kind,
    )


def _panels(rng: np.random.Generator, kind: str, kelvin: float) -> list[Lamp]:
    """Draw two rows of three ceiling panels, some of them out."""
    height, spacing = float(rng.uniform(2.6, 3.8)), float(rng.uniform(1.6, 2.6))
    watts = 45.0 * float(rng.uniform(0.5, 1.6))
    offset = rng.uniform(-0.5, 0.5, 2) * spacing
    along = float(rng.choice([0.0, np.pi / 2]))
    burning = 0.35 if kind == "dim" else 0.9
    lamps = []
    for column in (-0.5, 0.5):
        for row in (-1, 0, 1):
            share = float(rng.uniform(0.7, 1.0)) if rng.random() < burning else 0.05
            other = (
                float(rng.choice([2700, 3500, 6500]))
                if kind == "mixed"
                else kelvin + float(rng.normal(0, 120))
            )
            place = (column * spacing + offset[0], row * spacing + offset[1], height)
            lamps.append(_lamp(place, (1.3, 0.3), watts * share, other, along))
    return lamps


def _lamp(place: Place, size: tuple[float, float], watts: float, kelvin: float, turn: float) -> Lamp:
    x, y, z = (round(float(each), 3) for each in place)
    return x, y, z, size[0], size[1], round(watts, 2), round(kelvin), round(turn, 4)


def _near(
    rng: np.random.Generator, sizes: tuple[float, float, float], spread: float
) -> tuple[float, float, float]:
    drawn = [round(float(size * rng.uniform(1 - spread, 1 + spread)), 3) for size in sizes]
    return drawn[0], drawn[1], drawn[2]


def _vivid(rng: np.random.Generator) -> Color:
    """Draw a colour as plastic has it."""
    hue = float(rng.choice([0.0, 0.01, 0.07, 0.13, 0.33, 0.38, 0.58, 0.61, 0.66, 0.75]))
    return _rounded(colorsys.hsv_to_rgb(hue, float(rng.uniform(0.6, 0.92)), float(rng.uniform(0.4, 0.8))))


def _rounded(color: Color) -> Color:
    return round(color[0], 3), round(color[1], 3), round(color[2], 3)
