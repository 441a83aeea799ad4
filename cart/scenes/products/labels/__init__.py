"""Printed labels: the picture that wraps a package, its motifs, small print and barcode."""
