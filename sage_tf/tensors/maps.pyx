r"""
Coercion maps into tensor spaces

EXAMPLES::

    sage: from sage_tf.tensors.space import TensorSpace
    sage: S = TensorSpace('float32', (2, 3))
    sage: S.coerce_map_from(QQ)
    Coercion morphism:
      From: Rational Field
      To:   Space of tensors of shape (2, 3) over float32
    sage: S.coerce_map_from(ZZ^3)(vector([1, 2, 3]))
    [1.00000 2.00000 3.00000]
    [1.00000 2.00000 3.00000]
"""
from sage.categories.homset import Hom
from sage.categories.morphism import Morphism
from sage.categories.sets_cat import Sets

from sage_tf.conversion.to_tf import recast, to_tf
from sage_tf.tensors.shapes import broadcast


class IntoTensors(Morphism):
    r"""
    A coercion map into a tensor space: entries are rounded to the dtype, and the shape is broadcast.

    INPUT:

    - ``domain`` -- a ring of numbers, a free module, a matrix space or a tensor space

    - ``codomain`` -- a tensor space

    EXAMPLES::

        sage: from sage_tf.tensors.space import TensorSpace
        sage: from sage_tf.tensors.maps import IntoTensors
        sage: f = IntoTensors(ZZ, TensorSpace('int8', 2))
        sage: f(5)
        (5, 5)
        sage: f(500)
        Traceback (most recent call last):
        ...
        OverflowError: 500 does not fit in int8; use a wider dtype or a float one
        sage: loads(dumps(f))(5) == f(5)
        True
    """

    def __init__(self, domain, codomain):
        """
        TESTS::

            sage: from sage_tf.tensors.space import TensorSpace
            sage: from sage_tf.tensors.maps import IntoTensors
            sage: IntoTensors(ZZ, TensorSpace('int8', 2)).category_for()
            Category of sets
        """
        # Matrices multiply otherwise than tensors do, so in general this is a map of sets.
        Morphism.__init__(self, Hom(domain, codomain, Sets()))

    def _call_(self, x):
        """
        Return the image of an element of the domain.

        EXAMPLES::

            sage: from sage_tf.tensors.space import TensorSpace
            sage: S = TensorSpace('complex64', (2, 2))
            sage: S.coerce_map_from(MatrixSpace(QQ, 2))(matrix(QQ, 2, [1, 2, 3, 4]))
            [1.00000 2.00000]
            [3.00000 4.00000]
        """
        space = self.codomain()
        return space.element_class(space, broadcast(self._raw(x, space.dtype().name), space.shape()))

    def _raw(self, x, name):
        """Return an element of the domain as a raw tensor."""
        return to_tf(x, name)

    def _repr_type(self):
        """
        TESTS::

            sage: from sage_tf.tensors.space import TensorSpace
            sage: TensorSpace('int8', 2).coerce_map_from(ZZ)._repr_type()
            'Coercion'
        """
        return 'Coercion'


class BetweenTensors(IntoTensors):
    r"""
    A coercion map between tensor spaces.

    EXAMPLES::

        sage: from sage_tf.tensors.space import TensorSpace
        sage: S, T = TensorSpace('float32', (2, 3)), TensorSpace('float64', 3)
        sage: S.coerce_map_from(T)
        Coercion morphism:
          From: Space of tensors of shape (3,) over float64
          To:   Space of tensors of shape (2, 3) over float32
        sage: T.coerce_map_from(S) is None
        True
    """

    def _raw(self, x, name):
        """Return the raw tensor of an element in another dtype."""
        return recast(x.to_tf(), name)
