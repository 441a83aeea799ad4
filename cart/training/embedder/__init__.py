"""The embedder: what it learns from, how it learns, and how well it tells apart what it never saw."""
