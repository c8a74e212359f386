"""The plainest laws, which there always are."""
import numpy as np
import pytest

from sage_tf.regression.plain import plain_laws
from sage_tf.regression.problem import Problem


@pytest.mark.parametrize('seed', range(60))
def test_there_is_a_linear_law_whatever_is_significant(seed):
    rng = np.random.default_rng(seed)
    X = rng.uniform(1, 5, (30, 5))
    y = rng.normal(size=30) + rng.normal() * X[:, 0] / 5
    laws = list(plain_laws(Problem.of(X, y)))
    assert len(laws) == 2 and np.isclose(float(laws[0][0]), y.mean())
