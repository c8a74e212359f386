"""What bench_solving.py compares with."""
