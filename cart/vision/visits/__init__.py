"""A visit of a hand: what it added and removed, decided from boxes alone."""

from cart.vision.visits.decide import Visits
from cart.vision.visits.observation import Observation, VisitEvent
from cart.vision.visits.piece import Piece

__all__ = ["Observation", "Piece", "VisitEvent", "Visits"]
