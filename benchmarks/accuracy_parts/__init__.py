"""What `benchmarks/accuracy.py` measures, a part a file; each yields rows of its table."""
