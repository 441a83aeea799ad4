"""The `cart` package: footage of a shopping cart in, add and remove events and a receipt out.

What reads pictures is loaded when it is first asked for, so that where OpenCV cannot load that can be told
in one line.

>>> from cart import process
>>> for event in process("trip.mp4"):  # doctest: +SKIP
...     print(event.media_time, event.action, event.gtin)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from cart.errors import CartError, FootageBroken, InputError

if TYPE_CHECKING:
    from cart.events import CartEvent
    from cart.vision.recorded import Options, process

__all__ = ["CartError", "CartEvent", "FootageBroken", "InputError", "Options", "process"]

_LOADED_WHEN_ASKED_FOR = {
    "CartEvent": "cart.events",
    "Options": "cart.vision.recorded",
    "process": "cart.vision.recorded",
}


def __getattr__(name: str) -> Any:
    if name not in _LOADED_WHEN_ASKED_FOR:
        raise AttributeError(f"module 'cart' has no attribute '{name}'")
    return getattr(import_module(_LOADED_WHEN_ASKED_FOR[name]), name)
