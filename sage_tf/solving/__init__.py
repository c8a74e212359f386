"""Equations whose solutions are functions on tensors; ``solve.py`` is the entrance."""
