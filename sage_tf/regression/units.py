r"""
Dimensional analysis

EXAMPLES::

    sage: from sage_tf.regression.units import Dimensions
    sage: m, v = var('m, v')
    sage: space = Dimensions({m: units.mass.kilogram, v: units.length.foot/units.time.hour}, units.energy.joule)
    sage: space.is_consistent(1/2*m*v^2), space.is_consistent(m*v), space.is_consistent(m + v)
    (True, False, False)
    sage: space.monomial(), space.groups()
    (m*v^2, [])

ALGORITHM:

A dimension is a vector of exponents over `\QQ`, one for each base unit. By Buckingham's theorem [Buc1914]_ a law between the quantities is one between
dimensionless products of their powers, which are the null space of the matrix of exponents.

REFERENCES:

.. [Buc1914] \E. Buckingham, On physically similar systems; illustrations of the use of dimensional equations. Physical Review 4 (1914), 345-376.
"""
from operator import pow as power

from sage.matrix.constructor import matrix
from sage.misc.misc_c import prod
from sage.modules.free_module_element import vector
from sage.rings.integer import Integer
from sage.rings.integer_ring import ZZ
from sage.rings.rational import Rational
from sage.rings.rational_field import QQ
from sage.symbolic.constants import e as euler
from sage.symbolic.expression import Expression
from sage.symbolic.operators import add_vararg, mul_vararg
from sage.symbolic.ring import SR

#: Functions of which the value has the dimension of the argument
LIKE_THE_ARGUMENT = ('abs', 'real_part', 'max', 'min')
#: Functions without dimension, of arguments with any
OF_ANY = ('sgn', 'heaviside', 'unit_step')
#: Functions without dimension, of arguments that have all the same one
OF_ALIKE = ('arctan2',)
ANGLE = 'radian'                                                # Sage has it for a base unit; it is the number 1


class Dimensions:
    r"""
    The dimensions of the variables of a law and of its values.

    INPUT:

    - ``variables`` -- dictionary from variables to their units

    - ``value`` -- the unit of the values (default: a number)

    A unit is a product of powers of Sage's units, as ``units.length.meter/units.time.second^2`` (numerical factors do not matter); a list, tuple or vector
    of rational exponents, the same base for all; or 1 or ``None`` for a number without dimension. Angles have none.

    ATTRIBUTES:

    - ``base`` -- list of the base units, as strings; empty strings for exponents

    - ``vectors`` -- dictionary from the variables to vectors over `\QQ`, ``value`` -- the vector of the values

    Raises TypeError for what is no unit, ValueError for exponents of different lengths, and where units and exponents are mixed.

    EXAMPLES::

        sage: from sage_tf.regression.units import Dimensions
        sage: y, t = var('y, t')
        sage: Dimensions({x: [1, 0], y: (0, 1)}, [1/2, -1]).value
        (1/2, -1)
        sage: space = Dimensions({x: units.length.meter, y: units.pressure.pascal, t: units.angles.degree}); space.base
        ['kilogram', 'meter', 'second']
        sage: space.vectors[y], space.vectors[t], space.value
        ((1, -1, -2), (0, 0, 0), (0, 0, 0))

    TESTS::

        sage: def refused(*given):
        ....:     try: Dimensions(*given)
        ....:     except (TypeError, ValueError) as error: print(error)
        sage: refused({x: [1, 0], y: [1]}), refused({x: [1, 0], y: units.length.meter}), refused({x: x}), refused({x: units.length.meter + 1})
        the unit of y has 1 exponent where that of x has 2; give each the exponents of the same base
        the unit of y is meter where that of x is a list of exponents; give all in one way
        x was given as the unit of x; expected a product of powers of Sage's units, such as units.length.meter, or a list of exponents
        meter + 1 was given as the unit of x; expected a product of powers of Sage's units, such as units.length.meter, or a list of exponents
        (None, None, None, None)
    """
    def __init__(self, variables, value=None):
        names = [SR(v) for v in variables] + ['the values']
        given = [*variables.values(), value]
        exponents = [_exponents(unit, name) for unit, name in zip(given, names, strict=True)]
        lists = [(name, e) for name, e in zip(names, exponents, strict=True) if isinstance(e, list)]
        for name, found in zip(names, exponents, strict=True):
            if lists and isinstance(found, list) and len(found) != len(lists[0][1]):
                noun = 'exponent' if len(found) == 1 else 'exponents'
                raise ValueError(f"the unit of {name} has {len(found)} {noun} where that of {lists[0][0]} has {len(lists[0][1])}; "
                                 "give each the exponents of the same base")
            if lists and isinstance(found, dict) and found:
                raise ValueError(f"the unit of {name} is {given[names.index(name)]} where that of {lists[0][0]} is a list of exponents; "
                                 "give all in one way")
        if lists:
            self.base = [''] * len(lists[0][1])
            rows = [found or [0] * len(self.base) for found in exponents]
        else:
            self.base = sorted(set().union(*exponents) - {ANGLE})
            rows = [[found.get(unit, 0) for unit in self.base] for found in exponents]
        *vectors, self.value = [vector(QQ, len(self.base), row) for row in rows]
        self.vectors = dict(zip(names, vectors, strict=False))

    def __repr__(self):
        units = ', '.join(f'{v}: {self._named(found)}' for v, found in self.vectors.items())
        return f"{{{units}}} |--> {self._named(self.value)}"

    def __eq__(self, other):
        return isinstance(other, Dimensions) and repr(self) == repr(other)

    def __hash__(self):
        return hash(repr(self))

    # -- consistency -----------------------------------------------------------------------------------------------------

    def is_consistent(self, expression, free_constants=False):
        """
        Return whether an expression has the dimension of the values, see :meth:`inconsistency`.
        """
        return self.inconsistency(expression, free_constants) is None

    def inconsistency(self, expression, free_constants=False):
        r"""
        Return what is wrong with the dimensions of an expression in one sentence, ``None`` if nothing is.

        INPUT:

        - ``expression`` -- an expression in the variables

        - ``free_constants`` -- whether constants may have a dimension, each the one it needs, as those of nature have (default: no); 1 and
          -1, and constants in exponents, never have one

        EXAMPLES::

            sage: from sage_tf.regression.units import Dimensions
            sage: m, t = var('m, t')
            sage: space = Dimensions({m: units.mass.kilogram, t: units.time.second}, units.mass.kilogram)
            sage: space.inconsistency(m*exp(-t))
            '-t has the dimension second where a number is needed'
            sage: space.inconsistency(m*exp(-2*t), free_constants=True) is None
            True
            sage: space.inconsistency(m + m*t)
            'm*t and m are added, but have the dimensions kilogram*second and kilogram'
            sage: space.inconsistency(m^2)
            'm^2 has the dimension kilogram^2 where kilogram is needed'
        """
        try:
            self._require(SR(expression), self.value, free_constants)
        except _Inconsistent as error:
            return str(error)
        return None

    def of(self, expression):
        """
        Return the dimension of an expression, as a vector.

        Raises ValueError for one that is not consistent.

        EXAMPLES::

            sage: from sage_tf.regression.units import Dimensions
            sage: t = var('t')
            sage: space = Dimensions({x: units.length.meter, t: units.time.second}); space
            {x: meter, t: second} |--> 1
            sage: space.of(x/t^2)
            (1, -2)
            sage: space.of(x + t)
            Traceback (most recent call last):
            ...
            ValueError: ... are added, but have the dimensions ...
        """
        try:
            return self._of(SR(expression), False)
        except _Inconsistent as error:
            raise ValueError(str(error)) from None

    def _require(self, e, needed, free):
        """Raise _Inconsistent if an expression has another dimension than it needs."""
        found = self._of(e, free)
        if found is not None and found != needed:
            name = self._named(needed)
            raise _Inconsistent(f"{e} has the dimension {self._named(found)} where {'a number' if name == '1' else name} is needed")

    def _of(self, e, free):
        """Return the dimension of an expression, ``None`` if constants that are free make it whatever is needed."""
        operands, head = e.operands(), e.operator()
        number = self.value.parent().zero()
        if not e.variables():
            return None if free and not (_is_rational(e) and abs(e) == 1) else number
        if head is None:
            return self.vectors[e]
        if head is mul_vararg:
            found = [self._of(operand, free) for operand in operands]
            return None if None in found else sum(found)
        if head is power:
            return self._of_power(*operands, free)
        if head is add_vararg or head.name() in LIKE_THE_ARGUMENT or head.name() in OF_ALIKE:
            found = self._alike(operands, free)
            return number if head is not add_vararg and head.name() in OF_ALIKE else found
        for operand in operands:
            self._of(operand, free) if head.name() in OF_ANY else self._require(operand, number, free)
        return number

    def _of_power(self, base, exponent, free):
        """Return the dimension of a power."""
        number = self.value.parent().zero()
        if not (exponent.is_numeric() and exponent.pyobject() in QQ):
            if exponent.variables():
                self._require(exponent, number, free)
            if not base.is_trivially_equal(euler):
                self._require(base, number, free)
            return number
        found = self._of(base, free)
        return None if found is None else QQ(exponent.pyobject()) * found

    def _alike(self, operands, free):
        """Return the one dimension that expressions have."""
        known = [(e, found) for e in operands if (found := self._of(e, free)) is not None]
        for e, found in known:
            if found != known[0][1]:
                raise _Inconsistent(f"{known[0][0]} and {e} are added, but have the dimensions {self._named(known[0][1])} and {self._named(found)}")
        return known[0][1] if known else None

    def _named(self, exponents):
        """Return a dimension as text."""
        if not any(self.base):
            return str(exponents) if exponents else '1'
        return str(prod(SR.var(unit)**q for unit, q in zip(self.base, exponents, strict=True)))

    # -- reduction -------------------------------------------------------------------------------------------------------

    def _matrix(self):
        return matrix(QQ, len(self.vectors), len(self.base), [list(v) for v in self.vectors.values()])

    def groups(self):
        r"""
        Return a basis of the dimensionless products of powers of the variables, with small integers as exponents.

        EXAMPLES::

            sage: from sage_tf.regression.units import Dimensions
            sage: rho, v, d, mu = var('rho, v, d, mu')
            sage: meter, second, kilogram = units.length.meter, units.time.second, units.mass.kilogram
            sage: space = Dimensions({rho: kilogram/meter^3, v: meter/second, d: meter, mu: kilogram/meter/second})
            sage: number = space.groups()[0]; number in (rho*v*d/mu, mu/(rho*v*d))                  # Reynolds' number or its inverse
            True
        """
        return [self._product(row) for row in _integral(self._matrix().left_kernel().basis_matrix())]

    def monomial(self):
        """
        Return a product of powers of the variables with the dimension of the values, ``None`` if there is none.

        EXAMPLES::

            sage: from sage_tf.regression.units import Dimensions
            sage: g, l = var('g, l')
            sage: meter, second = units.length.meter, units.time.second
            sage: Dimensions({g: meter/second^2, l: meter}, second).monomial(), Dimensions({l: meter}, second).monomial()
            (sqrt(l)/sqrt(g), None)
        """
        try:
            exponents = self._matrix().solve_left(self.value)
        except ValueError:
            return None
        return self._product(exponents)

    def _product(self, exponents):
        return prod((v**q for v, q in zip(self.vectors, exponents, strict=True) if q), SR(1))


class _Inconsistent(Exception):
    """Dimensions that do not fit."""


def _is_rational(constant):
    return constant.is_numeric() and isinstance(constant.pyobject(), (Integer, Rational))


def _integral(kernel):
    """Return a reduced basis of the integer vectors in a space of rational ones."""
    if not kernel.nrows():
        return []
    rows = matrix(ZZ, [row * row.denominator() for row in kernel.rows()])
    return rows.saturation().LLL().rows()


def _exponents(unit, name):
    """Return the exponents of a unit: a list as given, or a dictionary from the names of base units."""
    if unit is None:
        return {}
    try:
        return _of_units(SR(unit)) if isinstance(unit, (Expression, str)) or unit == 1 else list(map(QQ, unit))
    except (TypeError, ValueError, AttributeError, SyntaxError):
        raise TypeError(f"{unit} was given as the unit of {name}; expected a product of powers of Sage's units, such as units.length.meter, "
                        "or a list of exponents") from None


def _of_units(e):
    """
    Return the exponents of the base units in a product of powers of units.

    EXAMPLES::

        sage: from sage_tf.regression.units import _of_units
        sage: sorted(_of_units(units.energy.calorie/units.mass.gram/units.temperature.kelvin).items())
        [('kelvin', -1), ('meter', 2), ('second', -2)]
    """
    from sage.symbolic.units import convert, is_unit
    operands, head, found = e.operands(), e.operator(), {}
    if not e.variables():
        return found
    if head is None:
        if not is_unit(e):
            raise TypeError
        base = convert(e, None)
        return {str(v): QQ(base.degree(v)) for v in base.variables()} if base != e else {str(e): QQ(1)}
    if head is mul_vararg:
        parts = [(part, 1) for part in operands]
    elif head is power and operands[1].is_numeric():
        parts = [(operands[0], QQ(operands[1]))]
    else:
        raise TypeError
    for part, q in parts:
        for unit, exponent in _of_units(part).items():
            found[unit] = found.get(unit, 0) + q * exponent
    return {unit: exponent for unit, exponent in found.items() if exponent}
