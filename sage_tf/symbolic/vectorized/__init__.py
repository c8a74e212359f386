r"""
Elementary functions of real tensors as operations that XLA vectorizes on a CPU
"""
from sage_tf.symbolic.vectorized.logarithm import log
from sage_tf.symbolic.vectorized.trigonometric import cos, cot, csc, sec, sin, tan

#: name of Sage's function -> function on real tensors
VECTORIZED = {'sin': sin, 'cos': cos, 'tan': tan, 'sec': sec, 'csc': csc, 'cot': cot, 'log': log}
