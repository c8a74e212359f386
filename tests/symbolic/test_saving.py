r"""
Tests of saved functions: in plain TensorFlow, back in Sage, damaged, hostile
"""
import json
import os
import random
import subprocess
import sys
import time

import keras
import numpy as np
import pytest
import tensorflow as tf
from sage.all import (
    CC,
    CDF,
    QQ,
    RR,
    SR,
    I,
    Integer,
    NaN,
    RealField,
    RealSet,
    arctan,
    binomial,
    cases,
    cos,
    diff,
    dumps,
    euler_gamma,
    exp,
    factorial,
    floor,
    function,
    gamma,
    golden_ratio,
    hypergeometric,
    integrate,
    kronecker_delta,
    load,
    loads,
    log,
    matrix,
    max_symbolic,
    oo,
    pi,
    piecewise,
    psi,
    save,
    sin,
    sqrt,
    unsigned_infinity,
    vector,
    zeta,
)

from sage_tf.symbolic.document import as_document, from_document
from sage_tf.symbolic.saving import DOCUMENT, load_tensor_function, save_tensor_function
from sage_tf.symbolic.tensor_function import TensorFunction

x, y, t, a, b = SR.var('x, y, t, a, b')
u, v, w = function('u'), function('v', nargs=2), function('w')

# Runs in a process without Sage and without this package.
_PLAIN = r"""
import json, sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split('.')[0] in ('sage', 'sage_tf', 'passagemath', 'cysignals', 'sympy', 'scipy', 'mpmath'):
            raise ImportError(name)
sys.meta_path.insert(0, Blocked())
for name in ('sage', 'sage_tf'):
    try: __import__(name)
    except ImportError: continue
    sys.exit(f'{name} is there')
import numpy as np
import tensorflow as tf
results = []
for path, inputs in json.loads(sys.stdin.read()):
    model = tf.saved_model.load(path)
    named = {name: tf.constant(value, tf.float64) for name, value in inputs.items()}
    serve = model.signatures['serving_default']
    served = serve(**named)['value']
    dynamic = tf.function(lambda *ts: model(*ts), input_signature=[tf.TensorSpec(None, tf.float64)] * len(named))
    with tf.GradientTape() as tape, tf.GradientTape() as other:
        tape.watch(list(named.values()))
        other.watch(list(named.values()))
        value = model(*named.values())
        again = serve(**named)['value']
    zero = tf.UnconnectedGradients.ZERO
    slopes = tape.gradient(value, list(named.values()), unconnected_gradients=zero)
    others = other.gradient(again, list(named.values()), unconnected_gradients=zero)
    for found, wanted in ((value, served), (dynamic(*named.values()), served), *zip(others, slopes)):
        np.testing.assert_array_equal(found.numpy(), wanted.numpy())
    results.append([served.numpy().tolist(), [s.numpy().tolist() for s in slopes]])
print('RESULTS' + json.dumps(results))
"""


def _in_plain_tensorflow(jobs):
    """Return value and gradients of saved functions at inputs by name, computed in a process without Sage."""
    done = subprocess.run([sys.executable, '-c', _PLAIN], input=json.dumps(jobs), text=True, capture_output=True, timeout=200,
                          env={**os.environ, 'TF_CPP_MIN_LOG_LEVEL': '3', 'PYTHONPATH': ''}, cwd=os.path.dirname(jobs[0][0]))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.split('RESULTS')[1])


def _again(f, tmp_path):
    """Return a function saved and loaded."""
    path = tmp_path / 'again'
    save_tensor_function(f, path)
    return load_tensor_function(path)


def _through_json(expression):
    return from_document(json.loads(json.dumps(as_document(expression))))


def test_plain_tensorflow_serves_values_and_gradients_without_sage(tmp_path):
    network = keras.Sequential([keras.Input((2,)), keras.layers.Dense(8, 'tanh', dtype='float64'), keras.layers.Dense(1, dtype='float64')])
    xs, ys = np.array([0.3, 0.7, 1.9]), np.array([[0.5], [1.5]])
    functions = {
        'formula': TensorFunction(exp(-x**2)*sin(5*y) + sqrt(2)*x/y + x**y + 3*abs(x), (x, y)),
        'trained': TensorFunction(a*x**2 + b*y, (x, y), parameters={a: 2, b: QQ((1, 3))}),
        'vector': TensorFunction(vector([x*y, x + 1, 7]), (x, y)),
        'matrix': TensorFunction(matrix([[x, y], [x*y, 1]]), (x, y)),
        'equation': TensorFunction(x**2 == log(y), (x, y)),
        'branches': TensorFunction(cases([(x > 1, x**2), (True, sin(y))]), (x, y)),
        'network': TensorFunction(u(x, y) + diff(u(x, y), x) - 2*u(x - 1, y), (x, y), functions={u: network}),
        'constant': TensorFunction(SR(pi), (x, y)),
        'case': TensorFunction(SR.var('X') - 2*x, (x, SR.var('X'))),
    }
    jobs = []
    for name, f in functions.items():
        save_tensor_function(f, tmp_path / name)
        jobs.append((str(tmp_path / name), {'x': xs.tolist(), 'input_1' if name == 'case' else 'y': ys.tolist()}))
    results = _in_plain_tensorflow(jobs)
    for (name, f), (value, slopes) in zip(functions.items(), results, strict=True):
        tensors = [tf.constant(xs), tf.constant(ys)]
        with tf.GradientTape() as tape:
            tape.watch(tensors)
            wanted = f(*tensors)
        expected = tape.gradient(wanted, tensors, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        np.testing.assert_allclose(value, wanted.numpy(), rtol=1e-13, err_msg=name)
        for found, slope in zip(slopes, expected, strict=True):
            np.testing.assert_allclose(found, slope.numpy(), rtol=1e-12, atol=1e-14, err_msg=name)
    formula = np.exp(-xs**2)*np.sin(5*ys) + np.sqrt(2)*xs/ys + xs**ys + 3*np.abs(xs)
    np.testing.assert_allclose(results[0][0], formula, rtol=1e-13)


KINDS = [
    x + y, 2*x, x/y, 1/x, sqrt(x), -sqrt(SR(2))*x, (x + y)*(x - y), I*x, 2*I*x + 3, x**QQ((-2, 3)), exp(1)**x, SR(2)**x, pi*x + euler_gamma,
    golden_ratio*x, SR(oo), SR(-oo), SR(unsigned_infinity), SR(NaN), SR(RR(0.1))*x, SR(RealField(24)(0.1))*x, SR(RealField(200)(pi))*x,
    SR(CC(0.1, 2))*x, SR(CDF(0.1, 2))*x, SR(0.1)*x, SR(complex(1, 2))*x, SR(QQ((2, 3)) + I/7)*x,
    x.add(x, hold=True), x.mul(x, hold=True), SR(2).power(3, hold=True), sin(SR(0), hold=True), sqrt(SR(4), hold=True),
    (x + y).mul(3, hold=True), log(SR(1), hold=True), exp(log(x, hold=True), hold=True), factorial(SR(5), hold=True),
    gamma(x), gamma(x, y), psi(x), psi(2, x), zeta(x), arctan(x), binomial(x, y), floor(x), kronecker_delta(x, y), max_symbolic(x, y, 1),
    hypergeometric([1, x], [y], x), cases([(x > 0, 1), (x <= 0, x)]), piecewise([((0, pi), x), (RealSet.closed_open(4 + sqrt(2), oo), x**2)]),
    piecewise([([0, 1], 1)]), x == y**2, x < y, x != 1, integrate(sin(x**3)/y, x, 0, y, hold=True), integrate(sin(x**3), x, hold=True),
    sum((sin(k*x)/k for k in range(1, 5)), SR(0)), u(), u(x), v(x, y), diff(u(x), x, 3), diff(v(x**2, y), x), diff(u(x, y, t), x, t),
    diff(floor(x), x), function('sin_of', latex_name=r'\sigma')(x),
]


@pytest.mark.parametrize('expression', KINDS, ids=str)
def test_every_kind_of_expression_comes_back_identical(expression):
    again = _through_json(expression)
    assert again.is_trivially_equal(expression)
    assert str(again) == str(expression)
    assert as_document(again) == as_document(expression)


@pytest.mark.parametrize('number', [RR(0.1), RealField(24)(0.1), RealField(200)(pi), CC(0.1, -0.0), float('inf'), RR(-0.0), Integer(10)**5000])
def test_numbers_keep_kind_precision_and_sign_of_zero(number):
    again = _through_json(SR(number)).pyobject()
    assert type(again) is type(SR(number).pyobject()) and repr(again) == repr(SR(number).pyobject()) and again == number


def test_vectors_matrices_and_callable_expressions_keep_their_kind():
    f = (x*y).function(y, x)
    assert _through_json(f).arguments() == (y, x) and _through_json(f)(1, 2) == 2
    m = matrix(SR, [[x, 1], [y, x*y]], sparse=True)
    assert _through_json(m) == m and _through_json(m).is_sparse()
    assert _through_json(vector([f, f])) == vector([f, f])
    assert _through_json(vector(SR, [])) == vector(SR, []) and _through_json(matrix(SR, 0, 3)).dimensions() == (0, 3)
    assert _through_json(vector([1, 2])) == vector([1, 2])


def test_large_and_shared_expressions_stay_shared_and_quick():
    shared, deep = x, x
    for _ in range(200):
        shared = shared**2 + x
    for _ in range(10**4):
        deep = sin(deep) + y
    wide = SR(0).add(*[SR(k)*x**k for k in range(1, 2000)])
    start = time.process_time()
    for expression in (shared, deep, wide):
        again = _through_json(expression)
        assert again.is_trivially_equal(expression)
        assert len(as_document(again)['nodes']) == len(as_document(expression)['nodes']) < 5*10**4
    assert time.process_time() - start < 20


def test_deep_functions_save_and_load(tmp_path):
    deep = x
    for _ in range(300):
        deep = sin(deep) + x/2
    f = TensorFunction(deep)
    start = time.process_time()
    g = _again(f, tmp_path)
    assert time.process_time() - start < 60
    assert g.expression().is_trivially_equal(deep)
    assert float(g(0.5)) == float(f(0.5))


def test_a_loaded_function_has_variables_dtype_and_present_values_of_parameters(tmp_path):
    f = TensorFunction((a*x + b*y).function(y, x), parameters={a: 1, b: QQ((1, 3))}, dtype='float32', jit=False)
    f.parameters()[a].assign(5)
    g = _again(f, tmp_path)
    assert g.variables() == (y, x) and g.dtype() == tf.float32 and g._jit is False
    assert {str(s): float(p) for s, p in g.parameters().items()} == {'a': 5, 'b': float(np.float32(1/3))}
    assert g.expression() == f.expression() and g.expression().arguments() == (y, x)
    assert str(g.to_sage()) == str(f.to_sage())
    c = TensorFunction(I*x + log(x), dtype='complex128')
    np.testing.assert_array_equal(_again(c, tmp_path)([1j, -2]).numpy(), c([1j, -2]).numpy())


def test_networks_come_back_with_all_derivatives_and_can_be_trained(tmp_path):
    keras.utils.set_random_seed(1)
    layers = [keras.layers.Dense(5, 'tanh', dtype='float64'), keras.layers.Dense(1, dtype='float64')]
    network = keras.Sequential([keras.Input((2,)), *layers])
    expression = u(x, t) - diff(u(x, t), x, 4) + diff(u(x, t), x, t)*u(0, t)
    f = TensorFunction(expression, (x, t), functions={u: network})
    g = _again(f, tmp_path)
    points = np.array([[0.1, 0.4], [1.0, -2.0]])
    np.testing.assert_allclose(g(points, 0.3).numpy(), f(points, 0.3).numpy(), rtol=1e-12)
    weights = g.trainable_variables
    assert sorted(v.shape.as_list() for v in weights) == sorted(list(v.shape) for v in network.trainable_variables)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(g(points, 0.3)**2)
    for weight, slope in zip(weights, tape.gradient(loss, weights, unconnected_gradients='zero'), strict=True):
        weight.assign_sub(1e-4*slope)
    assert float(tf.reduce_sum(g(points, 0.3)**2)) < float(loss)
    h = _again(g, tmp_path)
    np.testing.assert_array_equal(h(points, 0.3).numpy(), g(points, 0.3).numpy())


def test_functions_of_several_outputs_and_arities_come_back(tmp_path):
    both = TensorFunction(diff(function('u1')(x, t), x) + function('u0')(x, t), (x, t), functions={u: lambda p, q: (p*q, tf.sin(p*q))})
    named = TensorFunction(v(x, t) + diff(w(x, t), t), (x, t), functions={(v, w): lambda p, q: tf.stack([p + q, p*q**2], -1)})
    many = TensorFunction(u(x) + u(x, t), (x, t), functions={u: lambda *ps: tf.add_n([p**2 for p in ps])})
    for f in (both, named, many):
        g = _again(f, tmp_path)
        np.testing.assert_array_equal(g([[1.0], [2.0]], [3.0, 4.0]).numpy(), f([[1.0], [2.0]], [3.0, 4.0]).numpy())
    assert float(_again(both, tmp_path)(1, 2)) == pytest.approx(2*np.cos(2) + 2)


@tf.custom_gradient
def _cube(p):
    return p**3, lambda upstream: 3*upstream*_square(p)


@tf.custom_gradient
def _square(p):
    return p*p, lambda upstream: 2*upstream*p


def test_restored_custom_gradients_are_kept_and_never_give_a_wrong_number(tmp_path):
    for order in range(4):
        f = TensorFunction(diff(u(x), x, order), functions={u: tf.nn.silu})
        assert float(_again(f, tmp_path)(0.5)) == pytest.approx(float(f(0.5)), rel=1e-12)
    assert float(_again(TensorFunction(diff(u(x), x), functions={u: _cube}), tmp_path)(2)) == 12
    nested = TensorFunction(diff(u(x), x, 2), functions={u: _cube})
    assert float(nested(2)) == 12
    with pytest.raises((TypeError, LookupError, ValueError)):
        _again(nested, tmp_path)(2)


def test_what_plain_tensorflow_cannot_compute_is_refused(tmp_path):
    by_numpy = {u: lambda p: tf.numpy_function(np.sin, [p], tf.float64)}
    for e, functions, named in (
            (u(x) + zeta(x), by_numpy, 'what is bound to u'), (psi(x, y) + binomial(x, y), {}, 'binomial, polygamma'),
            (v(x, y)*binomial(x, y), {v: tf.multiply}, 'binomial'), (hypergeometric([x], [y], x), {}, 'hypergeometric function 1F1'),
            (integrate(binomial(x, y), y, 2, 3, hold=True), {}, 'a part of the expression')):
        with pytest.raises(NotImplementedError, match=f'plain TensorFlow cannot compute {named}, for which'):
            save_tensor_function(TensorFunction(e, functions=functions), tmp_path / 'host')
    assert os.listdir(tmp_path) == []


def test_pickle_and_save_of_sage_take_functions_with_networks(tmp_path):
    network = keras.Sequential([keras.Input((1,)), keras.layers.Dense(3, 'tanh'), keras.layers.Dense(1)])
    f = TensorFunction(a*u(x), functions={u: network}, parameters={a: 3})
    save(f, str(tmp_path / 'f'))
    for g in (loads(dumps(f)), load(str(tmp_path / 'f'))):
        np.testing.assert_allclose(g([0.1, 0.2]).numpy(), f([0.1, 0.2]).numpy(), rtol=1e-6)
    assert os.path.isfile(tmp_path / 'f.sobj')


# -- what is not as it was written -------------------------------------------------------------------------------------


@pytest.fixture
def saved(tmp_path):
    """Return the directory of a saved function."""
    save_tensor_function(TensorFunction(a*sin(x), parameters={a: 2}), tmp_path / 'saved')
    return tmp_path / 'saved'


def _rewrite(saved, change):
    """Change the description of a saved function, with a right checksum."""
    from sage_tf.symbolic.saving import _checksum
    document = json.loads((saved / DOCUMENT).read_text())
    change(document)
    document['checksum'] = _checksum(document['function'])
    (saved / DOCUMENT).write_text(json.dumps(document))


@pytest.mark.parametrize('name', ['saved_model.pb', 'variables/variables.index', 'variables/variables.data-00000-of-00001', DOCUMENT])
def test_damaged_files_are_refused_in_one_sentence(saved, name):
    content = (saved / name).read_bytes()
    for damaged in (content[:-1], content[:len(content)//2], b'', content[:40] + bytes([content[40] ^ 1]) + content[41:]):
        (saved / name).write_bytes(damaged)
        with pytest.raises(ValueError, match='is damaged') as caught:
            load_tensor_function(saved)
        assert '\n' not in str(caught.value)
    os.remove(saved / name)
    with pytest.raises(ValueError, match='damaged'):
        load_tensor_function(saved)


def test_a_later_format_is_refused_in_one_sentence(saved):
    _rewrite(saved, lambda document: document.update(format=2, function={'unheard': 'of'}))
    with pytest.raises(ValueError, match='has format 2, and this version of sage_tf reads format 1'):
        load_tensor_function(saved)


HOSTILE = [
    lambda f: f['expression']['nodes'].__setitem__(0, ['symbol', [], '__import__("os").system("true")']),
    lambda f: f['expression']['nodes'].__setitem__(0, ['symbol', [], 7]),
    lambda f: f['expression']['nodes'].__setitem__(0, ['number', [], ['integer', 'factorial(10^9)']]),
    lambda f: f['expression']['nodes'].__setitem__(0, ['number', [], ['integer', '1' + '0'*400]]),
    lambda f: f['expression']['nodes'].__setitem__(0, ['number', [], ['real', 53, 'RNDN', '1p99999999999']]),
    lambda f: f['expression']['nodes'].__setitem__(0, ['number', [], ['real', 10**30, 'RNDN', '1p0']]),
    lambda f: f['expression']['nodes'].__setitem__(1, ['function', [0], ['sin', 10**30]]),
    lambda f: f['expression']['nodes'].__setitem__(1, ['function', [10**30], ['sin', 1]]),
    lambda f: f['expression']['nodes'].__setitem__(1, ['function', [0], ['eval', 1]]),
    lambda f: f['expression']['nodes'].__setitem__(1, ['function', [1], ['sin', 1]]),
    lambda f: f['expression']['nodes'].__setitem__(1, ['function', [-1], ['sin', 1]]),
    lambda f: f['expression']['nodes'].__setitem__(1, ['function', [True], ['sin', 1]]),
    lambda f: f['expression']['nodes'].__setitem__(1, ['derivative', [0], ['function', ['sin', 1], [5]]]),
    lambda f: f['expression']['nodes'].__setitem__(1, ['derivative', [0], ['unknown', ['u'], [0]]]),
    lambda f: f['expression']['nodes'].__setitem__(1, ['constant', [], '__class__']),
    lambda f: f['expression']['nodes'].__setitem__(1, ['relation', [0, 0], 'system']),
    lambda f: f['expression']['nodes'].__setitem__(1, ['piece', [0], [[True]]]),
    lambda f: f['expression']['nodes'].__setitem__(1, {'kind': 'symbol'}),
    lambda f: f['expression'].update(entries=[99]),
    lambda f: f['expression'].update(entries=[]),
    lambda f: f['expression'].update(shape=[2]),
    lambda f: f['expression'].update(shape=[10**30]),
    lambda f: f['expression'].update(nodes=None),
    lambda f: f.update(expression=[]),
    lambda f: f.update(variables=['x y']),
    lambda f: f.update(variables=5),
    lambda f: f.update(parameters=['../../x']),
    lambda f: f.update(parameters=['b']),
    lambda f: f.update(dtype='object'),
    lambda f: f.update(dtype=['float64']),
    lambda f: f.update(jit='yes'),
    lambda f: f.update(functions=[{'symbols': [['u', 0, None]], 'is_tuple': False, 'arguments': [1], 'outputs': None}]),
    lambda f: f.update(files={'../../../etc/passwd': ''}),
    lambda f: f.pop('variables'),
    lambda f: f.clear(),
]


@pytest.mark.parametrize('change', HOSTILE)
def test_hostile_content_is_refused_in_one_sentence(saved, change):
    _rewrite(saved, lambda document: change(document['function']))
    with pytest.raises(ValueError, match='is damaged') as caught:
        load_tensor_function(saved)
    assert '\n' not in str(caught.value)


_VALUES = [None, True, -1, 0, 1, 2, 53, 10**30, 1.5, float('nan'), '', 'x', 'sin', 'integer', '1'*300, '__import__("os").abort()', 'add', 'pow', '+',
           '<', 'pi', '1e10', '-1p999999999999', 'RNDN', 'float32', 'unknown', 'derivative', [], [0], [0, 1], ['x', 1], {}, ['integer', '10']]


def _places(data, place=()):
    """Return the keys and indices that lead to every part of nested dictionaries and lists."""
    yield place
    for key in data if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ():
        yield from _places(data[key], (*place, key))


def _changed(data, generator):
    """Change, remove or copy one part of nested dictionaries and lists."""
    *place, key = generator.choice([place for place in _places(data) if place and place[0] != 'files'])
    for step in place:
        data = data[step]
    action = generator.choice(['set', 'set', 'set', 'remove', 'copy', 'edit'])
    if action == 'remove':
        data.pop(key)
    elif action == 'copy' and isinstance(data, list):
        data.insert(key, data[key])
    elif action == 'edit' and isinstance(data[key], str) and data[key]:
        at = generator.randrange(len(data[key]))
        data[key] = data[key][:at] + generator.choice('0123456789p-+xe./(') + data[key][at + 1:]
    elif action == 'edit' and type(data[key]) is int:
        data[key] += generator.choice([-1, 1, 5])
    else:
        data[key] = generator.choice(_VALUES)


@pytest.mark.parametrize('seed', range(4))
def test_documents_changed_at_random_are_read_or_refused_in_one_sentence(tmp_path, seed):
    pieces = piecewise([((0, 1), x), ([1, 2], y)]) + cases([(x > 0, x), (True, SR(0.5))]) + RealField(70)(pi)*x
    save_tensor_function(TensorFunction(a*sin(x)**2 + pieces + QQ((1, 3))*x + pi, (x, y), parameters={a: 2}), tmp_path / 'saved')
    original = (tmp_path / 'saved' / DOCUMENT).read_text()
    generator, refused = random.Random(seed), 0
    for _ in range(100):
        (tmp_path / 'saved' / DOCUMENT).write_text(original)
        _rewrite(tmp_path / 'saved', lambda document: [_changed(document['function'], generator) for _ in range(generator.choice([1, 1, 3]))])
        start = time.process_time()
        try:
            load_tensor_function(tmp_path / 'saved')
        except ValueError as error:
            assert 'is damaged' in str(error) and '\n' not in str(error)
            refused += 1
        assert time.process_time() - start < 10
    assert refused > 50


@pytest.mark.parametrize('text', ['', 'null', '[]', '{"format": "1"}', '[' * 10**5, '{"format": true, "function": {}, "checksum": ""}', '\xff'])
def test_documents_of_other_kinds_are_refused(saved, text):
    (saved / DOCUMENT).write_bytes(text.encode('latin-1'))
    with pytest.raises(ValueError, match='is damaged'):
        load_tensor_function(saved)


def test_saving_replaces_a_saved_function_and_nothing_else(saved):
    save_tensor_function(TensorFunction(cos(x)), saved)
    assert str(load_tensor_function(saved).expression()) == 'cos(x)'
    assert os.listdir(saved.parent) == ['saved']
    os.makedirs(saved.parent / 'other')
    (saved.parent / 'file').write_text('mine')
    for name in ('other', 'file'):
        with pytest.raises(FileExistsError, match='exists and is not a saved TensorFunction'):
            save_tensor_function(TensorFunction(x), saved.parent / name)
    with pytest.raises(ValueError, match='not a saved TensorFunction'):
        load_tensor_function(saved.parent / 'other')
    assert (saved.parent / 'file').read_text() == 'mine'


def test_a_failure_leaves_the_earlier_function(saved, monkeypatch):
    monkeypatch.setattr(tf.saved_model, 'save', lambda *args, **named: (_ for _ in ()).throw(OSError('disk full')))
    with pytest.raises(OSError, match='disk full'):
        save_tensor_function(TensorFunction(cos(x)), saved)
    assert str(load_tensor_function(saved).expression()) == 'a*sin(x)'
    assert os.listdir(saved.parent) == ['saved']
