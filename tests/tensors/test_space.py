"""Spaces of tensors as Sage parents."""
import operator
from itertools import product

import pytest
from sage.all import CC, CDF, GF, QQ, RDF, SR, ZZ, MatrixSpace, RealField, Zmod, dumps, loads, matrix, pi, set_random_seed, vector
from sage.categories.algebras import Algebras
from sage.misc import sage_unittest
from sage.structure.element import get_coercion_model

from sage_tf.rings import TABLE
from sage_tf.tensors.element import Tensor
from sage_tf.tensors.space import TensorSpace

coercion = get_coercion_model()


@pytest.mark.parametrize('dtype', list(TABLE))
@pytest.mark.parametrize('shape', [(), (3,), (2, 2), (2, 1, 2), (1, 2, 1, 2)])
def test_the_test_suite_of_every_space_is_clean(dtype, shape):
    sage_unittest.TestSuite(TensorSpace(dtype, shape)).run(raise_on_failure=True)


@pytest.mark.parametrize('dtype', list(TABLE))
def test_spaces_without_entries_are_parents_too(dtype):
    space = TensorSpace(dtype, (2, 0))
    sage_unittest.TestSuite(space).run(raise_on_failure=True)
    assert space.cardinality() == 1 and space.zero() == space.one()


@pytest.mark.parametrize('dtype', list(TABLE))
def test_a_space_is_unique_and_a_commutative_algebra_over_its_ring(dtype):
    space = TensorSpace(dtype, (2, 3))
    assert space is TensorSpace(dtype, [ZZ(2), ZZ(3)]) and loads(dumps(space)) is space
    assert space in Algebras(TABLE[dtype]).Commutative()
    assert space.base_ring() is TABLE[dtype]


@pytest.mark.parametrize('dtype', list(TABLE))
@pytest.mark.parametrize('shape', [(), (3,), (2, 2), (2, 1, 2)])
def test_elements_survive_pickling(dtype, shape):
    for element in TensorSpace(dtype, shape).some_elements():
        again = loads(dumps(element))
        assert again == element and again.parent() is element.parent() and again.is_mutable() == element.is_mutable()


def test_the_less_precise_ring_wins():
    for first, second, expected in [('float32', RDF, 'float32'), ('float64', RealField(24), 'float32'), ('float16', QQ, 'float16'),
                                    ('float32', CDF, 'complex64'), ('float32', CC, 'complex64'), ('int8', ZZ, 'int8'),
                                    ('int8', QQ, 'float64'), ('int64', RealField(11), 'float16'), ('uint8', ZZ, 'uint8'),
                                    ('bool', ZZ, 'bool'), ('complex64', QQ, 'complex64')]:
        assert coercion.common_parent(TensorSpace(first, 2), second) is TensorSpace(expected, 2), (first, second)


def test_constants_of_the_symbolic_ring_take_the_precision_of_the_tensor():
    for dtype, expected in [('int16', 'float64'), ('float64', 'float64'), ('float32', 'float32'), ('complex64', 'complex64')]:
        t = Tensor([1, 2], base=dtype)
        assert (t + pi).dtype().name == (pi + t).dtype().name == (pi * t).dtype().name == expected
    with pytest.raises(TypeError):
        Tensor([1]) + SR.var('x')


def test_shapes_broadcast_as_in_numpy():
    for first, second, expected in [((2, 1), (3,), (2, 3)), ((), (4,), (4,)), ((5, 1, 2), (3, 1), (5, 3, 2))]:
        assert coercion.common_parent(TensorSpace(RDF, first), TensorSpace(RDF, second)).shape() == expected


@pytest.mark.parametrize('other', [vector(QQ, [1, 2, 3]), matrix(QQ, 3, 3), Tensor([1, 2, 3]), matrix(ZZ, 3, 3, sparse=True)])
def test_shapes_that_do_not_broadcast_raise(other):
    for operate in (operator.add, operator.sub):
        with pytest.raises((TypeError, ValueError)):
            operate(Tensor([1, 2]), other)
        with pytest.raises((TypeError, ValueError)):
            operate(other, Tensor([1, 2]))


def test_rings_that_do_not_meet_raise():
    with pytest.raises(TypeError):
        Tensor([1, 2], base=GF(2)) + QQ((1, 2))
    with pytest.raises(TypeError):
        Tensor([1, 2], base='uint8') + Zmod(7)(1)


def test_there_is_no_coercion_where_information_could_be_lost():
    assert not TensorSpace('int8', 2).has_coerce_map_from(QQ)
    assert not TensorSpace('int8', 2).has_coerce_map_from(TensorSpace('int16', 2))
    assert not TensorSpace('float64', 2).has_coerce_map_from(TensorSpace('float32', 2))
    assert not TensorSpace('float64', 2).has_coerce_map_from(CDF)
    assert not TensorSpace('float64', 2).has_coerce_map_from(TensorSpace('float64', (2, 2)))
    assert TensorSpace('int8', 2)(QQ(3)) == 3


def test_the_coercion_diagrams_of_precision_commute():
    third = QQ((1, 3))
    assert TensorSpace('float32', 2)(TensorSpace('float64', 2)(third)) == TensorSpace('float32', 2)(RDF(third))


def test_coercion_tells_a_sensible_story(capsys):
    coercion.explain(TensorSpace('float32', 2), QQ**2, operator.add)
    told = capsys.readouterr().out
    assert 'Coercion on right operand' in told and 'over float32' in told
    coercion.explain(MatrixSpace(ZZ, 2), TensorSpace('float32', 2), operator.mul)
    assert 'Action discovered' in capsys.readouterr().out


def test_random_elements_follow_sages_seed():
    for dtype in TABLE:
        space = TensorSpace(dtype, (20, 2))
        set_random_seed(7)
        first = space.random_element()
        set_random_seed(7)
        assert first == space.random_element()
        assert first != space.random_element() or dtype == 'bool'


def test_a_finite_space_lists_its_elements():
    space = TensorSpace('bool', (2, 2))
    elements = list(space)
    assert len(elements) == space.cardinality() == 16
    assert {tuple(e.numpy().ravel().tolist()) for e in elements} == set(product([False, True], repeat=4))


def test_latex_names_ring_and_shape():
    assert TensorSpace(RDF, (2, 3))._latex_() == r'\Bold{R}^{2 \times 3}_{\mathtt{float64}}'
