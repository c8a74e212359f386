"""The front: which laws are on it, which one is taken, and how it is shown."""
import itertools
import math

import numpy as np
import pytest
from sage.all import QQ, RDF, SR, cos, dumps, exp, latex, loads, log, sin
from sage.repl.rich_output.backend_ipython import BackendIPythonNotebook
from sage.repl.rich_output.display_manager import DisplayManager
from sage.repl.rich_output.output_browser import OutputHtml

from sage_tf.regression.description import complexity_of, expression_bits, precision_of, residual_bits
from sage_tf.regression.front import Entry, Measure, ParetoFront
from sage_tf.regression.numeric import values_of
from sage_tf.regression.problem import Problem

RNG = np.random.default_rng(3)
X = RNG.uniform(1, 2, (300, 2))
x, y = SR.var('x, y')


def problem_of(values, weights=None):
    return Problem.of(X, values, weights, 'x, y')


def entry(complexity, loss, bits=0.0):
    return Entry(SR(complexity), [], complexity, loss, math.sqrt(loss), 0.0, bits, False)


def test_a_front_has_what_nothing_dominates():
    entries = [entry(int(c), float(v)) for c, v in zip(RNG.integers(1, 30, 200), RNG.uniform(0, 1, 200), strict=True)]
    front = ParetoFront(entries)
    expected = {id(e) for e in entries if not any(
        o.complexity <= e.complexity and o.loss <= e.loss and (o.complexity, o.loss) != (e.complexity, e.loss) for o in entries)}
    assert {id(e) for e in front} == expected
    for simple, complex_ in itertools.pairwise(front):
        assert simple.complexity < complex_.complexity and simple.loss > complex_.loss


def test_losses_that_differ_by_rounding_are_the_same():
    simple, other = entry(3, 0.1), entry(9, 0.1 * (1 - 1e-12))
    assert list(ParetoFront([simple, other])) == [simple] == list(ParetoFront([other, simple]))


def test_what_is_taken_is_what_the_selection_says():
    entries = [entry(1, 0.5, 200.0), entry(5, 0.1, 100.0), entry(20, 0.09, 150.0)]
    assert ParetoFront(entries).best() is entries[1]
    assert ParetoFront(entries, 'loss').best() is entries[2]


def test_an_entry_has_the_loss_of_its_definition():
    values, weights = X[:, 0] * X[:, 1] + RNG.normal(0, 0.1, 300), RNG.uniform(0.1, 5, 300)
    found = Measure(problem_of(values, weights))(x * y)
    residuals = values - X[:, 0] * X[:, 1]
    loss = np.sum(weights * residuals**2) / np.sum(weights)
    mean = np.sum(weights * values) / np.sum(weights)
    assert found.loss == pytest.approx(loss, rel=1e-12)
    assert found.r2 == pytest.approx(1 - loss / (np.sum(weights * (values - mean)**2) / np.sum(weights)), rel=1e-12)
    assert found.complexity == 3 and not found.is_exact()
    assert found.error == pytest.approx(math.sqrt(loss) / np.sqrt(np.mean(values**2)), rel=1e-12)


def test_an_expression_without_values_is_no_entry():
    assert Measure(problem_of(X[:, 0]))(log(x - 3)) is None
    assert Measure(problem_of(X[:, 0]))(SR(2)).expression == 2


@pytest.mark.parametrize('noise', [0.001, 0.01, 0.1])
def test_description_length_takes_the_law_and_not_the_noise(noise):
    """What has a free term more fits better, and what has one less worse: neither is shorter."""
    for seed in range(20):
        rng = np.random.default_rng(seed)
        law, less = x * sin(y), x * QQ((9, 10))
        values = X[:, 0] * np.sin(X[:, 1])
        values = values + rng.normal(0, noise * np.sqrt(np.mean(values**2)), 300)
        residuals = values - X[:, 0] * np.sin(X[:, 1])
        feature = X[:, 0] / X[:, 1]
        slope = float(feature @ residuals / (feature @ feature))  # least squares on the residuals: the loss is less
        measure = Measure(problem_of(values))
        entries = [measure(less), measure(law), measure(law + RDF(slope) * x / y)]
        assert entries[2].loss < entries[1].loss < entries[0].loss
        assert ParetoFront(entries).best() is entries[1]
        assert ParetoFront(entries, 'loss').best() is entries[2]


def test_half_the_residuals_are_a_bit_less_for_each_point():
    assert residual_bits(0.02, 1e-12, 50) - residual_bits(0.01, 1e-12, 50) == pytest.approx(50)
    assert residual_bits(1e-16, 1e-12, 50) < 1e-5


def test_exact_constants_are_shorter_than_floats():
    assert expression_bits(x / 3, 1) < expression_bits(RDF(1 / 3) * x, 1)
    assert expression_bits(x / 3, 1) < expression_bits(QQ((33333, 100000)) * x, 1)


def test_single_precision_is_recognized():
    values = RNG.uniform(1, 2, 100)
    scale = np.sqrt(np.mean(values**2))
    assert precision_of(values) / scale == pytest.approx(1e-12)
    assert precision_of(values.astype('float32')) / scale == pytest.approx(2.0**-24, rel=1e-6)
    assert precision_of(np.arange(1.0, 9)) < 1e-10


def test_complexity_counts_nodes():
    assert [complexity_of(e) for e in (x, SR(2), x + y, sin(x * y), x**2, 2 * x * y)] == [1, 1, 3, 4, 3, 4]


def test_values_are_those_of_the_expression_in_every_block(monkeypatch):
    monkeypatch.setattr('sage_tf.regression.numeric.BLOCK', 7)
    assert np.allclose(values_of(x * cos(y), [x, y], X), X[:, 0] * np.cos(X[:, 1]), rtol=1e-15)
    assert (values_of(y, [x, y], X) == X[:, 1]).all() and (values_of(SR(3), [x, y], X) == 3).all()


def test_the_front_is_shown_as_a_table_with_formulas():
    measure = Measure(problem_of(X[:, 0] * np.exp(X[:, 1])))
    front = ParetoFront([measure(SR(5)), measure(x * exp(y))])
    assert '*' in str(front) and 'x*e^y' in str(front)
    assert r'\begin{tabular}' in latex(front) and f'${latex(x * exp(y))}$' in latex(front)
    shown = front._rich_repr_(Notebook())
    assert isinstance(shown, OutputHtml) and r'\(x e^{y}\)' in shown.html.get_str()
    assert str(loads(dumps(front))) == str(front)


class Notebook:
    """A display manager that has what a notebook shows."""
    types = DisplayManager.get_instance().types

    def supported_output(self):
        return BackendIPythonNotebook().supported_output()
