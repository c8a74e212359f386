r"""
What a Sage session gets from ``from sage_tf.all import *``

EXAMPLES::

    sage: from sage_tf.all import *
    sage: Tensor([1, 2]) + tf.constant([1, 2])
    (2, 4)

TESTS:

No name of Sage is hidden::

    sage: import sage.all, sage_tf.all
    sage: [name for name in sage_tf.all.__all__ if hasattr(sage.all, name)]
    []
"""
import sage_tf  # noqa: F401  (installs the session)
from sage_tf.data import sample_data
from sage_tf.networks.bounds import bounds
from sage_tf.networks.certify import certify
from sage_tf.networks.distill import distill
from sage_tf.networks.monotone import is_monotone, lipschitz_bound
from sage_tf.networks.piecewise import piecewise_linear
from sage_tf.networks.regions import linear_regions
from sage_tf.networks.to_keras import to_keras
from sage_tf.networks.zeros import extrema, zero_set
from sage_tf.regression.regressor import SymbolicRegressor
from sage_tf.session.literals import keras, tf
from sage_tf.solving.solve import solve_tf
from sage_tf.solving.stationary import argmin_tf
from sage_tf.symbolic.mollify import mollified
from sage_tf.symbolic.saving import load_tensor_function
from sage_tf.symbolic.tensor_function import TensorFunction
from sage_tf.tensors.element import Tensor
from sage_tf.tensors.space import TensorSpace

__all__ = ['SymbolicRegressor', 'Tensor', 'TensorFunction', 'TensorSpace', 'argmin_tf', 'bounds', 'certify', 'distill', 'extrema', 'is_monotone',
           'keras', 'linear_regions', 'lipschitz_bound', 'load_tensor_function', 'mollified', 'piecewise_linear', 'sample_data', 'solve_tf', 'tf',
           'to_keras', 'zero_set']
