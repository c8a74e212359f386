"""Every number is rounded once, to nearest, ties to even; checked by exact fractions and by mpmath."""

import math
import random
from fractions import Fraction

import gmpy2
import ml_dtypes
import mpmath
import numpy as np
import pytest
from sage.all import (
    AA,
    CBF,
    CC,
    CDF,
    QQ,
    RBF,
    RDF,
    RIF,
    RLF,
    RR,
    SR,
    ZZ,
    ComplexField,
    CyclotomicField,
    I,
    Integer,
    NaN,
    NumberField,
    QQbar,
    QuadraticField,
    Rational,
    RealField,
    UniversalCyclotomicField,
    Zmod,
    catalan,
    cos,
    elliptic_kc,
    euler_gamma,
    exp,
    gamma,
    golden_ratio,
    jacobi_nc,
    log,
    oo,
    pi,
    polygen,
    sin,
    sqrt,
    unit_step,
    unsigned_infinity,
    vector,
    zeta,
)

from sage_tf.conversion.enclosures import is_real
from sage_tf.conversion.to_tf import to_tf

REALS = ["float64", "float32", "float16", "bfloat16"]
RANGES = {"float64": 1100, "float32": 160, "float16": 30, "bfloat16": 160}


# -- an oracle that shares nothing with the package: neighbours by bit pattern, distances by exact fractions -----------

TYPES = {"float64": np.float64, "float32": np.float32, "float16": np.float16, "bfloat16": ml_dtypes.bfloat16}
MANTISSA = {"float64": 52, "float32": 23, "float16": 10, "bfloat16": 7}
WORDS = {8: np.uint64, 4: np.uint32, 2: np.uint16}


def value(pattern, name):
    """The number of a bit pattern, infinities as the power of two after the largest number (where rounding puts them)."""
    kind = np.dtype(TYPES[name])
    number = float(np.array([pattern], WORDS[kind.itemsize]).view(kind)[0])
    if number in (float("inf"), float("-inf")):
        largest = value(pattern - 1, name)
        return largest + (largest - value(pattern - 2, name))
    return Fraction(number)


def pattern(number, name):
    kind = np.dtype(TYPES[name])
    return int(np.array([number], kind).view(WORDS[kind.itemsize])[0])


def is_nearest(number, exact, name):
    """Whether a value of a format is the one nearest to an exact fraction, ties to the even bit pattern."""
    if number < 0 or (number == 0 and exact < 0):
        number, exact = -number, -exact
    number = abs(number)
    if np.isinf(float(number)):
        return False
    bits = pattern(number, name)
    distance = abs(value(bits, name) - exact)
    for neighbour in (bits - 1, bits + 1):
        if neighbour < 0:
            continue
        other = abs(value(neighbour, name) - exact)
        if other < distance or (other == distance and bits % 2):
            return False
    return exact >= 0 or distance <= value(1, name) / 2


def overflows(exact, name):
    """Whether rounding an exact fraction leaves the finite numbers of a format."""
    top = pattern(float("inf"), name)
    return abs(exact) >= (value(top - 1, name) + value(top, name)) / 2


# -- numbers -----------------------------------------------------------------------------------------------------------


def fraction(x):
    x = QQ(x) if not hasattr(x, "exact_rational") else x.exact_rational()
    return Fraction(int(x.numerator()), int(x.denominator()))


def hard_fractions(name, count, seed):
    """Random rationals over the whole range of a format, half of them at or next to a tie."""
    generator, bits = random.Random(seed), {"float64": 53, "float32": 24, "float16": 11, "bfloat16": 8}[name]
    for k in range(count):
        scale = Fraction(2) ** generator.randint(-RANGES[name], RANGES[name])
        if k % 2:
            tie = Fraction(2 * generator.getrandbits(bits) + 1) + generator.choice([0, 0, 1, -1]) * Fraction(
                2
            ) ** -generator.randint(1, 200)
            yield generator.choice([1, -1]) * tie * scale
        else:
            yield Fraction(generator.getrandbits(generator.randint(1, 300)) - 1000, generator.getrandbits(200) + 1) * scale


@pytest.mark.parametrize("name", REALS)
def test_rationals_round_to_the_nearest_value(name):
    for q in hard_fractions(name, 1500, 1):
        x = Rational((q.numerator, q.denominator))
        if overflows(q, name):
            for given in (x, [x]):
                with pytest.raises(OverflowError, match=name):
                    to_tf(given, name)
            continue
        alone, listed = to_tf(x, name).numpy(), to_tf([x], name).numpy()[0]
        assert is_nearest(alone, q, name), (q, alone)
        assert alone.tobytes() == listed.tobytes()


@pytest.mark.parametrize("name", REALS)
@pytest.mark.parametrize("rounding", ["RNDN", "RNDZ", "RNDU", "RNDD", "RNDA"])
def test_reals_of_any_precision_and_rounding_mode_round_to_the_nearest_value(name, rounding):
    for precision in (24, 54, 200, 1000):
        field = RealField(precision, rnd=rounding)
        for q in hard_fractions(name, 60, precision):
            x = field(Rational((q.numerator, q.denominator)))
            if overflows(fraction(x), name):
                continue
            assert is_nearest(to_tf(x, name).numpy(), fraction(x), name)
            assert is_nearest(to_tf(vector([x]), name).numpy()[0], fraction(x), name)


@pytest.mark.parametrize("name", REALS)
def test_integers_round_to_the_nearest_value(name):
    generator = random.Random(3)
    for _ in range(400):
        n = generator.getrandbits(generator.randint(1, {"float64": 900, "float16": 15}.get(name, 127))) * generator.choice(
            [1, -1]
        )
        for given in (Integer(n), n, gmpy2.mpz(n)):
            assert is_nearest(to_tf(given, name).numpy(), Fraction(n), name)


@pytest.mark.parametrize("name, part", [("complex128", "float64"), ("complex64", "float32")])
def test_both_parts_of_complex_numbers_round_once(name, part):
    field = ComplexField(200)
    numbers = [q for q in hard_fractions(part, 200, 4) if not overflows(q, part)]
    for p, q in zip(numbers, reversed(numbers), strict=True):
        z = field(Rational((p.numerator, p.denominator)), Rational((q.numerator, q.denominator)))
        for found in (to_tf(z, name).numpy(), to_tf([z, 1], name).numpy()[0]):
            assert is_nearest(found.real, fraction(z.real()), part)
            assert is_nearest(found.imag, fraction(z.imag()), part)


def test_doubles_narrow_as_numpy_narrows_them():
    generator = np.random.default_rng(5)
    doubles = generator.normal(size=20000) * 2.0 ** generator.integers(-160, 120, size=20000)
    assert (to_tf(doubles, "float32").numpy() == doubles.astype(np.float32)).all()
    halves = generator.normal(size=20000) * 2.0 ** generator.integers(-30, 10, size=20000)
    assert (to_tf(halves, "float16").numpy() == halves.astype(np.float16)).all()


@pytest.mark.parametrize(
    "constant, value",
    [
        (pi, lambda: mpmath.pi),
        (exp(SR(1)), lambda: mpmath.e),
        (sqrt(SR(2)), lambda: mpmath.sqrt(2)),
        (log(SR(2)), lambda: mpmath.log(2)),
        (euler_gamma, lambda: mpmath.euler),
        (catalan, lambda: mpmath.catalan),
        (golden_ratio, lambda: mpmath.phi),
        (sin(SR(10) ** 22), lambda: mpmath.sin(mpmath.mpf(10) ** 22)),
        (zeta(SR(3)), lambda: mpmath.zeta(3)),
        (elliptic_kc(SR(1) / 2), lambda: mpmath.ellipk(mpmath.mpf(1) / 2)),
        (SR(1) / 3, lambda: mpmath.mpf(1) / 3),
        (exp(SR(800)) - exp(SR(800)) * (1 - exp(SR(-799))), lambda: mpmath.e),
        (cos(SR(1)) ** 40, lambda: mpmath.cos(1) ** 40),
        (AA(2).sqrt() + AA(3).sqrt(), lambda: mpmath.sqrt(2) + mpmath.sqrt(3)),
        (RLF(2).sqrt(), lambda: mpmath.sqrt(2)),
        (QuadraticField(5).gen() / 7, lambda: mpmath.sqrt(5) / 7),
    ],
    ids=str,
)
@pytest.mark.parametrize("name", REALS)
def test_constants_agree_with_mpmath(constant, value, name):
    with mpmath.workdps(1000):
        sign, mantissa, exponent, _ = mpmath.mpf(value())._mpf_
        exact = (-1) ** sign * Fraction(int(mantissa)) * Fraction(2) ** exponent
    assert is_nearest(to_tf(constant, name).numpy(), exact, name)


def test_algebraic_and_cyclotomic_numbers_agree_with_mpmath():
    with mpmath.workdps(60):
        root = complex(mpmath.expjpi(mpmath.mpf(2) / 5))
        for z in (QQbar.zeta(5), CyclotomicField(5).gen(), UniversalCyclotomicField().gen(5), exp(2 * I * pi / 5)):
            assert to_tf(z).numpy() == root


def test_an_exact_zero_in_disguise_is_positive_zero():
    found = to_tf(sqrt(SR(2)) * sqrt(SR(3)) - sqrt(SR(6))).numpy()
    assert found == 0 and math.copysign(1, found) == 1


def test_signed_zeros_survive():
    for zero in (-0.0, RR(-0.0), RDF(-0.0), np.float32(-0.0), -RealField(200)(0), QQ(-10) ** -401):
        assert math.copysign(1, to_tf(zero, "float64").numpy()) == -1
        assert math.copysign(1, to_tf([zero], "float32").numpy()[0]) == -1


@pytest.mark.parametrize("name", [*REALS, "complex128", "complex64"])
def test_infinities_and_nan_survive(name):
    for infinity in (oo, RR("inf"), RDF("inf"), SR(oo), float("inf")):
        assert to_tf(infinity, name).numpy().real == np.inf
        assert to_tf([-infinity, 1], name).numpy()[0].real == -np.inf
    for nan in (NaN, RR("NaN"), RDF("NaN"), float("nan")):
        assert np.isnan(to_tf(nan, name).numpy())
        assert np.isnan(to_tf(vector([nan]), name).numpy()[0])


@pytest.mark.parametrize("name", ["complex128", "complex64"])
def test_the_parts_of_complex_numbers_do_not_mix(name):
    for parts in ((-0.0, 1), (1, -0.0), (-0.0, -0.0), (1, math.inf), (-math.inf, 2), (math.inf, math.inf), (math.nan, 1)):
        for z in (complex(*parts), CDF(*parts), CC(*parts), ComplexField(100)(*parts), np.complex128(complex(*parts))):
            for found in (to_tf(z, name).numpy(), to_tf([z, 1], name).numpy()[0], to_tf(np.array([complex(z)]), name).numpy()[0]):
                assert repr((float(found.real), float(found.imag))) == repr(tuple(map(float, parts)))


@pytest.mark.parametrize("given", [unsigned_infinity, SR(unsigned_infinity)], ids=str)
def test_an_infinity_without_sign_is_refused(given):
    with pytest.raises(ValueError, match="no sign"):
        to_tf(given, "float64")


@pytest.mark.parametrize(
    "number", [10**400, QQ(10) ** 400, RealField(100)(10) ** 400, exp(SR(1000)), -(10**400)], ids=["int", "QQ", "RR", "SR", "-"]
)
@pytest.mark.parametrize("name", ["float64", "float32", "float16", "bfloat16", "complex128", "complex64"])
def test_finite_numbers_beyond_the_range_overflow(number, name):
    for given in (number, [number], [[1, number]]):
        with pytest.raises(OverflowError, match="does not fit in"):
            to_tf(given, name)


def test_the_largest_finite_number_is_the_limit():
    top = QQ(np.finfo(np.float32).max.item())
    half = QQ(2) ** 103
    assert to_tf(top + half - 1, "float32").numpy() == np.finfo(np.float32).max
    with pytest.raises(OverflowError):
        to_tf(top + half, "float32")
    with pytest.raises(OverflowError):
        to_tf([top + half], "float32")


def test_a_quotient_of_huge_integers_is_no_overflow():
    assert to_tf(QQ(10) ** 400 / QQ(10) ** 399).numpy() == 10.0
    assert to_tf([-(QQ(10) ** 400) / QQ(10) ** 399]).numpy()[0] == -10.0


@pytest.mark.parametrize("interval", [RIF(1, 2), RBF(1), CBF(1), SR(RIF(1, 2))], ids=str)
def test_intervals_are_no_numbers_unless_the_midpoint_is_asked_for(interval):
    with pytest.raises(TypeError, match="midpoint=True"):
        to_tf(interval)


def test_midpoints():
    assert to_tf(RIF(1, 2), midpoint=True).numpy() == 1.5
    assert to_tf(vector(RIF, [1, (2, 3)]), midpoint=True).numpy().tolist() == [1, 2.5]
    assert to_tf([RIF(1, 2), 3], "float32", midpoint=True).numpy().tolist() == [1.5, 3]
    assert to_tf(CBF(1, 2), midpoint=True).numpy() == 1 + 2j


def test_a_number_field_without_embedding_is_refused():
    generator = NumberField(polygen(QQ, "x") ** 2 - 2, "a").gen()
    with pytest.raises(TypeError, match="embedding"):
        to_tf(generator)
    with pytest.raises(TypeError, match="embedding"):
        to_tf(generator, "float64")
    assert to_tf(generator**2, "float64").numpy() == 2


@pytest.mark.parametrize(
    "number, real",
    [
        (SR(-2).sqrt(), False),
        ((1 + I) * (1 - I), True),
        (exp(I * pi / 5) + exp(-I * pi / 5), True),
        (jacobi_nc(QQ((1, 3)), pi), True),                      # by Sage with an imaginary part that is rounding error
        (CC(1), True),
        (CDF(1, 1), False),
        (QQbar(-1).sqrt() ** 2, True),
        (oo, True),
        (1j, False),
    ],
    ids=str,
)
def test_reality_is_decided_by_the_value(number, real):
    assert is_real(number) == real


@pytest.mark.parametrize("number", [CC(1, 1), CDF(0, 1), I, 1j, QQbar(-2).sqrt(), sqrt(SR(-2)), np.complex64(1j)], ids=str)
@pytest.mark.parametrize("name", ["float64", "bfloat16", "int64"])
def test_a_complex_value_is_refused_by_a_real_dtype(number, name):
    for given in (number, [number, 1]):
        with pytest.raises(TypeError, match="is not real|is no integer"):
            to_tf(given, name)


@pytest.mark.parametrize("bits", [8, 16, 32, 64])
def test_integers_are_checked_and_residues_wrap(bits):
    generator = random.Random(bits)
    for _ in range(300):
        n = generator.getrandbits(generator.randint(1, 80)) * generator.choice([1, -1])
        for given in (Integer(n), [n], vector([Integer(n)])):
            assert int(to_tf(given, f"uint{bits}").numpy().reshape(-1)[0]) == n % 2**bits
            assert bool(to_tf(given, "bool").numpy().reshape(-1)[0]) == n % 2
            if -(2 ** (bits - 1)) <= n < 2 ** (bits - 1):
                assert int(to_tf(given, f"int{bits}").numpy().reshape(-1)[0]) == n
            else:
                with pytest.raises(OverflowError, match=f"does not fit in int{bits}"):
                    to_tf(given, f"int{bits}")


@pytest.mark.parametrize("number", [QQ((1, 2)), 0.5, RR(0.5), SR(1) / 2, pi, AA(2).sqrt()], ids=str)
def test_a_fraction_is_refused_by_an_integer_dtype(number):
    for name in ("int64", "uint8", "bool"):
        with pytest.raises(TypeError, match="is no integer"):
            to_tf(number, name)
        with pytest.raises(TypeError, match="is no integer"):
            to_tf([1, number], name)


@pytest.mark.parametrize("number", [float("nan"), RR("NaN"), NaN, oo, RDF("-inf")], ids=str)
def test_nan_and_infinity_have_no_integer(number):
    for given in (number, [number], np.array([float(number)])):
        with pytest.raises(ValueError, match="not finite"):
            to_tf(given, ZZ)


def test_residues_take_their_least_representative():
    assert to_tf(Zmod(7)(-1)).numpy() == 6
    assert to_tf(vector(Zmod(7), [8, 9])).numpy().tolist() == [1, 2]
    assert to_tf(Zmod(7)(5), "float32").numpy() == 5
    with pytest.raises(OverflowError):
        to_tf(Zmod(2**70)(-1))


HIDDEN_ZEROS = [sin(SR(1)) ** 2 + cos(SR(1)) ** 2 - 1, log(SR(6)) - log(SR(3)) - log(SR(2)), sqrt(SR(2)) * sqrt(SR(3)) - sqrt(SR(6))]


@pytest.mark.parametrize("zero", HIDDEN_ZEROS, ids=str)
def test_no_value_is_invented_where_a_hidden_zero_decides(zero):
    for constant in (1 / zero, log(zero), SR(1) + exp(1 / zero), zero**pi, gamma(zero), unit_step(zero)):
        with pytest.raises(ValueError, match="zero"):
            to_tf(constant)
    assert float(to_tf(zero)) == 0 and float(to_tf(exp(zero) + 1)) == 2
