r"""
The data of a regression, checked

EXAMPLES::

    sage: from sage_tf.regression.problem import Problem
    sage: Problem.of([[1, 2], [3, 4], [5, 6]], [1, 2, 4])
    3 points of x0, x1
"""
import numpy as np
from sage.structure.element import Matrix
from sage.symbolic.ring import SR

from sage_tf.data import Sample


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

    def __repr__(self):
        return f"{len(self.X)} points of {', '.join(map(str, self.variables))}"

    @classmethod
    def of(cls, X, y=None, weights=None, variables=None):
        r"""
        Return the problem that is given by data of any kind.

        INPUT:

        - ``X`` -- NumPy array, tensor, Sage matrix, nested list or pandas DataFrame of shape (points, variables), a list of numbers for one
          variable, or a :class:`~sage_tf.data.Sample`, which has the values too

        - ``y`` -- as many values

        - ``weights`` -- as many positive numbers (default: all points count the same)

        - ``variables`` -- names or symbols (default: those of the sample, the columns of the DataFrame, or x0, x1, ...)

        Raises ValueError for fewer than 2 points, for shapes that disagree, NaN, infinity, duplicate names and a constant y; TypeError for complex data.

        EXAMPLES::

            sage: from sage_tf.regression.problem import Problem
            sage: from sage_tf.data import sample_data
            sage: y = var('y')
            sage: Problem.of(sample_data(x*y, (x, 0, 1), (y, 0, 1), n=10))
            10 points of x, y
            sage: Problem.of(matrix([[1, 2], [3, 4]]), vector([1, 2]), variables='a, b').variables
            [a, b]

        TESTS::

            sage: for X, y in ([[1]], [1]), ([[1], [2]], [1]), ([[1], [2]], [3, 3]), ([[1], [NaN]], [1, 2]), ([[1], [I]], [1, 2]):
            ....:     try: Problem.of(X, y)
            ....:     except (TypeError, ValueError) as error: print(error)
            X has 1 point; expected at least 2
            X has 2 points and y has 1 value; give one value for each point
            y is constant, 3.0 at all points; expected values that depend on X
            X has 1 entry that is NaN or infinite, the first at point 1; leave such points out
            X has entries that are not real; take real and imaginary parts as variables of their own
        """
        if isinstance(X, Sample):
            variables = variables or X.variables()
            X, y = X.X, X.y if y is None else y
        if y is None:
            raise TypeError("no values y were given; expected fit(X, y), or fit(sample)")
        if variables is None and hasattr(X, 'columns'):
            variables = [str(name) for name in X.columns]
        X, y = _real_array(X, 'X'), _real_array(y, 'y')
        X = X.reshape(-1, 1) if X.ndim == 1 else X
        y = y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y
        if X.ndim != 2 or y.ndim != 1:
            raise ValueError(f"X has shape {X.shape} and y has shape {y.shape}; expected (points, variables) and (points,)")
        _check_points(X, y)
        if weights is not None:
            weights = _real_array(weights, 'weights')
            if weights.shape != y.shape or (weights < 0).any() or not weights.any():
                raise ValueError(f"weights has shape {weights.shape}; expected {len(y)} numbers that are not negative, one for each point")
        return cls(X, y, _symbols(variables, X.shape[1]), weights)


def _real_array(data, name):
    """Return data as an array of float64, with an error that names them."""
    if isinstance(data, Matrix):
        data = data.rows()
    array = np.asarray(data.to_tf() if hasattr(data, 'to_tf') and not hasattr(data, 'numpy') else data)
    if array.dtype == object:
        try:
            array = np.array([complex(entry) for entry in array.flat]).reshape(array.shape)
        except (TypeError, ValueError) as error:
            raise TypeError(f"{name} has entries that are no numbers ({error}); expected real numbers") from None
        array = array.real if not array.imag.any() else array
    if np.iscomplexobj(array):
        raise TypeError(f"{name} has entries that are not real; take real and imaginary parts as variables of their own")
    try:
        return np.ascontiguousarray(array, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise TypeError(f"{name} has entries that are no numbers ({error}); expected real numbers") from None


def _check_points(X, y):
    """Raise ValueError for points and values from which nothing can be learned."""
    for name, array in (('X', X), ('y', y)):
        bad = ~np.isfinite(array.reshape(len(array), -1))
        if bad.any():
            count, first = int(bad.sum()), int(bad.any(axis=1).argmax())
            raise ValueError(f"{name} has {count} {'entry that is' if count == 1 else 'entries that are'} NaN or infinite, "
                             f"the first at point {first}; leave such points out")
    if len(X) != len(y):
        raise ValueError(f"X has {_counted(len(X), 'point')} and y has {_counted(len(y), 'value')}; give one value for each point")
    if len(X) < 2:
        raise ValueError(f"X has {_counted(len(X), 'point')}; expected at least 2")
    if not X.shape[1]:
        raise ValueError("X has no variables; expected at least one column")
    if (y == y[0]).all():
        raise ValueError(f"y is constant, {y[0]} at all points; expected values that depend on X")


def _counted(number, noun):
    return f"{number} {noun}" + ('' if number == 1 else 's')


def _symbols(names, count):
    """Return the symbols of the variables."""
    if names is None:
        names = [f'x{k}' for k in range(count)]
    elif isinstance(names, str):
        names = [name.strip() for name in names.split(',')]
    symbols = [SR.var(str(name)) for name in names]
    if len(symbols) != count:
        raise ValueError(f"{_counted(len(symbols), 'variable')} were given for {_counted(count, 'column')} of X; give one for each")
    if len(set(map(str, symbols))) != count:
        raise ValueError(f"the variables {', '.join(map(str, symbols))} are not all different; give each column a name of its own")
    return symbols
