"""Small takes with things of their own, for tests of the renderer."""

import numpy as np

from cart.scenes.geometry import Material, Model
from cart.scenes.stage.mesh import Mesh
from cart.scenes.take import CameraSpec, CartSpec, LightSpec, SurroundingsSpec, Take

LAMP = (0.0, 0.0, 2.5, 1.0, 1.0, 80.0, 4000.0, 0.0)


def box(size: float = 0.1, picture: bool = False) -> Model:
    mesh = Mesh()
    look = Material(color=(0.8, 0.2, 0.1), picture="label" if picture else None)
    mesh.box(np.zeros(3), np.full(3, size / 2), look)
    label = np.zeros((8, 16, 3), np.uint8)
    label[:, :8] = (20, 200, 40)
    return mesh.model({"label": label} if picture else {})


def take(items: np.ndarray, size: tuple[int, int] = (96, 72), kind: str = "wire") -> Take:
    """A take of one frame for each three moments of `items` (M, N, 7)."""
    moments, count = items.shape[:2]
    return Take(
        camera=CameraSpec((0.0, -0.5, 1.5), (0.0, 0.0, 0.45), 0.0, 1.2, (-0.03, 0.0), size),
        cart=CartSpec(kind=kind, seat=False),
        light=LightSpec(sky="studio", sky_strength=0.5, lamps=(LAMP,)),
        surroundings=SurroundingsSpec(floor="vinyl", seed=1, shelves=False),
        products=tuple(f"item{n}" for n in range(count)),
        arms=(),
        times=np.arange(moments) / 30,
        frames=np.arange(moments).reshape(-1, 3),
        items=items,
        joints=np.zeros((moments, 0, 1, 4, 4)),
        floor_shift=np.zeros((moments, 2)),
        seed=3,
        held=np.full((moments, count), -1),
    )


def resting(frames: int, places: list[tuple[float, float, float]]) -> np.ndarray:
    """Items (3 * frames, N, 7) that lie still."""
    items = np.zeros((3 * frames, len(places), 7))
    items[:, :, :3], items[:, :, 3] = places, 1
    return items


def models(count: int) -> dict[str, Model]:
    return {f"item{n}": box(picture=n % 2 == 0) for n in range(count)}
