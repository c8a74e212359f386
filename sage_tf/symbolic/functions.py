r"""
The table of symbolic functions

One table: the name of a Sage function, how it is computed on real and on complex tensors, and of how many arguments.
Everything else that needs to know about functions reads it.

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.functions import FUNCTIONS, UNARY
    sage: FUNCTIONS['sec'].real(tf.constant(0.0r)).numpy()
    np.float32(1.0)
    sage: UNARY['sqrt'](tf.constant(-4r + 0j)).numpy()
    np.complex128(2j)

TESTS:

Every name in the table is one of Sage's functions::

    sage: from sage.symbolic.expression import symbol_table
    sage: from sage_tf.symbolic.functions import VARIANTS
    sage: set(FUNCTIONS) - set(symbol_table['functions']) - set(VARIANTS.values())
    set()
"""
from functools import partial, reduce

import tensorflow as tf
from sage.symbolic.function_factory import SymbolicFunction
from sage.symbolic.operators import FDerivativeOperator

from sage_tf.symbolic import binders, branches, derivatives
from sage_tf.symbolic import complex as cx
from sage_tf.symbolic import real as re
from sage_tf.symbolic.conditions import Relation
from sage_tf.symbolic.row import Row
from sage_tf.symbolic.special import (
    airy,
    bessel,
    combinatorial,
    elliptic,
    error,
    hypergeometric,
    incomplete_gamma,
    integrals,
    jacobi,
    lambert,
    log_gamma,
    orthogonal,
    polylogarithm,
    rectifier,
    zeta,
)

# Functions that share their name in Sage with one of another number of arguments: (name, arguments) -> name in the table
VARIANTS = {('gamma', 2): 'gamma_inc', ('log', 2): 'logb', ('psi', 2): 'polygamma', ('harmonic_number', 2): 'harmonic_number_m',
            ('airy_ai', 2): 'airy_ai_general', ('airy_bi', 2): 'airy_bi_general'}


def _maximum(*tensors):
    return reduce(tf.maximum, tensors)


def _minimum(*tensors):
    return reduce(tf.minimum, tensors)


_REAL = 'of real numbers only'

FUNCTIONS = {
    'exp': Row(tf.exp, tf.exp),
    'log': Row(tf.math.log, cx.log),
    'sqrt': Row(tf.sqrt, cx.sqrt),

    'sin': Row(tf.sin, cx.sin),
    'cos': Row(tf.cos, cx.cos),
    'tan': Row(tf.tan, cx.tan),
    'cot': Row(re.cot, cx.cot),
    'sec': Row(re.sec, cx.sec),
    'csc': Row(re.csc, cx.csc),
    'arcsin': Row(tf.asin, cx.arcsin),
    'arccos': Row(tf.acos, cx.arccos),
    'arctan': Row(tf.atan, cx.arctan),
    'arccot': Row(re.arccot, cx.arccot),
    'arcsec': Row(re.arcsec, cx.arcsec),
    'arccsc': Row(re.arccsc, cx.arccsc),
    'arctan2': Row(re.arctan2, cx.arctan2, 2),

    'sinh': Row(tf.sinh, cx.sinh),
    'cosh': Row(tf.cosh, cx.cosh),
    'tanh': Row(re.tanh, cx.tanh),
    'coth': Row(re.coth, cx.coth),
    'sech': Row(re.sech, cx.sech),
    'csch': Row(re.csch, cx.csch),
    'arcsinh': Row(tf.asinh, cx.arcsinh),
    'arccosh': Row(tf.acosh, cx.arccosh),
    'arctanh': Row(tf.atanh, cx.arctanh),
    'arccoth': Row(re.arccoth, cx.arccoth),
    'arcsech': Row(re.arcsech, cx.arcsech),
    'arccsch': Row(re.arccsch, cx.arccsch),

    'abs': Row(tf.abs, cx.absolute),
    'real_part': Row(tf.identity, cx.real_part),
    'imag_part': Row(re.imag_part, cx.imag_part),
    'conjugate': Row(tf.identity, tf.math.conj),
    'arg': Row(re.arg, cx.arg),
    'sgn': Row(re.sgn, None, note=_REAL),
    'floor': Row(re.floor, None, note=_REAL),
    'ceil': Row(re.ceil, None, note=_REAL),
    'frac': Row(re.frac, None, note=_REAL),
    'unit_step': Row(re.unit_step, None, note=_REAL),
    'heaviside': Row(re.heaviside, None, note=_REAL),
    'kronecker_delta': Row(re.kronecker_delta, None, 2, note=_REAL),
    'max': Row(_maximum, None, None, note=_REAL),
    'min': Row(_minimum, None, None, note=_REAL),
    **branches.ROWS,
    **binders.ROWS,

    'dirac_delta': Row(None, kind='none', note='it is no function; mollified(e, width), from sage_tf.all, gives it a width'),
    'limit': Row(None, arity=None, kind='none', note='Sage found no closed form, and a limit is no value at a point'),
    'laplace': Row(None, arity=None, kind='none', note='it is a formal transform; write the integral, held, for its values'),
    'ilt': Row(None, arity=None, kind='none', note='it is a formal inverse transform, for which Sage found no closed form'),
}

# The families of special functions.
for _family in (error, log_gamma, integrals, incomplete_gamma, zeta, polylogarithm, bessel, airy, orthogonal, elliptic, jacobi,
                hypergeometric, lambert, combinatorial, rectifier):
    FUNCTIONS.update(_family.ROWS)

# Constructions whose parts are expressions: name -> function of the expression and of what computes operators within it. It
# returns a hashable object with ``operands``, the tuple of expressions (free variables, say) that become the arguments, and
# ``on_tensors(dtype)``, the function on their tensors.
COMPOUNDS = {'cases': branches.cases, 'piecewise': branches.piecewise, **binders.COMPOUNDS, **hypergeometric.COMPOUNDS, **lambert.COMPOUNDS}

assert all((row.kind in ('none', 'compound')) == (row.real is None and row.complex is None) for row in FUNCTIONS.values())


def operation(head, e, inner=None):
    r"""
    Return what computes the operator of an expression: the name under which the table has it, or a compound of parts.

    INPUT:

    - ``head`` -- operator of Sage, other than arithmetic

    - ``e`` -- the expression that it heads

    - ``inner`` -- the function like this one that serves the parts of a compound (default: this one)

    OUTPUT: a string or a compound; NotImplementedError naming the operator if nothing computes it

    EXAMPLES::

        sage: from sage_tf.symbolic.functions import operation
        sage: e = cos(x)
        sage: operation(e.operator(), e)
        'cos'
        sage: e = dirac_delta(x)
        sage: operation(e.operator(), e)
        Traceback (most recent call last):
        ...
        NotImplementedError: the function dirac_delta is not computed on tensors: it is no function; ...

    TESTS:

    Variants of other numbers of arguments have names of their own here, and a user's function may have any name::

        sage: for e in (function('psi')(2, x), function('sin')(x), diff(function('u')(x), x)):
        ....:     try: operation(e.operator(), e)
        ....:     except NotImplementedError as error: print(error)
        the function psi in psi(2, x) is not bound to anything; pass functions={psi: ...}, a Keras model or a callable on tensors
        the function sin in sin(x) is not bound to anything; pass functions={sin: ...}, a Keras model or a callable on tensors
        the derivative diff(u(x), x) of an unknown function has no TensorFlow form yet
    """
    if isinstance(head, FDerivativeOperator):
        function = head.function()
        if isinstance(function, SymbolicFunction):
            raise NotImplementedError(f"the derivative {e} of an unknown function has no TensorFlow form yet")
        name = VARIANTS.get((function.name(), len(e.operands())), function.name())
        _check_row(name, len(e.operands()))
        return derivatives.derivative(head, name, e)
    if head is tuple:
        return derivatives.slopes_of_cases(e)
    if isinstance(head, SymbolicFunction):
        raise NotImplementedError(f"the function {head} in {e} is not bound to anything; pass functions={{{head}: ...}}, "
                                  "a Keras model or a callable on tensors")
    if e.is_relational():
        return Relation(head)
    name, count = getattr(head, 'name', lambda: str(head))(), len(e.operands())
    name = VARIANTS.get((name, count), name)
    compound = COMPOUNDS.get(name)
    if compound is not None:
        return compound(e, inner or operation)
    _check_row(name, count)
    return name


def _check_row(name, count):
    """Raise NotImplementedError for a function that the table has not, not for so many arguments, or with a reason against it."""
    row = FUNCTIONS.get(name)
    if row is None or row.arity not in (None, count):
        arguments = f" of {count} arguments" if row else ""
        raise NotImplementedError(f"the function {name}{arguments} has no TensorFlow form yet; "
                                  "see sage_tf.symbolic.functions.FUNCTIONS for those that have")
    if row.kind == 'none':
        raise NotImplementedError(f"the function {name} is not computed on tensors: {row.note}")


def implementation(name, dtype, constants=None):
    r"""
    Return the function on tensors of a dtype that computes a function of the table.

    INPUT:

    - ``name`` -- name in the table

    - ``dtype`` -- real or complex floating ``tf.DType``

    - ``constants`` -- tuple of the arguments that are constants, as Sage's exact ones, and ``None`` for those that vary; default:
      all vary

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.functions import implementation
        sage: implementation('sqrt', tf.float32)(tf.constant(4.0r)).numpy()
        np.float32(2.0)
        sage: implementation('floor', tf.complex64)
        Traceback (most recent call last):
        ...
        NotImplementedError: the function floor has no TensorFlow form for complex64; ask for a real dtype
    """
    row = FUNCTIONS[name]
    if row.constants is not None and constants is not None and any(c is not None for c in constants):
        found = row.constants(constants, dtype)
        if found is not None:
            return found
    found = row.complex if dtype.is_complex else row.real
    if found is None:
        raise NotImplementedError(f"the function {name} has no TensorFlow form for {dtype.name}; "
                                  f"ask for a {'real' if dtype.is_complex else 'complex'} dtype")
    return found


def _apply(name, tensor):
    """Return a function of the table at a tensor, by the dtype of the tensor."""
    return implementation(name, tensor.dtype)(tensor)


#: The functions of one argument by name, each a function of a ``tf.Tensor`` of a real or complex floating dtype.
UNARY = {name: partial(_apply, name) for name, row in FUNCTIONS.items() if row.arity == 1 and row.real is not None}
