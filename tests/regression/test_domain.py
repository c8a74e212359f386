"""
Domains proved by interval arithmetic, against dense sampling in NumPy and against what is known.
"""
import numpy as np
import pytest
from sage.all import (
    QQ,
    RIF,
    Infinity,
    arccos,
    arccosh,
    arcsin,
    arctanh,
    cos,
    exp,
    floor,
    function,
    gamma,
    log,
    pi,
    sin,
    sqrt,
    tan,
    var,
)

from sage_tf.regression.domain import check_domain, demands
from sage_tf.regression.ranges import compiled

x, y, t = var('x, y, t')
ONE = {x: (1, 2)}
PROVED = [
    (1 / x, ONE), (log(x) / sqrt(x), ONE), (arcsin(x / 2), ONE), (sqrt(x - 1), ONE), (x**QQ((1, 3)), {x: (0, 1)}), (tan(x), {x: (0, 1.5)}),
    (1 / (exp(-x) + 1), {x: (-Infinity, Infinity)}), (sqrt(x**2 + y**2 - 2 * x * y * cos(t)), {x: (1, 5), y: (1, 5), t: (1, 5)}),
    (1 / (x**2 - 2 * x + 2), {x: (0, 3)}), (sqrt(x**2 - 2 * x + 1), {x: (0, 3)}), (1 / sqrt(1 - x**2 / y**2), {x: (1, 2), y: (3, 10)}),
    (x**y, {x: (1, 2), y: (-3, 3)}), (2**x, {x: (-5, 5)}), (arccos(sin(x)), {x: (-9, 9)}), (x**2.0, {x: (-1, 1)}), (log(x**2 + 1), {x: (-9, 9)}),
    (sqrt(x**2 + y**2 - 2 * x * y * sin(t - 1)), {x: (1, 5), y: (1, 5), t: (0, 9)}),
    (sqrt(x**2 - x * y + y**2), {x: (-3, 3), y: (-3, 3)}), (1 / (x**2 + x * y + y**2 - y + 1), {x: (-Infinity, Infinity), y: (-9, 9)}),
    (arctanh(x), {x: (-0.5, 0.5)}), (arccosh(x), ONE), (sin(pi) / x, ONE), (floor(x) + abs(x), {x: (-3, 3)}),
]
REFUTED = [
    (1 / x, {x: (-1, 2)}), (1 / x, {x: (0, 1)}), (1 / (x - QQ((1, 3))), {x: (0, 1)}), (log(x - 1), ONE), (log(x - QQ((3, 2))), ONE),
    (sqrt(x - y), {x: (0, 1), y: (0, 1)}),
    (arcsin(x), {x: (0, 2)}), (tan(x), {x: (1, 2)}), (1 / sin(x), {x: (3, 4)}), (x**0.5, {x: (-1, 1)}), (x**y, {x: (-1, 1), y: (0, 1)}),
    (1 / (x * y - 1), {x: (0, 3), y: (0, 3)}), (sqrt(log(x)), {x: (QQ((1, 2)), 2)}), (arccosh(x), {x: (0, 2)}), (arctanh(x), {x: (0, 1)}),
    (1 / (exp(x) - 1), {x: (-Infinity, Infinity)}),
]
UNDECIDED = [(gamma(x), ONE), (function('u')(x), ONE), (1 / abs(x - QQ((1, 3))), {x: (0, 1)})]


@pytest.mark.parametrize('expression, box', PROVED, ids=str)
def test_expressions_without_singularities_are_proved(expression, box):
    assert check_domain(expression, box) == ('proved', [])


@pytest.mark.parametrize('expression, box', REFUTED, ids=str)
def test_singularities_and_imaginary_values_are_found(expression, box):
    report = check_domain(expression, box)
    assert report.status == 'refuted'
    assert all(box[v][0] <= low <= high <= box[v][1] for finding in report.findings for v, (low, high) in finding.box.items())


@pytest.mark.parametrize('expression, box', UNDECIDED, ids=str)
def test_what_is_not_known_is_not_claimed(expression, box):
    assert check_domain(expression, box, boxes=200).status == 'undecided'


def test_a_refuted_part_has_no_real_values():
    for expression, box in [(log(x - QQ((3, 2))), ONE), (sqrt(x - y), {x: (0, 1), y: (0, 1)}), (arcsin(x * y), {x: (0, 3), y: (0, 3)})]:
        finding = next(f for f in check_domain(expression, box).findings if f.status == 'refuted')
        values = np.array([[float(low + (high - low) * share) for share in (0.01, 0.5, 0.99)] for low, high in finding.box.values()])
        for point in np.stack(np.meshgrid(*values), -1).reshape(-1, len(values)):
            assert expression.subs(dict(zip(finding.box, map(QQ, point), strict=True))).n().imag() != 0


def test_proofs_agree_with_dense_sampling():
    rng = np.random.default_rng(5)
    terms = [x - 1, x * y - 2, x**2 + y**2 - 3, sin(x) + QQ((9, 10)), cos(x * y), x**2 - 3 * x + QQ((9, 4)), exp(x - y) - 1, x / (y + 2)]
    functions = {log: np.log, sqrt: np.sqrt, arcsin: np.arcsin}
    found = set()
    for _ in range(60):
        a, b = rng.integers(len(terms), size=2)
        head = list(functions)[rng.integers(3)]
        shift = QQ(int(rng.integers(-1, 4)))
        inner = terms[a] * terms[b] + shift
        low = rng.uniform(-1, 2, 2)
        box = {v: (float(c), float(c + rng.uniform(0.1, 1.5))) for v, c in zip((x, y), low, strict=True)}
        points = rng.uniform(*np.array(list(box.values())).T, size=(3000, 2)).T
        with np.errstate(all='ignore'):
            values = functions[head](np.array([float(inner.subs({x: QQ(p), y: QQ(q)})) for p, q in points.T[:100]]))
        status = check_domain(head(inner), box, boxes=500).status
        found.add(status)
        assert status != 'proved' or np.isfinite(values).all()
    assert {'proved', 'refuted'} <= found


def test_enclosures_hold_all_values():
    rng = np.random.default_rng(6)
    expressions = [x**3 - x, sin(x) / x, exp(-x**2), x**QQ((2, 3)), (x + 2)**-2, log(x) * x, abs(x) * cos(x), x**x, arcsin(x / 4), tan(x), sqrt(x)]
    for expression in expressions:
        enclosed = compiled(expression)
        for _ in range(20):
            low = float(rng.uniform(0.01, 2))
            high = low + float(rng.uniform(0, 2))
            interval = enclosed({x: RIF(low, high)})
            for point in rng.uniform(low, high, 10):
                assert expression.subs({x: QQ(point)}).n(80) in interval.parent().to_prec(80)(interval)


def test_demands_are_read_off():
    assert set(map(str, demands(log(x) / (x + y)))) == {'x > 0', 'x + y != 0'}
    assert demands(sin(x) * exp(y) + x**3) == []


@pytest.mark.parametrize('box', [{}, {x: (2, 1)}, {x: (float('nan'), 1)}])
def test_wrong_boxes_are_refused(box):
    with pytest.raises(ValueError, match='interval'):
        check_domain(log(x), box)
