"""Live cameras: streams, devices, and files played at their own speed; what runs for days on a cart.

Each camera is read by a thread of its own, which keeps the newest frame and nothing else, and which opens the
camera again when it is lost. `Live` lets one detector look at all of them in turn; `rollout` finds a better
one meanwhile.
"""

from cart.vision.live.camera import LiveCamera, Turn
from cart.vision.live.figures import Figures
from cart.vision.live.run import Live

__all__ = ["Figures", "Live", "LiveCamera", "Turn"]
