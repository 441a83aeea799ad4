"""Draws whole stages at random: a cart with its camera, the light and what stands around."""

import colorsys

import numpy as np

from cart.scenes.stage.cameras import draw_camera
from cart.scenes.take import CameraSpec, CartSpec, LightSpec, SurroundingsSpec

KINDS = ("wire", "basket", "tray")
FLOORS = ("tiles", "vinyl", "concrete", "wood", "checker")
SKIES = ("interior", "studio", "city", "courtyard", "night")
Color = tuple[float, float, float]
_EXPOSURES = {"even": (-0.2, 0.3), "dim": (-2.2, -1.4), "glaring": (0.8, 1.4), "mixed": (-0.5, 0.4)}
"""Stops by which a camera that does not set itself right is off."""


def draw_stage(
    rng: np.random.Generator,
    kind: str,
    mount: str | None = None,
    size: tuple[int, int] = (480, 360),
    light: str | None = None,
) -> tuple[CameraSpec, CartSpec, LightSpec, SurroundingsSpec]:
    """Draw a stage for a kind of cart, seen from a mount (drawn too if none is given).

    Raises:
        ValueError: There is no such kind or mount.
    """
    cart = draw_cart(rng, kind)
    mounts = ("side", "overhead") if kind == "tray" else ("rim", "handle", "overhead")
    camera = draw_camera(rng, cart, mount or str(rng.choice(mounts)), size)
    surroundings = SurroundingsSpec(
        floor=str(rng.choice(FLOORS)), seed=int(rng.integers(2**31)), shelves=bool(rng.random() < 0.85)
    )
    return camera, cart, draw_light(rng, light), surroundings


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
    if kind == "tray":
        depth = 0.0 if rng.random() < 0.4 else float(rng.uniform(0.012, 0.05))
        grey = float(rng.uniform(0.15, 0.85))
        plain = _rounded((grey, grey, grey))
        width, length, _ = _near(rng, (0.50, 0.38, 0.1), 0.15)
        return CartSpec(
            kind=kind,
            size=(width, length, round(depth, 4)),
            taper=1.0 if depth == 0 else 0.96,
            floor_height=0.8,
            color=plain if rng.random() < 0.7 else accent,
            accent=plain if depth > 0 and rng.random() < 0.5 else accent,
            seat=False,
        )
    raise ValueError(f"no stage is drawn for {kind!r}; choose one of {', '.join(KINDS)}")


def draw_light(rng: np.random.Generator, light: str | None = None) -> LightSpec:
    """Draw rows of ceiling panels, seldom all of one colour, and a surrounding light.

    Args:
        rng: where from.
        light: `even`, `dim`, `glaring`, or `mixed` (lamps of many colours); by default anything from dim to glaring.
    """
    height = float(rng.uniform(2.6, 3.8))
    kelvin = float(rng.choice([3000, 3500, 4000, 4000, 5000, 6500]))
    watts = 45.0 * float(rng.uniform(0.5, 1.6))
    spacing = float(rng.uniform(1.6, 2.6))
    offset = rng.uniform(-0.5, 0.5, 2) * spacing
    along = float(rng.choice([0.0, np.pi / 2]))
    lamps = []
    for column in (-1, 0):
        for row in (-1, 0, 1):
            share = float(rng.choice([1.0, 1.0, 1.0, 0.6, 0.0]))
            other = (
                kelvin + float(rng.normal(0, 150))
                if rng.random() < (0.2 if light == "mixed" else 0.85)
                else float(rng.choice([2700.0, 6500.0]))
            )
            place = (column * spacing + offset[0] + spacing / 2, row * spacing + offset[1], height)
            lamps.append((*(round(float(x), 3) for x in (*place, 1.3, 0.3, watts * share, other, along)),))
    return LightSpec(
        sky=str(rng.choice(SKIES, p=[0.35, 0.2, 0.2, 0.15, 0.1])),
        sky_strength=round(float(rng.uniform(0.15, 0.7)), 3),
        sky_turn=round(float(rng.uniform(0, 2 * np.pi)), 3),
        lamps=tuple(lamps),  # type: ignore[arg-type]
        exposure=round(float(rng.uniform(*_EXPOSURES[light])), 3)
        if light in _EXPOSURES
        else round(float(np.clip(rng.normal(0.0, 0.55), -1.6, 1.3)), 3),
    )


def _near(
    rng: np.random.Generator, sizes: tuple[float, float, float], spread: float
) -> tuple[float, float, float]:
    drawn = [round(float(size * rng.uniform(1 - spread, 1 + spread)), 3) for size in sizes]
    return drawn[0], drawn[1], drawn[2]


def _vivid(rng: np.random.Generator) -> Color:
    """Draw a colour as plastic has it."""
    hue = float(rng.choice([0.0, 0.01, 0.07, 0.13, 0.33, 0.38, 0.58, 0.61, 0.66, 0.75]))
    return _rounded(colorsys.hsv_to_rgb(hue, float(rng.uniform(0.7, 0.95)), float(rng.uniform(0.35, 0.85))))


def _rounded(color: Color) -> Color:
    return round(color[0], 3), round(color[1], 3), round(color[2], 3)
