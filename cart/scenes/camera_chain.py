"""What a cheap camera does to light: vignette, white balance, exposure drift, blur, noise.

Noise is that of a sensor (shot noise grows with the light's root, read noise does not), added in linear
light, after Foi et al., *Practical Poissonian-Gaussian noise modeling*, 2008.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from cart.scenes.geometry import Bytes, Floats

_TO_LINEAR = ((np.arange(256) / 255.0) ** 2.2).astype(np.float32)


@dataclass(frozen=True)
class Sensor:
    """One camera's weaknesses."""

    shot: float = 0.012
    """Noise of a white pixel, as a share of white."""
    read: float = 0.003
    """Noise of a black pixel."""
    blur: float = 0.5
    """Pixels, standard deviation of the lens."""
    vignette: float = 0.25
    """Share of light that the corners lose."""
    balance: tuple[float, float, float] = (1.0, 1.0, 1.0)
    """Gains of red, green, blue."""
    drift: float = 0.03
    """Exposure wanders by this share."""
    flicker: float = 0.0
    """Share by which lamps on alternating current brighten and darken the picture."""
    shake: float = 0.0
    """Pixels by which the picture trembles."""
    sharpening: float = 0.3
    """How much the camera sharpens afterwards."""
    seed: int = 0


def draw_sensor(rng: np.random.Generator, noise: float) -> Sensor:
    """Draw a camera.

    Args:
        rng: where from.
        noise: 0 none, 1 an ordinary camera, 4 one in the dark.
    """
    return Sensor(
        shot=float(rng.uniform(0.006, 0.018) * noise),
        read=float(rng.uniform(0.001, 0.004) * noise),
        blur=float(rng.uniform(0.3, 0.8)),
        vignette=float(rng.uniform(0.05, 0.4)),
        balance=(float(rng.uniform(0.93, 1.07)), 1.0, float(rng.uniform(0.9, 1.1))),
        drift=float(rng.uniform(0.0, 0.05)),
        flicker=float(rng.choice([0.0, 0.0, rng.uniform(0.01, 0.04)])),
        shake=float(rng.choice([0.0, 0.0, rng.uniform(0.1, 0.5)])),
        sharpening=float(rng.uniform(0.0, 0.6)),
        seed=int(rng.integers(2**31)),
    )


class CameraChain:
    """Makes rendered frames of one camera look like its own, in their order."""

    def __init__(self, sensor: Sensor, size: tuple[int, int]) -> None:
        """Prepare it for pictures of a size (width, height)."""
        self.sensor = sensor
        width, height = size
        x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
        falloff = 1 - sensor.vignette * ((x**2 + y**2) / 2) ** 1.5
        self._gain: Floats = (falloff[:, :, None] * np.array(sensor.balance)).astype(np.float32)

    def __call__(self, picture: Bytes, index: int, time: float) -> Bytes:
        """Return the picture (H, W, 3) in RGB as the camera gives it; the same index gives the same noise."""
        sensor = self.sensor
        rng = np.random.default_rng([sensor.seed, index])
        light: Floats = _TO_LINEAR[self._shaken(picture, time)]
        if sensor.blur > 0:
            light = np.asarray(cv2.GaussianBlur(light, (0, 0), sensor.blur), np.float32)
        light = light * self._gain * np.float32(self._exposure(time))
        deviation = np.sqrt(sensor.shot**2 * np.clip(light, 0, 1) + sensor.read**2)
        grain = rng.standard_normal(light.shape, dtype=np.float32)
        light = np.clip(light + grain * deviation, 0, 1)
        out = light ** np.float32(1 / 2.2)
        if sensor.sharpening > 0:
            out = out + np.float32(sensor.sharpening) * (out - cv2.GaussianBlur(out, (0, 0), 1.0))
        return (np.clip(out, 0, 1) * 255 + 0.5).astype(np.uint8)

    def _exposure(self, time: float) -> float:
        wander = np.sin(0.9 * time + self.sensor.seed) + np.sin(0.37 * time + 2 * self.sensor.seed)
        beat = np.sin(2 * np.pi * 1.7 * time)  # of 100 Hz light against the frame rate
        return float(1 + self.sensor.drift * wander / 2 + self.sensor.flicker * beat)

    def _shaken(self, picture: Bytes, time: float) -> Bytes:
        if self.sensor.shake == 0:
            return picture
        phase = self.sensor.seed % 97
        dx = self.sensor.shake * np.sin(2 * np.pi * 2.3 * time + phase)
        dy = self.sensor.shake * np.sin(2 * np.pi * 3.1 * time + 2 * phase)
        move = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
        moved: Bytes = cv2.warpAffine(picture, move, picture.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)  # type: ignore[assignment]
        return moved
