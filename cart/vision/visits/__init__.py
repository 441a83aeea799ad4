"""A visit of a hand: what it added and removed, decided from boxes alone."""
