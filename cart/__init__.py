"""The `cart` package: footage of a shopping cart in, add and remove events and a receipt out.

>>> from cart import process
>>> for event in process("trip.mp4"):  # doctest: +SKIP
...     print(event.media_time, event.action, event.gtin)
"""

from cart.errors import CartError, FootageBroken, InputError
from cart.events import CartEvent
from cart.vision.recorded import Options, process

__all__ = ["CartError", "CartEvent", "FootageBroken", "InputError", "Options", "process"]
