"""New models while cameras run: found, tried in the background, and handed over between visits.

A source (`files`, `manifest`) offers networks; a `Watcher` looks at it in a thread of its own and lets each
new network be tried (`trial`, `smoke`). What passes waits in `Watcher.models` until a camera has no visit
going on.
"""

from cart.vision.live.rollout.models import Models, make_ready
from cart.vision.live.rollout.offer import Source
from cart.vision.live.rollout.places import source_of
from cart.vision.live.rollout.trial import Trial
from cart.vision.live.rollout.watcher import Watcher

__all__ = ["Models", "Source", "Trial", "Watcher", "make_ready", "source_of"]
