"""The way of a frame: motion gate, detector, visits, recognition.

`Camera` is the whole pipeline of one camera; `process` runs it over recorded footage.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass, field

from cart.vision.album import Album, Snapshot
from cart.vision.boxes import Box, Detection
from cart.vision.detection import Detector
from cart.vision.footage import Frame
from cart.vision.gate import Motion, MotionGate
from cart.vision.look import look
from cart.vision.opening import Opening
from cart.vision.recognition import Recogniser, Recognition
from cart.vision.tracking import SeenItem
from cart.vision.visits import Observation, Piece, VisitEvent, Visits

_SNAPSHOT_SECONDS = 0.1
_WELL_KNOWN_SECONDS = 2.0
_LONGEST_WAIT_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Noticed:
    """An event of a visit, with the product it concerns and the picture that shows it.

    Attributes:
        event: what happened.
        product: what the item was recognised as; None without a catalog.
        snapshot: the item's best picture, None where it was never seen alone.
    """

    event: VisitEvent
    product: Recognition | None
    snapshot: Snapshot | None


@dataclass(frozen=True, slots=True)
class Sight:
    """What the pipeline made of one frame.

    Attributes:
        frame: the frame.
        detections: hands and items found; empty where the detector slept.
        detected: whether the detector looked.
        items: number, box and score of each item found; no number for one too weak to follow.
        noticed: the events that became sure with this frame.
    """

    frame: Frame
    detections: list[Detection] = field(default_factory=list)
    detected: bool = False
    items: list[tuple[int | None, Box, float]] = field(default_factory=list)
    noticed: list[Noticed] = field(default_factory=list)


class Camera:
    """The pipeline of one camera: frames in, in order of time, events out.

    Args:
        detector: finds hands and items.
        opening: the cart's opening, in pixels of the frames to come.
        recogniser: names items; None without a catalog.
        gated: let the detector sleep while nothing moves.
    """

    def __init__(
        self,
        detector: Detector,
        opening: Opening,
        recogniser: Recogniser | None = None,
        *,
        gated: bool = True,
    ) -> None:
        self.opening = opening
        self.visits = Visits(opening)
        self._detector = detector
        self._recogniser = recogniser
        self._gated = gated
        self._gate = MotionGate()
        self._album = Album()
        self._products: dict[int, Recognition] = {}
        self._initial: dict[int, Recognition | None] = {}
        self._snapshot_time = -math.inf
        self._awake_time = -math.inf

    def look_with(self, detector: Detector, recogniser: Recogniser | None) -> None:
        """Go on with other models; what was recognised stays. While `visits.idle`, no visit sees two."""
        self._detector = detector
        self._recogniser = recogniser

    def see(self, frame: Frame, *, doubtful: bool = False) -> Sight:
        """Take in a frame and return what it showed; nothing is decided on one that may not be believed."""
        motion = self._gate.look(frame.time, frame.luma)
        if motion.awake:
            self._awake_time = frame.time
        if self._gated and not motion.awake and not self._waits(frame.time):
            return Sight(frame)
        detections = self._detector.detect(frame.image)
        events = self.visits.update(_observe(frame, detections, motion, doubtful))
        if not doubtful:
            self._photograph(frame, detections)
        noticed = [self._notice(event) for event in events]
        self._album.forget_all_but(self._known())
        return Sight(frame, detections, detected=True, items=self._numbered(detections), noticed=noticed)

    def interrupt(self, time: float, *, moved: bool = False, opening: Opening | None = None) -> list[Noticed]:
        """Take in that nothing is seen from `time` on, for a while; return what that leaves open, as unsure.

        For a stream that is lost, and for as long as the pictures cannot be read (covered, dark, blurred,
        frozen): give no frames until they can. The next frame given ends the gap: what changed meanwhile is
        told once the picture has settled, as unsure. Times go on rising across the gap.

        Args:
            time: media seconds of the last frame that could be read.
            moved: the camera has moved: contents are compared by look and count alone. May be told at any
                time before the next frame.
            opening: where the opening lies from now on, in pixels of the frames to come; None: where it did.
        """
        events = self.visits.interrupt(time, moved=moved, opening=opening)
        self.opening = opening or self.opening
        self._gate = MotionGate()
        return [self._notice(event) for event in events]

    def _waits(self, time: float) -> bool:
        """Tell whether more looks at a still scene may settle what is open; what they did not, none will."""
        return self.visits.waiting and time - self._awake_time <= _LONGEST_WAIT_SECONDS

    def finish(self) -> list[Noticed]:
        """Return the events that the end of the footage leaves open."""
        return [self._notice(event) for event in self.visits.finish()]

    def initial_products(self) -> list[Recognition | None]:
        """Return what lay in the cart before the first visit, those taken out since included."""
        for piece in self.visits.contents:
            if piece.initial:
                self._initial[piece.id] = self.product_of(piece.id)
        return list(self._initial.values())

    def known_product(self, item: int) -> Recognition | None:
        """Return what an item was recognised as, if that has been done."""
        return self._products.get(item)

    def product_of(self, item: int) -> Recognition | None:
        """Return what an item was recognised as, recognising it now where that has not been done.

        What was unknown is tried again: there may be better pictures of it now. None without a catalog.
        """
        if self._recogniser is None:
            return None
        product = self._products.get(item)
        if product is None or product.gtin is None:
            product = self._products[item] = self._recogniser.recognise(self._album.crops(item))
        return product

    def _notice(self, event: VisitEvent) -> Noticed:
        if event.seen != event.piece and event.action == "remove":
            self._name_what_came_out(event)
        product = self.product_of(event.piece)
        if event.from_initial:
            self._initial[event.piece] = product
        return Noticed(event, product, self._album.best(event.piece))

    def _name_what_came_out(self, event: VisitEvent) -> None:
        """Recognise what came out of a pile among the products that are hidden in it.

        Which of the hidden items it was is not known but by its look: where another one's product is the
        likelier, the two change products, so that the right one stays in the cart.
        """
        hidden = [p.id for p in self.visits.world.out_of_sight if p.initial == event.from_initial]
        products = {item: self.product_of(item) for item in (event.piece, *hidden)}
        named = {found.gtin: item for item, found in reversed(products.items()) if found and found.gtin}
        crops = self._album.crops(event.seen)
        if self._recogniser is None or not crops or len(named) < 2:
            return
        found = self._recogniser.recognise(crops, named.keys())
        if found.gtin is not None:
            item = named[found.gtin]
            mine, other = products[event.piece], products[item]
            if mine is not None and other is not None:
                self._products[item], self._products[event.piece] = mine, other

    def _numbered(self, detections: list[Detection]) -> list[tuple[int | None, Box, float]]:
        found = [detection for detection in detections if detection.kind == "item"]
        pieces = self.visits.world.assigned
        return [
            (piece.id if piece is not None else None, item.box, item.score)
            for item, piece in zip(found, pieces, strict=True)
        ]

    def _known(self) -> Collection[int]:
        return {piece.id for piece in self.visits.world.pieces}

    def _photograph(self, frame: Frame, detections: list[Detection]) -> None:
        """Keep crops of the items in sight, now and then: they hardly change from frame to frame."""
        if frame.time - self._snapshot_time < _SNAPSHOT_SECONDS:
            return
        self._snapshot_time = frame.time
        hands = _boxes(detections, "hand")
        for piece in self.visits.world.assigned:
            if piece is not None and not _well_known(piece):
                at_rest = piece.rest is not None
                self._album.keep(piece.id, frame.time, frame.image, piece.track.box, hands, at_rest=at_rest)


def _observe(frame: Frame, detections: list[Detection], motion: Motion, doubtful: bool) -> Observation:
    items = tuple(
        SeenItem(found.box, found.score, look(frame.image, found.box))
        for found in detections
        if found.kind == "item"
    )
    return Observation(frame.time, items, _boxes(detections, "hand"), motion.grid, doubtful)


def _boxes(detections: list[Detection], kind: str) -> tuple[Box, ...]:
    return tuple(found.box for found in detections if found.kind == kind)


def _well_known(piece: Piece) -> bool:
    return piece.content and piece.rest is not None and piece.rest.seconds > _WELL_KNOWN_SECONDS
