"""Data sets, training and export of our models (needs the extra `train`)."""
