"""A take: all that the renderer needs to know of a trip or a still, as values and one file."""

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from cart.scenes.geometry import Floats


@dataclass(frozen=True)
class CameraSpec:
    """A pinhole camera and what its lens does to the straight lines."""

    place: tuple[float, float, float]
    target: tuple[float, float, float]
    """The point of the world in the middle of the picture."""
    roll: float = 0.0
    field_of_view: float = 1.2
    """Across the picture's width, radians."""
    distortion: tuple[float, float] = (0.0, 0.0)
    """Brown's k1 and k2, for coordinates in units of the focal length."""
    size: tuple[int, int] = (480, 360)


@dataclass(frozen=True)
class CartSpec:
    """A cart, basket or tray; `cart.scenes.stage.carts` knows its shape."""

    kind: str = "wire"
    """`wire`, `basket` or `tray`."""
    size: tuple[float, float, float] = (0.50, 0.70, 0.38)
    """Inside, at the rim: width (x), length (y), depth (z)."""
    taper: float = 0.8
    """Size of the floor as a share of that of the rim."""
    floor_height: float = 0.45
    """Height of the inside's floor above the store's floor."""
    color: tuple[float, float, float] = (0.7, 0.7, 0.72)
    accent: tuple[float, float, float] = (0.7, 0.1, 0.1)
    """Colour of handle, flaps and corners."""
    seat: bool = True
    """Whether a wire cart's child seat is folded out at the handle."""


@dataclass(frozen=True)
class LightSpec:
    """The light of a scene."""

    sky: str = "interior"
    """Name of a surrounding light (an equirectangular picture) of the render environment."""
    sky_strength: float = 1.0
    sky_turn: float = 0.0
    lamps: tuple[tuple[float, float, float, float, float, float, float, float], ...] = ()
    """Each x, y, z, length, width (metres), watts, kelvin, turn about z: panels that shine downwards."""
    exposure: float = 0.0
    """Stops."""
    kind: str = "even"
    """What it was drawn as: see `stage.draw.draw_light`."""


@dataclass(frozen=True)
class SurroundingsSpec:
    """What stands around the cart, drawn from a seed."""

    floor: str = "tiles"
    """`tiles`, `vinyl`, `concrete`, `wood` or `checker`; of a tray: the table it stands on."""
    seed: int = 0
    shelves: bool = True


@dataclass(frozen=True)
class ArmSpec:
    """One arm of one shopper; `cart.scenes.hands` knows its shape."""

    side: str = "right"
    """`left` or `right`."""
    build: tuple[float, float, float, float] = (0.5, 0.5, 0.5, 0.5)
    """Gender, age, muscle, weight, each 0..1."""
    skin: tuple[float, float, float] = (0.75, 0.55, 0.45)
    sleeve: str = "long"
    """`none`, `short`, `rolled`, `long` or `jacket`."""
    cloth: tuple[float, float, float] = (0.2, 0.25, 0.35)
    pattern: str = "plain"
    """`plain`, `stripes`, `checks`, `knit` or `denim`."""
    glove: str = "none"
    """`none`, `wool`, `latex` or `leather`."""
    ring: bool = False
    watch: bool = False
    other_hangs: bool = True
    """Whether the shopper's other arm hangs at the side; no where it is an arm of the take itself."""
    seed: int = 0


@dataclass(frozen=True)
class Take:
    """A scene and how everything in it moves.

    A moment's index i is the time `times[i]`. For each frame to be rendered, `frames` has three moments:
    shutter open, middle (the frame's own time, of which the truth tells), shutter closed. A still is a
    take of one frame.
    """

    camera: CameraSpec
    cart: CartSpec
    light: LightSpec
    surroundings: SurroundingsSpec
    products: tuple[str, ...]
    """GTIN of each item."""
    arms: tuple[ArmSpec, ...]
    times: Floats
    """(M,) seconds of media time, growing."""
    frames: np.ndarray
    """(N, 3) indices of moments."""
    items: Floats
    """(M, items, 7) place and turn of each item; NaN where it is not in the scene."""
    joints: Floats
    """(M, arms, J, 4, 4) the matrix of each joint of an arm, as `Arm.joint_names` numbers them."""
    floor_shift: Floats
    """(M, 2) metres by which the surroundings have moved under the cart, x and y."""
    seed: int = 0
    held: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.int64))
    """(M, items) index of the arm that holds the item, or -1."""
    helped: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.int64))
    """(M, items) index of a second arm that holds the item too, or -1."""

    def description(self) -> dict[str, Any]:
        """Return what is not an array, for a JSON file."""
        arrays = ("times", "frames", "items", "joints", "floor_shift", "held", "helped")
        return {name: value for name, value in asdict(self).items() if name not in arrays}
