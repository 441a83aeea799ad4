"""Trips: what shoppers do as a script, played out by physics, and the truth of it."""
