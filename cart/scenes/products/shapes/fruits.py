"""Loose fruit and vegetables, each from an outline, a section and organic noise."""

from collections.abc import Callable

import numpy as np

from cart.scenes.geometry import Floats, Material, about, rotation
from cart.scenes.products.shapes.mesh import Part, angles, moved, revolve, sheet, shifted, smooth_noise

_ROWS, _COUNT = 40, 44

_STEM = Material(color=(0.30, 0.22, 0.13), roughness=0.9)
_GREEN = Material(color=(0.26, 0.38, 0.14), roughness=0.7)


def produce(style: str, rng: np.random.Generator) -> list[Part]:
    """Return a piece of produce by its kind, as `assortment.FRUITS` names it; its size is fitted later."""
    return _KINDS[style.rsplit(maxsplit=1)[-1]](rng)


def _skin(roughness: float, bump: float = 0.0, scale: float = 0.002) -> Material:
    return Material(picture="skin", roughness=roughness, subsurface=0.12, bump=bump, bump_scale=scale)


def _round(
    radius: Callable[[Floats], Floats],
    height: Callable[[Floats], Floats],
    material: Material,
    rng: np.random.Generator,
    uneven: float = 0.02,
    lobes: tuple[int, float] = (0, 0.0),
) -> Part:
    """Return a turned fruit in units of its own radius, poles closed.

    Args:
        radius: Distance from the axis for shares 0..1 of the way from the lower pole to the upper.
        height: Place on the axis for the same shares.
        material: Its skin.
        rng: Draws the unevenness.
        uneven: Height of smooth noise.
        lobes: Number and depth of furrows that run from pole to pole.
    """
    share = np.linspace(0, 1, _ROWS)
    ring = np.maximum(radius(share), 0.004)
    turn = angles(_COUNT)
    count, depth = lobes
    furrow = 1 - depth * (1 - np.abs(np.cos(count * turn / 2))) if count else np.ones(_COUNT)
    wide = ring[:, None] * furrow[None, :]
    points = np.stack(
        [wide * np.cos(turn), wide * np.sin(turn), np.repeat(height(share)[:, None], _COUNT, 1)], -1
    )
    points = points * (1 + uneven * smooth_noise(points, rng, 1.6))[..., None]
    return sheet(points, np.linspace(0, 1, _COUNT + 1), share, material, closed=True)


def _sphere_radius(share: Floats) -> Floats:
    return np.asarray(np.sin(np.pi * share))


def _sphere_height(share: Floats) -> Floats:
    return np.asarray(-np.cos(np.pi * share))


def _dimpled(top: float, bottom: float, width: float) -> Callable[[Floats], Floats]:
    """Return a height like a ball's with a dimple at each pole."""
    return lambda t: (
        -np.cos(np.pi * t) * 0.9
        - top * np.exp(-(((1 - t) / width) ** 2))
        + bottom * np.exp(-((t / width) ** 2))
    )


def _apple(rng: np.random.Generator) -> list[Part]:
    body = _round(
        lambda t: np.sin(np.pi * t) ** 0.85 * (0.92 + 0.14 * t),
        _dimpled(0.36, 0.2, 0.13),
        _skin(0.3),
        rng,
        0.02,
        (5, 0.035),
    )
    return [body, _stalk(rng, 0.045, 0.5, 0.52)]


def _pear(rng: np.random.Generator) -> list[Part]:
    def radius(t: Floats) -> Floats:
        return np.asarray(np.sin(np.pi * t) ** 0.7 * (1.0 - 0.62 * t**1.7 + 0.05 * np.sin(6 * t)))

    body = _round(
        radius,
        lambda t: -np.cos(np.pi * t) * 1.35 + 0.12 * np.exp(-((t / 0.08) ** 2)),
        _skin(0.5, 0.05),
        rng,
        0.025,
    )
    return [body, _stalk(rng, 0.04, 0.55, 1.3)]


def _orange(rng: np.random.Generator) -> list[Part]:
    body = _round(_sphere_radius, _dimpled(0.06, 0.03, 0.06), _skin(0.42, 0.35, 0.0022), rng, 0.015)
    return [body, _button(rng, 0.09, 0.84)]


def _lemon(rng: np.random.Generator) -> list[Part]:
    def radius(t: Floats) -> Floats:
        return np.asarray(
            0.7
            * np.sin(np.pi * t) ** 0.8
            * (1 - 0.55 * np.exp(-(((1 - t) / 0.1) ** 2)) - 0.35 * np.exp(-((t / 0.07) ** 2)))
        )

    body = _round(radius, lambda t: -np.cos(np.pi * t), _skin(0.38, 0.3, 0.0025), rng, 0.02)
    return _lying([body, _button(rng, 0.06, 0.98)])


def _tomato(rng: np.random.Generator) -> list[Part]:
    body = _round(
        lambda t: np.sin(np.pi * t) ** 0.8, _dimpled(0.16, 0.05, 0.14), _skin(0.14), rng, 0.02, (6, 0.05)
    )
    return [body, *_calyx(rng, 5, 0.55, 0.8), _stalk(rng, 0.05, 0.22, 0.72, _GREEN)]


def _cucumber(rng: np.random.Generator) -> list[Part]:
    return [_bent(rng, _skin(0.3, 0.5, 0.004), length=6.2, bend=0.25, sides=0.03, taper=0.1)]


def _courgette(rng: np.random.Generator) -> list[Part]:
    body = _bent(rng, _skin(0.28, 0.1, 0.004), length=4.0, bend=0.12, sides=0.05, taper=0.06)
    return [body]


def _banana(rng: np.random.Generator) -> list[Part]:
    return [_bent(rng, _skin(0.5, 0.05), length=5.2, bend=1.25, sides=0.1, taper=0.32, five=True)]


def _potato(rng: np.random.Generator) -> list[Part]:
    return _lying(
        [
            _round(
                lambda t: 0.72 * np.sin(np.pi * t) ** 0.75, _sphere_height, _skin(0.8, 0.3, 0.003), rng, 0.08
            )
        ]
    )


def _pepper(rng: np.random.Generator) -> list[Part]:
    def radius(t: Floats) -> Floats:
        return np.asarray(np.sin(np.pi * t) ** 0.45 * (0.72 + 0.28 * t))

    def height(t: Floats) -> Floats:
        return np.asarray(
            -np.cos(np.pi * t) * 1.15
            - 0.45 * np.exp(-(((1 - t) / 0.16) ** 2))
            + 0.25 * np.exp(-((t / 0.14) ** 2))
        )

    body = _round(radius, height, _skin(0.12), rng, 0.035, (int(rng.integers(3, 5)), 0.16))
    return [body, *_calyx(rng, 6, 0.3, 0.8), _stalk(rng, 0.13, 0.62, 0.7, _GREEN)]


def _avocado(rng: np.random.Generator) -> list[Part]:
    def radius(t: Floats) -> Floats:
        return np.asarray(np.sin(np.pi * t) ** 0.75 * (1.0 - 0.45 * t**1.5))

    body = _round(radius, lambda t: -np.cos(np.pi * t) * 1.25, _skin(0.42, 0.9, 0.003), rng, 0.02)
    return [body, _button(rng, 0.08, 1.24)]


def _onion(rng: np.random.Generator) -> list[Part]:
    def radius(t: Floats) -> Floats:
        return np.asarray(
            np.sin(np.pi * t) ** 0.9 * (1 - 0.75 * np.exp(-(((1 - t) / 0.16) ** 2))) + 0.07 * t**8
        )

    def height(t: Floats) -> Floats:
        return np.asarray(-np.cos(np.pi * t) * 0.85 + 0.55 * np.exp(-(((1 - t) / 0.12) ** 2)))

    return [_round(radius, height, _skin(0.32, 0.12, 0.006), rng, 0.015, (9, 0.015))]


def _kiwi(rng: np.random.Generator) -> list[Part]:
    body = _round(
        lambda t: 0.74 * np.sin(np.pi * t) ** 0.75, _sphere_height, _skin(0.95, 0.25, 0.0012), rng, 0.02
    )
    return _lying([body, _button(rng, 0.08, 0.99)])


def _bent(
    rng: np.random.Generator,
    material: Material,
    length: float,
    bend: float,
    sides: float,
    taper: float,
    five: bool = False,
) -> Part:
    """Return a long fruit that lies along x, bent in the xz plane by `bend` radians."""
    share = np.linspace(0, 1, 48)
    ends = np.clip(np.minimum(share / 0.07, (1 - share) / 0.07), 0, 1)
    wide = np.sqrt(np.clip(1 - (1 - ends) ** 2, 0, 1)) * (1 - taper * np.abs(2 * share - 1) ** 2.5)
    if five:
        stalk = np.clip((share - 0.86) / 0.06, 0, 1)
        wide = wide * (1 - 0.55 * stalk) * np.where(share > 0.985, 0.9, 1.0)
    wide = np.maximum(wide, 0.02)
    turn = np.arange(_COUNT) * (2 * np.pi / _COUNT)
    section = 1 - sides * np.abs(np.cos((5 if five else 3) * turn / 2 + 0.4))
    around_y, around_z = np.outer(wide, section * np.cos(turn)), np.outer(wide, section * np.sin(turn))
    angle = (share - 0.5) * bend
    curve = length / bend
    out = curve - around_z
    points = np.stack([out * np.sin(angle)[:, None], around_y, curve - out * np.cos(angle)[:, None]], -1)
    points = points + 0.03 * np.stack([smooth_noise(points, rng, 2.2) for _ in range(3)], -1)
    return sheet(points, np.linspace(0, 1, _COUNT + 1), share, material, closed=True)


def _stalk(
    rng: np.random.Generator, radius: float, length: float, level: float, material: Material = _STEM
) -> Part:
    """Return a stalk that leans, its foot at a level."""
    outline = [
        (radius * 1.2, 0.0),
        (radius * 0.8, length * 0.3),
        (radius * 0.8, length * 0.8),
        (radius * 1.25, length),
    ]
    outline += [(0.004, length)]
    part = revolve(outline, material, count=10)
    lean = rotation(about((rng.normal(), rng.normal(), 0.1), float(rng.uniform(0.1, 0.4))))
    return shifted(moved(part, part.vertices @ lean.T), z=level - 0.12)


def _button(rng: np.random.Generator, radius: float, level: float) -> Part:
    """Return the scar where a fruit hung."""
    del rng
    part = revolve([(radius, -0.03), (radius * 0.8, 0.012), (0.004, 0.018)], _STEM, count=12)
    return shifted(part, z=level)


def _calyx(rng: np.random.Generator, leaves: int, length: float, level: float) -> list[Part]:
    """Return the green leaves round the stalk of a tomato or pepper, seen from both sides."""
    parts = []
    for n in range(leaves):
        along = np.linspace(0, 1, 6)[:, None]
        wide = 0.10 * np.sin(np.pi * np.clip(along * 0.8 + 0.2, 0, 1)) * np.array([-1.0, 0.0, 1.0])
        lift = 0.10 * np.sin(np.pi * along * rng.uniform(0.9, 1.3)) + 0.02 * np.abs(
            np.array([-1.0, 0.0, 1.0])
        )
        grid = np.stack([wide, np.repeat(along * length, 3, 1), lift - 0.06 * along**2], -1)
        spin = rotation(about((0, 0, 1), 2 * np.pi * n / leaves + float(rng.normal() * 0.15)))
        top = sheet(
            grid @ spin.T + np.array([0, 0, level - 0.08]), np.linspace(0, 1, 3), np.linspace(0, 1, 6), _GREEN
        )
        parts += [
            top,
            Part(top.vertices - np.array([0, 0, 0.012]), top.faces[:, ::-1], top.uvs[:, ::-1], _GREEN),
        ]
    return parts


def _lying(parts: list[Part]) -> list[Part]:
    """Return parts laid on their side, the upper pole to the right."""
    turn = rotation(about((0, 1, 0), np.pi / 2))
    return [moved(part, part.vertices @ turn.T) for part in parts]


_KINDS: dict[str, Callable[[np.random.Generator], list[Part]]] = {
    "apple": _apple,
    "pear": _pear,
    "banana": _banana,
    "orange": _orange,
    "lemon": _lemon,
    "lime": _lemon,
    "tomato": _tomato,
    "cucumber": _cucumber,
    "courgette": _courgette,
    "potato": _potato,
    "pepper": _pepper,
    "avocado": _avocado,
    "onion": _onion,
    "kiwi": _kiwi,
}
