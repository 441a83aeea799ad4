"""Meshes of packages and produce, a file per group of shapes."""
