"""
Functions defined in a Sage session are traced by AutoGraph: control flow works, and nothing is written to stderr
"""
import __future__

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tensorflow.python.autograph.core import config
from tensorflow.python.autograph.pyct import inspect_utils

from sage_tf.session import autograph

SAGE = Path(sys.executable).with_name('sage')
ENVIRONMENT = {**os.environ, 'TF_CPP_MIN_LOG_LEVEL': '3', 'TF_ENABLE_ONEDNN_OPTS': '0'}

PROGRAM = '''
from sage_tf.all import tf, keras
@tf.function
def branch(x):
    if tf.reduce_sum(x) > 0:
        y = 2*x + x^2*0.5
    else:
        y = -x
    for i in tf.range(3):
        y = y + 1
    return y

print('branch', branch(tf.constant([1.0, 2.0])).numpy().tolist(), branch(tf.constant([-1.0, -2.0])).numpy().tolist())
square = tf.function(lambda x: x^2 + 1/2)
print('lambda', float(square(tf.constant(2.0))))
def outer(k):
    def inner(x):
        while tf.reduce_max(x) < 10:
            x = k*x
        return x
    return tf.function(inner)

print('closure', outer(3)(tf.constant([1.0, 2.0])).numpy().tolist())
def helper(x):
    if x > 1:
        return x^3
    else:
        return x

print('nested', float(tf.function(lambda x: helper(x) + 1)(tf.constant(2.0))))
class Gate(tf.Module):
    @tf.function
    def __call__(self, x):
        for k in [1..3]:
            x = x + k
        if x[0] > 5:
            return x[0:1]
        return x[1:2]

print('method', Gate()(tf.constant([1.0, 2.0])).numpy().tolist())
class Shift(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.w = self.add_weight(shape=(1, 2), initializer='ones')
    @tf.function
    def call(self, x):
        if tf.reduce_sum(x) > 0:
            return 2*x + self.w
        return x - self.w

model = keras.Sequential([keras.Input((2,)), Shift(), keras.layers.Dense(1)])
model.compile('sgd', 'mse')
_ = model.fit(matrix(RDF, 4, 2, range(8)), vector(RDF, range(4)), epochs=2, batch_size=2, verbose=0)
print('layer', Shift()(tf.constant([[1.0, 2.0]])).numpy().tolist())
print('dataset', [int(n) for n in tf.data.Dataset.range(4).map(lambda n: n^2 if n > 1 else n)])
'''
EXPECTED = {
    'branch': '[5.5, 9.0] [4.0, 5.0]', 'lambda': '4.5', 'closure': '[9.0, 18.0]', 'nested': '9.0', 'method': '[7.0]',
    'layer': '[[3.0, 5.0]]', 'dataset': '[0, 1, 4, 9]',
}


def from_file(tmp_path):
    path = tmp_path / 'program.sage'
    path.write_text(PROGRAM)
    return [SAGE, path], None


def from_loaded_file(tmp_path):
    (tmp_path / 'program.sage').write_text(PROGRAM)
    path = tmp_path / 'main.sage'
    path.write_text("import sage_tf\nload('program.sage')\n")
    return [SAGE, path], None


def from_command(tmp_path):
    return [SAGE, '-c', PROGRAM], None


def from_repl(tmp_path):
    return [SAGE], PROGRAM


@pytest.mark.parametrize('entry', [from_file, from_loaded_file, from_command, from_repl])
def test_traced_functions_keep_their_control_flow_and_write_nothing_to_stderr(entry, tmp_path):
    command, text = entry(tmp_path)
    run = subprocess.run(command, input=text, capture_output=True, text=True, env=ENVIRONMENT, cwd=tmp_path, timeout=120)
    for name, value in EXPECTED.items():
        assert f'{name} {value}' in run.stdout, (name, run.stdout[-2000:], run.stderr[-2000:])
    assert run.stderr == ''


def test_no_attribute_of_a_global_is_read():
    class Lazy:
        def __getattribute__(self, name):
            raise AssertionError(f'{name} was read')
    scope = {'lazy': Lazy(), 'division': __future__.division}
    exec('def f(x): return x', scope)
    assert inspect_utils.getfutureimports(scope['f']) == ('division',)


def test_uninstall_gives_autograph_back():
    autograph.install()
    autograph.uninstall()
    try:
        assert inspect_utils.getfutureimports.__module__ == inspect_utils.__name__
        assert not any('sage' in str(rule) for rule in config.CONVERSION_RULES)
    finally:
        autograph.install()
    assert inspect_utils.getfutureimports is autograph.future_imports
