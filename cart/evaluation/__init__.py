"""Truth files, matching of events to truth, and accuracy reports."""
