"""
Sums of many terms of one form: right as the plain sum is, and a few operations however many terms there are.
"""
import mpmath
import numpy as np
import pytest
import tensorflow as tf
from sage.all import QQ, SR, I, airy_ai, cos, exp, function, gamma, log, sin, sqrt, tanh, var, vector

from sage_tf.symbolic import alike
from sage_tf.symbolic.saving import load_tensor_function
from sage_tf.symbolic.tensor_function import TensorFunction

x, y, a = var('x, y, a')
N = 300
POINTS = [QQ((-7, 4)), QQ((1, 8)), QQ(2)]


def total(term, n=N):
    return SR(0).add(*[term(SR(k)) for k in range(1, n + 1)])


def operations(f):
    return len(f._program())


FORMS = {
    'sine': lambda k: sin(k * x) / k,
    'cosine with a factor in common': lambda k: cos(k * x + 1) * tanh(x)**2 / (k + 2),
    'powers': lambda k: x**k * (k + 1) / 3,
    'negative powers': lambda k: (5 + x)**(-k) * (k + 1),
    'rational functions': lambda k: k / (k**2 + x**2),
    'square roots': lambda k: sqrt(k + x**2) / k**3,
    'roots': lambda k: (k + x**2)**QQ((1, 3)) / k**3,
    'exponentials': lambda k: k**(-(2 + x**2)),
    'irrational constants': lambda k: sin(sqrt(k) * x) * exp(-sqrt(k)),
    'gamma': lambda k: gamma(x + 5 + QQ((1, k))),
    'two variables': lambda k: log(k + x**2 + y**2) * exp(-k * y**2 / 100) / k,
}


@pytest.mark.parametrize('name', FORMS)
@pytest.mark.parametrize('dtype', ['float64', 'float32', 'complex128'])
def test_values_and_gradients_are_those_of_sage(name, dtype):
    e = total(FORMS[name])
    variables = e.variables()
    f = TensorFunction(e, dtype=dtype)
    assert operations(f) < 60
    tolerance = {'float64': 1e-12, 'float32': 2e-5, 'complex128': 1e-12}[dtype]
    for point in POINTS:
        at = {v: point * (k + 1) / (4 if name == 'powers' else 1) for k, v in enumerate(variables)}
        values = [f(*at.values()), *f.gradient(*at.values())]
        for found, exact in zip(values, [e, *e.gradient(variables)], strict=True):
            wanted = complex(exact.subs(at).n(200))
            scale = float(sum(abs(t.subs(at).n(100)) for t in exact.operands()))
            assert abs(complex(found.numpy()) - wanted) <= tolerance * (abs(wanted) + scale)


def test_terms_that_differ_and_constants_stay_in_the_sum():
    e = total(lambda k: sin(k * x)) + x**2 + airy_ai(x) + 7
    found = TensorFunction(e)(0.5)
    assert abs(float(found) - e.subs(x=0.5).n()) < 1e-12


def test_several_forms_and_a_sum_within_a_term():
    e = total(lambda k: sin(k * x)) * total(lambda k: k * exp(-k * x**2)) + total(lambda k: cos(k * x / 7)**2)
    found = TensorFunction(e)
    assert operations(found) < 12
    assert abs(float(found(0.5)) / e.subs(x=0.5).n() - 1) < 1e-12
    nested = total(lambda k: sin(k * total(lambda j: exp(-j * x))))
    assert abs(float(TensorFunction(nested)(2.0)) - nested.subs(x=2).n()) < 1e-11


def test_arguments_broadcast():
    e = total(lambda k: x * sin(k * y))
    f, (p, q) = TensorFunction(e), (np.linspace(0.5, 2, 6).reshape(2, 3, 1), np.linspace(-1, 1, 4))
    wanted = sum(p * np.sin(k * q) for k in range(1, N + 1))
    assert f(p, q).shape == (2, 3, 4)
    assert np.allclose(f(p, q), wanted, rtol=1e-12, atol=1e-11)
    assert [g.shape.as_list() for g in f.gradient(p, q)] == [[2, 3, 4]] * 2
    assert f(np.zeros((0, 1)), q).shape == (0, 4)


def test_the_gradient_of_an_argument_that_broadcasts_is_summed():
    f, p, q = TensorFunction(total(lambda k: x * sin(k * y))), tf.Variable(2.0, dtype=tf.float64), tf.linspace(-1.0, 2.0, 5)
    q = tf.cast(q, tf.float64)
    with tf.GradientTape() as tape:
        s = tf.reduce_sum(f(p, q))
    wanted = sum(np.sin(k * q.numpy()).sum() for k in range(1, N + 1))
    assert abs(float(tape.gradient(s, p)) - wanted) < 1e-10


@pytest.mark.parametrize('shape', [[None], None])
def test_shapes_may_be_unknown(shape):
    f = TensorFunction(total(lambda k: sin(k * x) / k))

    @tf.function(input_signature=[tf.TensorSpec(shape, tf.float64)])
    def value_and_slope(t):
        with tf.GradientTape() as tape:
            tape.watch(t)
            s = f(t)
        return s, tape.gradient(s, t)

    t = tf.constant([0.25, -1.0, 3.0], tf.float64)
    value, slope = value_and_slope(t)
    assert np.allclose(value, sum(np.sin(k * t.numpy()) / k for k in range(1, N + 1)), rtol=0, atol=1e-12)
    assert np.allclose(slope, sum(np.cos(k * t.numpy()) for k in range(1, N + 1)), rtol=0, atol=1e-11)


@pytest.mark.parametrize('jit', [None, True, False])
def test_many_points_are_computed_in_blocks(monkeypatch, jit):
    monkeypatch.setattr(alike, 'LARGEST_BLOCK', 2**16)
    f = TensorFunction(total(lambda k: sin(k * x) / k), jit=jit)
    for points in (1000, 5000):
        t = np.linspace(-3, 3, points)
        assert np.allclose(f(t), sum(np.sin(k * t) / k for k in range(1, N + 1)), rtol=0, atol=1e-12)
        assert np.allclose(f.gradient(t)[0], sum(np.cos(k * t) for k in range(1, N + 1)), rtol=0, atol=1e-11)


def test_second_derivatives():
    f, t = TensorFunction(total(lambda k: sin(k * x) / k)), tf.constant([0.25, -1.0], tf.float64)
    with tf.GradientTape() as outer:
        outer.watch(t)
        with tf.GradientTape() as tape:
            tape.watch(t)
            s = f(t)
        slope = tape.gradient(s, t)
    assert np.allclose(outer.gradient(slope, t), -sum(k * np.sin(k * t.numpy()) for k in range(1, N + 1)), rtol=1e-11)


def test_powers_at_zero():
    f = TensorFunction(total(lambda k: (k + 1) * x**k))
    assert (float(f(0)), float(f.gradient(0)[0])) == (0.0, 2.0)


def test_cancelling_terms_are_as_right_as_their_size_allows():
    mpmath.mp.dps = 40
    f = TensorFunction(total(lambda k: (-1)**k * exp(k * x / 100)))
    wanted = mpmath.fsum((-1)**k * mpmath.exp(mpmath.mpf(k) / 100) for k in range(1, N + 1))
    assert abs(float(f(1.0)) - wanted) < 1e-12


def test_parameters_vectors_and_saving(tmp_path):
    e = total(lambda k: sin(k * a * x) / k)
    f = TensorFunction(vector([e, x]), (x,), parameters={a: 2.0})
    with tf.GradientTape() as tape:
        s = f([0.5, 1.0])[:, 0]
    slope = tape.gradient(s, f.trainable_variables)
    wanted = sum((t * np.cos(2 * k * t)).sum() for k in range(1, N + 1) for t in [np.array([0.5, 1.0])])
    assert abs(float(slope[0]) - wanted) < 1e-10
    f.save(str(tmp_path / 'f'))
    for loaded in (load_tensor_function(str(tmp_path / 'f')), tf.saved_model.load(str(tmp_path / 'f'))):
        t = tf.constant([0.5, 1.0], tf.float64)
        result = loaded(t) if isinstance(loaded, TensorFunction) else next(iter(loaded.signatures['serving_default'](x=t).values()))
        assert np.allclose(result, f(t), rtol=1e-13)


def test_networks_in_the_terms():
    u = function('u')
    f = TensorFunction(total(lambda k: sin(k * u(x))), functions={u: lambda t: t**2})
    t = np.array([0.5, 1.25])
    assert np.allclose(f(t), sum(np.sin(k * t**2) for k in range(1, N + 1)), rtol=0, atol=1e-11)


def test_a_branch_not_taken_has_no_gradient():
    e = total(lambda k: sqrt(x - 1) / k)
    from sage.all import cases
    f = TensorFunction(cases([(x > 1, e * 1), (True, x)]))
    assert float(f.gradient(0.5)[0]) == 1.0


def test_complex_constants():
    e = total(lambda k: exp(I * k * x) / k)
    found = TensorFunction(e, dtype='complex128')
    assert abs(complex(found(0.5)) - complex(e.subs(x=0.5).n())) < 1e-12
    assert abs(complex(found.gradient(0.5)[0]) - complex(e.diff(x).subs(x=0.5).n())) < 1e-11


def test_a_constant_too_large_for_the_dtype_is_refused():
    with pytest.raises(OverflowError, match='float32'):
        TensorFunction(total(lambda k: 10**(k + 20) * sin(k * x)), dtype='float32')
def test_removable_singularities_of_every_term():
    f = TensorFunction(total(lambda k: (cos(k * x) - 1) / x**2))
    wanted = -sum(k**2 for k in range(1, N + 1)) / 2
    assert abs(float(f(0)) / wanted - 1) < 1e-14
    assert float(f.gradient(0)[0]) == 0


