"""Id masks of a job's frames; what stands still is drawn once."""

import numpy as np

from cart.scenes.geometry import Bytes, Floats
from cart.scenes.render.protocol import ARM_ID, CART_ID
from cart.scenes.render.raster import Layer, empty_layer
from cart.scenes.render.state import Moments, State, item_vertices


class Masks:
    """Draws the id mask of one frame after the other."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._camera = state.take.camera
        cart = state.cart
        self._cart = empty_layer(self._camera).with_mesh(self._camera, cart.vertices, cart.faces, CART_ID)
        self._still = self._cart
        self._resting: Floats = np.zeros((0, 7))

    def ids(self, moments: Moments) -> Bytes:
        """Return the mask (H, W) of a frame's middle moment."""
        placed = moments.items[:, 1]
        if len(self._resting) != len(placed):
            self._resting = np.full_like(placed, np.nan)
        moved = [
            n for n in range(len(placed)) if not np.array_equal(placed[n], self._resting[n], equal_nan=True)
        ]
        if any(not np.isnan(self._resting[n]).any() for n in moved):
            self._still = self._cart
            self._resting = np.where(np.isin(np.arange(len(placed)), moved)[:, None], np.nan, placed)
            for n in range(len(placed)):
                self._still = self._with_item(self._still, n, self._resting[n])
        layer = self._still
        for n in moved:
            layer = self._with_item(layer, n, placed[n])
        if not moved or all(np.abs(np.diff(moments.items[n], axis=0)).max() < 1e-6 for n in moved):
            self._still, self._resting = layer, placed.copy()
        for n, vertices in enumerate(moments.arms):
            if not np.isnan(vertices).any():
                faces = self._state.arms[n].model.faces
                layer = layer.with_mesh(self._camera, vertices[1], faces, ARM_ID + n)
        return layer.ids

    def _with_item(self, layer: Layer, number: int, placed: Floats) -> Layer:
        if np.isnan(placed).any():
            return layer
        model = self._state.models[self._state.take.products[number]]
        return layer.with_mesh(self._camera, item_vertices(model, placed), model.faces, number + 1)
