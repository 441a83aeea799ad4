"""From a network that is offered to models that cameras can look with, or a line that says why not."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from cart.catalog import Catalog
from cart.errors import CartError
from cart.settings import settings
from cart.vision.detection import load_detector
from cart.vision.embedding import load_embedder
from cart.vision.footage import Warn
from cart.vision.gallery import build_gallery
from cart.vision.live.rollout.models import Models, make_ready
from cart.vision.live.rollout.offer import Check, Offer, Refused, Stopped
from cart.vision.live.rollout.smoke import SmokeFailure, check_detector, check_embedder
from cart.vision.recognition import Recogniser


class Trial:
    """Loads networks, lets them pass their smoke test, and makes them ready for the cameras.

    Args:
        catalog: the products, for the gallery of a new embedder.
        sizes: width and height of the cameras' frames.
        warn: told of pictures of the catalog that cannot be read.
    """

    def __init__(self, catalog: Catalog | None, sizes: Collection[tuple[int, int]], warn: Warn) -> None:
        self._catalog = catalog
        self._sizes = sizes
        self._warn = warn

    def with_new(self, models: Models, offer: Offer, check: Check) -> Models:
        """Return the models with what is offered in the place of its like.

        Args:
            models: those to go on from.
            offer: the new network.
            check: called between the steps.

        Raises:
            Unavailable: it cannot be fetched now.
            Refused: it is no good.
        """
        file = offer.fetch(check)
        try:
            if offer.part == "detector":
                return self._with_detector(models, file, check)
            return self._with_embedder(models, file, check)
        except Stopped:
            raise
        except SmokeFailure as error:
            raise Refused(f"{offer.name} fails its smoke test: {error}") from None
        except CartError as error:
            raise Refused(str(error).replace(str(file), offer.name)) from error
        except Exception as error:  # a foreign network may raise anything, and must not end the run
            reason = " ".join(str(error).split()) or type(error).__name__
            raise Refused(f"{offer.name} cannot be used ({reason[:200]})") from error

    def _with_detector(self, models: Models, file: Path, check: Check) -> Models:
        detector = load_detector(file, threads=settings().threads)
        check()
        check_detector(detector)
        for size in self._sizes:
            check()
            make_ready(detector, [size])
        return replace(models, detector=detector)

    def _with_embedder(self, models: Models, file: Path, check: Check) -> Models:
        assert self._catalog is not None
        embedder = load_embedder(file, threads=settings().threads)
        check()
        check_embedder(embedder)
        gallery = build_gallery(self._catalog, embedder, warn=self._warn, progress=lambda *_: check())
        return replace(models, recogniser=Recogniser(gallery, embedder))
