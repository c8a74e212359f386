r"""
The data of a regression, checked

EXAMPLES::

    sage: from sage_tf.regression.problem import Problem
    sage: Problem.of([[1, 2], [3, 4], [5, 6]], [1, 2, 4])
    3 points of x0, x1
"""
import re
from keyword import iskeyword

import numpy as np
from sage.structure.element import Matrix
from sage.symbolic.constants import constants_name_table
from sage.symbolic.ring import SR

from sage_tf.data import Sample

LEAST, MOST = 1e-150, 1e150                                     # of the largest absolute value, with whose square float64 can go on


class Problem:
    r"""
    Points, values at them, and the names of the variables.

    ATTRIBUTES:

    - ``X`` -- array of shape (points, variables)

    - ``y`` -- array of the values, ``weights`` -- array of what each point counts, or ``None``

    - ``variables`` -- list of Sage's symbols
    """
    def __init__(self, X, y, variables, weights=None):
        self.X, self.y, self.variables, self.weights = X, y, list(variables), weights
        self.memory = {}                                        # of what tasks of a search have made of the problem

    def __getstate__(self):
        return {**self.__dict__, 'memory': {}}

    def __repr__(self):
        return f"{len(self.X)} points of {', '.join(map(str, self.variables))}"

    @classmethod
    def of(cls, X, y=None, weights=None, variables=None):
        r"""
        Return the problem that is given by data of any kind, with one value at each point; see :func:`problems`.

        EXAMPLES::

            sage: from sage_tf.data import sample_data
            sage: from sage_tf.regression.problem import Problem
            sage: y = var('y')
            sage: Problem.of(sample_data(x*y, (x, 0, 1), (y, 0, 1), n=10))
            10 points of x, y
            sage: Problem.of(matrix([[1, 2], [3, 4]]), vector([1, 2]), variables='a, b').variables
            [a, b]
            sage: Problem.of([[1], [2]], [[1, 2], [3, 4]])
            Traceback (most recent call last):
            ...
            ValueError: y has 2 columns; expected one value for each point
        """
        found = problems(X, y, weights, variables)
        if len(found) != 1:
            raise ValueError(f"y has {len(found)} columns; expected one value for each point")
        return found[0]

    def has_variables(self):
        """
        Return whether there is something to search: variables, and values that are not the same everywhere but for rounding errors.

        EXAMPLES::

            sage: from sage_tf.regression.problem import Problem
            sage: Problem.of([[1], [2], [3]], [1, 4, 9]).has_variables()
            True
        """
        return bool(self.X.shape[1]) and np.ptp(self.y) > 1e-12 * np.abs(self.y).max()

    def rows(self, numbers):
        """
        Return the problem with only some of the points.

        EXAMPLES::

            sage: from sage_tf.regression.problem import Problem
            sage: problem = Problem.of([[1], [2], [3]], [1, 4, 9])
            sage: problem.rows([2r, 0r]).y
            array([9., 1.])
        """
        weights = None if self.weights is None else self.weights[numbers]
        return type(self)(self.X[numbers], self.y[numbers], self.variables, weights)


def problems(X, y=None, weights=None, variables=None, sigma=None):
    r"""
    Return a problem for each column of values, all with the same points.

    INPUT:

    - ``X`` -- NumPy array, tensor, Sage matrix, nested list or pandas DataFrame of shape (points, variables), or a
      :class:`~sage_tf.data.Sample`, which has the values too; if ``variables`` names a single variable, a list, vector or array of its values

    - ``y`` -- the values, of shape (points,) or (points, outputs)

    - ``weights`` -- nonnegative numbers, what each point counts (default: all the same); those that count nothing are left out

    - ``variables`` -- names or symbols (default: those of the sample, the columns of the DataFrame, or x0, x1, ...)

    - ``sigma`` -- in the place of weights, positive numbers of shape (points,) or that of ``y``: the standard deviations of the values, which give them the
      weights `1/\sigma^2`

    Raises ValueError for fewer than 2 points, for shapes that disagree, NaN, infinity, complex data, duplicate names and a constant y;
    TypeError for what is no table of numbers.

    EXAMPLES::

        sage: from sage_tf.regression.problem import problems
        sage: [problem.y for problem in problems([[1], [2]], matrix([[1, 2], [3, 4]]))]
        [array([1., 3.]), array([2., 4.])]
        sage: problems([1, 2, 3], [1, 4, 9], variables='t')
        [3 points of t]

    TESTS::

        sage: def refused(*args, **named):
        ....:     try: problems(*args, **named)
        ....:     except (TypeError, ValueError) as error: print(error)
        sage: for X, y in ([[1]], [1]), ([[1], [2]], [1]), ([[1], [2]], [3, 3]), ([[1], [NaN]], [1, 2]), ([[1], [I]], [1, 2]), ([1, 2], [1, 2]):
        ....:     refused(X, y)
        X has 1 sample; expected at least 2 points
        X has 2 points and y has 1 value; give one value for each point
        y is constant, 3.0 at all points; expected values that depend on X
        X has 1 entry that is NaN or infinite, the first at point 1; leave such points out
        Complex data not supported: X has entries that are not real; take real and imaginary parts as variables of their own
        X has shape (2,); expected (points, variables): Reshape your data with .reshape(-1, 1) if there is one variable, or name that as variables='x'
        sage: refused([[1], [2]], [0, 1e-200])
        y has the largest absolute value 1e-200, the square of which float64 cannot hold; give it in other units, times 1e+200
        sage: refused([[1, 2], [3, 4]], [1, 2], variables='a, a')
        the variables a, a are not all different; give each column a name of its own
        sage: refused([[1, 2], [3, 4]], [1, 2], variables='a')
        1 variable was given for 2 columns of X; give one for each
        sage: refused([[1, 2], [3, 4]], [1, 2], variables='a, i')
        i is no name for a variable; expected a letter with letters, digits or underscores, which is no word of Python's and no constant of Sage's
        sage: refused([[1, 2], [3, 4]], [1, 2], weights=[1, -1])
        weights has shape (2,) and the least entry -1.0; expected 2 numbers that are not negative nor all zero, one for each point
        sage: refused([[1, 2], [3, 4]], [1, 2], sigma=[1, 0])
        sigma has shape (2,) and the least entry 0.0; expected 2 positive numbers, one for each value
        sage: refused([[1, 2], [3, 4]], [1, 2], weights=[1, 1], sigma=[1, 1])
        weights and sigma were given; expected one of them, as the weights of values with standard deviations sigma are 1/sigma^2
        sage: refused([[1, 2], [3, 4]])
        a fit requires y to be passed, but the target y is None; give fit(X, y), or fit(sample)
    """
    if isinstance(X, Sample):
        variables = X.variables() if variables is None else variables
        X, y = X.X, X.y if y is None else y
    if y is None:
        raise ValueError("a fit requires y to be passed, but the target y is None; give fit(X, y), or fit(sample)")
    if variables is None and column_names(X) is not None:
        variables = _identifiers(column_names(X))
    names = names_of(variables)
    X, y = points_of(X, None if names is None else len(names)), real_array(y, 'y')
    values = y.reshape(-1, 1) if y.ndim == 1 else y
    if values.ndim != 2:
        raise ValueError(f"y has shape {y.shape}; expected (points,) or (points, outputs)")
    if len(X) != len(values):
        raise ValueError(f"X has {_counted(len(X), 'point')} and y has {_counted(len(values), 'value')}; give one value for each point")
    if weights is not None and sigma is not None:
        raise ValueError("weights and sigma were given; expected one of them, as the weights of values with standard deviations sigma are 1/sigma^2")
    each = [None] * values.shape[1]
    if weights is not None:
        weights = checked_weights(weights, len(X))
        X, values, weights = X[weights > 0], values[weights > 0], weights[weights > 0]
        each = [weights] * values.shape[1]
    _check_points(X, values)
    if sigma is not None:
        each = _weights_of(sigma, values)
    symbols = _symbols(names, X.shape[1])
    return [Problem(X, np.ascontiguousarray(column), symbols, weights) for column, weights in zip(values.T, each, strict=True)]


def points_of(X, count=None):
    """
    Return points as an array of float64 of shape (points, variables).

    INPUT:

    - ``X`` -- as in :func:`problems`

    - ``count`` -- number of variables, if known; with 1, ``X`` may be a list

    EXAMPLES::

        sage: from sage_tf.regression.problem import points_of
        sage: points_of(matrix([[1, 2]])), points_of([3, 4], 1)
        (array([[1., 2.]]),
         array([[3.],
                [4.]]))
    """
    X = real_array(X, 'X')
    if X.ndim == 1 and count == 1:
        X = X.reshape(-1, 1)
    if X.ndim != 2:
        raise ValueError(f"X has shape {X.shape}; expected (points, variables): Reshape your data with .reshape(-1, 1) if there is one "
                         "variable, or name that as variables='x'")
    return X


def real_array(data, name):
    """
    Return data as an array of float64.

    INPUT:

    - ``data`` -- numbers of any kind in any container

    - ``name`` -- what errors call them

    EXAMPLES::

        sage: from sage_tf.regression.problem import real_array
        sage: real_array([[pi, 1/3]], 'X')
        array([[3.14159265, 0.33333333]])

    TESTS::

        sage: import numpy
        sage: for wrong in (['a'], [['1'], ['2']], [x], [[1, 2], [3]], numpy.ma.masked_array([1, 2], mask=[False, True])):
        ....:     try: real_array(wrong, 'X')
        ....:     except (TypeError, ValueError) as error: print(error)
        X has entries that are no numbers, as the text 'a'; expected real numbers
        X has entries that are no numbers, as the text '1'; expected real numbers
        X has entries that are no numbers (unable to simplify to complex approximation); expected real numbers
        X has rows of different lengths; expected a table of numbers
        X has 1 masked entry; leave such points out
    """
    if isinstance(data, np.ma.MaskedArray) and (masked := np.ma.count_masked(data)):
        raise ValueError(f"{name} has {masked} masked {'entry' if masked == 1 else 'entries'}; leave such points out")
    if hasattr(data, 'toarray') and not isinstance(data, np.ndarray):
        raise TypeError(f"{name} is sparse; give {name}.toarray(), which is dense")
    if isinstance(data, Matrix):
        data = data.rows()
    if hasattr(data, 'to_tf') and not hasattr(data, 'numpy'):
        data = data.to_tf()
    try:
        array = np.asarray(data)
    except ValueError:
        raise ValueError(f"{name} has rows of different lengths; expected a table of numbers") from None
    text = next((entry for entry in array.flat if isinstance(entry, (str, bytes))), None) if array.dtype.kind in 'OSU' else None
    if text is not None:
        raise ValueError(f"{name} has entries that are no numbers, as the text {str(text)!r}; expected real numbers")
    try:
        if array.dtype.kind not in 'fiubc':
            array = np.array([complex(entry) for entry in array.flat]).reshape(array.shape)
            array = array.real if not array.imag.any() else array
        if np.iscomplexobj(array):
            raise ValueError(f"Complex data not supported: {name} has entries that are not real; "
                             "take real and imaginary parts as variables of their own")
        return np.ascontiguousarray(array, dtype=np.float64)
    except (TypeError, OverflowError) as error:
        raise TypeError(f"{name} has entries that are no numbers ({error}); expected real numbers") from None
    except ValueError as error:
        if str(error).startswith('Complex'):
            raise
        raise ValueError(f"{name} has entries that are no numbers ({error}); expected real numbers") from None


def column_names(X):
    """
    Return the names of the columns of a DataFrame; ``None`` if the data have no columns with names that are strings.

    EXAMPLES::

        sage: from sage_tf.regression.problem import column_names
        sage: column_names(matrix([[1, 2]])) is None
        True
    """
    columns = getattr(X, 'columns', None)
    if columns is None or callable(columns) or not all(isinstance(name, str) for name in columns):
        return None
    return list(columns)


def weights_of(weights, sample_weight):
    """
    Return weights by their name or by that which scikit-learn has for them.

    EXAMPLES::

        sage: from sage_tf.regression.problem import weights_of
        sage: weights_of(None, [1, 2])
        [1, 2]
        sage: weights_of([1, 2], [1, 2])
        Traceback (most recent call last):
        ...
        ValueError: weights and sample_weight were given; expected one of them, as they are the same
    """
    if weights is not None and sample_weight is not None:
        raise ValueError("weights and sample_weight were given; expected one of them, as they are the same")
    return sample_weight if weights is None else weights


def checked_weights(weights, points):
    """Return weights as an array."""
    weights = real_array(weights, 'weights')
    if weights.shape != (points,) or not (weights >= 0).all() or not 0 < weights.sum() < np.inf:
        least = f" and the least entry {weights.min()}" if weights.size else ''
        raise ValueError(f"weights has shape {weights.shape}{least}; "
                         f"expected {points} numbers that are not negative nor all zero, one for each point")
    return weights


def _weights_of(sigma, values):
    """Return the weights of each column of values, the largest being 1, by their standard deviations."""
    sigma = real_array(sigma, 'sigma')
    wide = sigma.reshape(-1, 1) if sigma.ndim == 1 else sigma
    if wide.shape not in (values.shape, (len(values), 1)) or not (wide > 0).all() or not np.isfinite(wide).all():
        least = f" and the least entry {sigma.min()}" if sigma.size else ''
        raise ValueError(f"sigma has shape {sigma.shape}{least}; expected {len(values)} positive numbers, one for each value")
    return list(np.ascontiguousarray(np.broadcast_to((wide.min(axis=0) / wide)**2, values.shape).T))


def _check_points(X, values):
    """Raise ValueError for points and values from which nothing can be learned."""
    if len(X) < 2:
        raise ValueError(f"X has {_counted(len(X), 'sample')}; expected at least 2 points")
    if not X.shape[1]:
        raise ValueError(f"X has 0 feature(s) (shape={X.shape}) while a minimum of 1 is required.")
    if not values.shape[1]:
        raise ValueError("y has no column; expected at least one")
    for name, array in (('X', X), ('y', values)):
        good = np.isfinite(array)
        if not good.all():
            bad = ~good
            raise ValueError(f"{name} has {int(bad.sum())} {'entry that is' if bad.sum() == 1 else 'entries that are'} NaN or infinite, "
                             f"the first at point {int(bad.any(axis=1).argmax())}; leave such points out")
    for k, column in enumerate(values.T):
        which = 'y' if values.shape[1] == 1 else f"column {k} of y"
        if (column == column[0]).all():
            raise ValueError(f"{which} is constant, {column[0]} at all points; expected values that depend on X")
        _check_reach(which, column)
    for k, column in enumerate(X.T):
        _check_reach(f"column {k} of X", column)


def _check_reach(name, column):
    """Raise ValueError for numbers of which the squares are too large or too small for float64."""
    largest = np.abs(column).max()
    if largest and not LEAST <= largest <= MOST:
        power = round(np.log10(largest))
        raise ValueError(f"{name} has the largest absolute value {largest:.3g}, the square of which float64 cannot hold; "
                         f"give it in other units, times 1e{-power:+d}")


def _counted(number, noun):
    return f"{number} {noun}" + ('' if number == 1 else 's')


def _identifier(name):
    """
    Return a name for a variable that is like the name of a column.

    EXAMPLES::

        sage: from sage_tf.regression.problem import _identifier
        sage: [_identifier(name) for name in ('mass', 'mass (kg)', 'lambda', 'e', '2nd', '%')]
        ['mass', 'mass_kg', 'lambda_', 'e_', 'x_2nd', 'x_']
    """
    name = re.sub(r'\W+', '_', name).strip('_')
    if not name[:1].isalpha():
        name = f"x_{name}"
    return name if _is_name(name) else name + '_'


def _identifiers(names):
    """
    Return names for variables that are like the names of columns.

    EXAMPLES::

        sage: from sage_tf.regression.problem import _identifiers
        sage: _identifiers(['mass (kg)', 'v'])
        ['mass_kg', 'v']
        sage: _identifiers(['a b', 'c', 'a_b'])
        Traceback (most recent call last):
        ...
        ValueError: the columns 'a b' and 'a_b' would both be the variable a_b; rename one of them, or give variables=
    """
    found = list(map(_identifier, names))
    for name, variable in zip(names, found, strict=True):
        other = names[found.index(variable)]
        if other != name:
            raise ValueError(f"the columns {other!r} and {name!r} would both be the variable {variable}; rename one of them, or give variables=")
    return found


def _is_name(name):
    return name.isidentifier() and not iskeyword(name) and name not in _CONSTANTS


#: the names of Sage's constants, with which an expression would be ambiguous
_CONSTANTS = {*constants_name_table, 'e', 'i', 'I', 'oo', 'infinity'}


def names_of(variables):
    """Return the names of variables as a list of strings, ``None`` if none are given."""
    if variables is None:
        return None
    if isinstance(variables, str):
        variables = [name for name in re.split(r'[,\s]+', variables) if name]
    names = [str(name) for name in (variables if hasattr(variables, '__iter__') else [variables])]
    for name in names:
        if not _is_name(name):
            raise ValueError(f"{name} is no name for a variable; expected a letter with letters, digits or underscores, "
                             "which is no word of Python's and no constant of Sage's")
    if len(set(names)) != len(names):
        raise ValueError(f"the variables {', '.join(names)} are not all different; give each column a name of its own")
    return names


def _symbols(names, count):
    """Return the symbols of the variables."""
    names = [f'x{k}' for k in range(count)] if names is None else names
    if len(names) != count:
        raise ValueError(f"{_counted(len(names), 'variable')} {'was' if len(names) == 1 else 'were'} given for "
                         f"{_counted(count, 'column')} of X; give one for each")
    return [SR.var(name) for name in names]
