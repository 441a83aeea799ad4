"""Truth files, matching of events to truth, and accuracy reports."""

from cart.evaluation.compare import evaluate, evaluate_files
from cart.evaluation.render import render
from cart.evaluation.report import Report
from cart.evaluation.truth import Truth, load_truth

__all__ = ["Report", "Truth", "evaluate", "evaluate_files", "load_truth", "render"]
