r"""
Symbolic expressions as TensorFlow functions
"""
