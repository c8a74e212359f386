"""The table of rings and dtypes, both ways."""

import pytest
import tensorflow as tf
from sage.all import (
    AA,
    CBF,
    CC,
    CDF,
    CIF,
    CLF,
    GF,
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
    NumberField,
    Qp,
    QQbar,
    QuadraticField,
    RealField,
    RealIntervalField,
    SymmetricGroup,
    UniversalCyclotomicField,
    Zmod,
    polygen,
)
from sage.rings.infinity import InfinityRing
from sage.structure.coerce_exceptions import CoercionException

from sage_tf.rings import DTYPES, TABLE, coerces, common_dtype, dtype_of, ring_of, widest

X = polygen(QQ, "x")


@pytest.mark.parametrize("name", TABLE)
def test_every_dtype_has_the_ring_that_its_arithmetic_makes(name):
    ring, dtype = ring_of(name), tf.as_dtype(name)
    if dtype.is_floating or dtype.is_complex:
        bits = {"float64": 53, "float32": 24, "float16": 11, "bfloat16": 8, "complex128": 53, "complex64": 24}[name]
        assert ring.precision() == bits
    elif name.startswith("uint"):
        assert ring.order() == 2 ** (8 * dtype.size)
    else:
        assert ring is (GF(2) if name == "bool" else ZZ)


@pytest.mark.parametrize("name", [name for name in TABLE if not name.startswith("int")])
def test_the_table_reads_the_same_both_ways(name):
    assert dtype_of(ring_of(name)).name == name


def test_integers_take_the_widest_dtype():
    assert dtype_of(ZZ) == tf.int64


@pytest.mark.parametrize(
    "ring, name",
    [
        (QQ, "float64"),
        (RR, "float64"),
        (RealField(200), "float64"),
        (RealField(54), "float64"),
        (RealField(24, rnd="RNDU"), "float32"),
        (RealField(11), "float16"),
        (RealField(8), "bfloat16"),
        (RIF, "float64"),
        (RealIntervalField(24), "float32"),
        (RBF, "float64"),
        (AA, "float64"),
        (RLF, "float64"),
        (SR, "float64"),
        (QuadraticField(2), "float64"),
        (QuadraticField(2).ring_of_integers(), "float64"),
        (NumberField(X**3 - 2, "b", embedding=AA(2) ** QQ((1, 3))), "float64"),
        (CC, "complex128"),
        (ComplexField(24), "complex64"),
        (CIF, "complex128"),
        (CBF, "complex128"),
        (QQbar, "complex128"),
        (CLF, "complex128"),
        (QuadraticField(-1), "complex128"),
        (CyclotomicField(5), "complex128"),
        (UniversalCyclotomicField(), "complex128"),
        (Zmod(7), "int64"),
        (GF(7), "int64"),
        (Zmod(2**16), "uint16"),
        (GF(2), "bool"),
        (float, "float64"),
        (bool, "bool"),
    ],
    ids=str,
)
def test_rings_outside_the_table_find_a_dtype(ring, name):
    assert dtype_of(ring).name == name


@pytest.mark.parametrize(
    "ring",
    [
        NumberField(X**2 - 2, "a"),
        NumberField(X**2 + 1, "i"),
        Qp(5),
        QQ["x"],
        QQ["x, y"],
        GF(4, "a"),
        InfinityRing,
        SymmetricGroup(3),
        str,
        "float23",
        "string",
    ],
    ids=str,
)
def test_what_holds_no_particular_numbers_is_refused(ring):
    with pytest.raises(TypeError, match="dtype"):
        dtype_of(ring)


@pytest.mark.parametrize(
    "name, ring, expected",
    [
        ("float64", QQ, "float64"),
        ("float32", QQ, "float32"),
        ("float32", RR, "float32"),
        ("float32", RealField(200), "float32"),
        ("float64", RealField(24), "float32"),
        ("float32", CDF, "complex64"),
        ("float64", QQbar, "complex128"),
        ("int8", ZZ, "int8"),
        ("int8", QQ, "float64"),
        ("int64", RDF, "float64"),
        ("bool", ZZ, "bool"),
        ("uint8", ZZ, "uint8"),
        ("float32", SR, "float32"),
        ("complex64", SR, "complex64"),
    ],
)
def test_precision_follows_sage(name, ring, expected):
    assert common_dtype(DTYPES[name], ring).name == expected


def test_no_complex_dtype_is_as_imprecise_as_float16():
    with pytest.raises(CoercionException, match="no dtype"):
        common_dtype(DTYPES["float16"], CDF)


def test_coercion_only_where_sage_has_one():
    assert coerces(DTYPES["float32"], RDF)
    assert not coerces(DTYPES["float64"], RealField(24))
    assert not coerces(DTYPES["int64"], QQ)


def test_signed_dtypes_meet_in_the_wider_one():
    assert widest(DTYPES["int8"], DTYPES["int16"]).name == "int16"
    assert widest(DTYPES["float64"], DTYPES["bfloat16"]).name == "bfloat16"
