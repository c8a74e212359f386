r"""
TensorFlow as a part of SageMath
"""

from sage_tf._requirements import check

check()
del check
