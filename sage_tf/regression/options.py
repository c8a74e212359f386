r"""
The parameters of a regressor, checked

EXAMPLES::

    sage: from sage_tf.all import SymbolicRegressor
    sage: from sage_tf.regression.options import Options
    sage: Options(SymbolicRegressor(time_limit=10)).time_limit
    10.0
"""
import os
from importlib.metadata import version
from math import inf

import numpy as np

from sage_tf.conversion.rounding import round_real
from sage_tf.regression.front import CRITERIA
from sage_tf.regression.requirements import Requirements
from sage_tf.regression.settings import MEMORY
from sage_tf.sampling.points import as_integer, as_seed

LEAST_MEMORY = 2**26                                            # bytes

#: parameters that do not say what is searched for
BESIDE = {'checkpoint', 'n_jobs', 'progress', 'random_state', 'time_limit'}
#: parameters that say what a law must be, in the order of :class:`~sage_tf.regression.requirements.Requirements`
REQUIRED = ('operators', 'operator_weights', 'operator_limits', 'nesting', 'required', 'template', 'units')


class Options:
    """
    The parameters of a regressor, checked.

    INPUT:

    - ``regressor`` -- a :class:`~sage_tf.regression.regressor.SymbolicRegressor`

    Raises TypeError, ValueError and NotImplementedError for parameters that cannot be used.

    EXAMPLES::

        sage: from sage_tf.all import SymbolicRegressor
        sage: from sage_tf.regression.options import Options
        sage: def refused(**parameters):
        ....:     try: Options(SymbolicRegressor(**parameters))
        ....:     except (TypeError, ValueError) as error: print(error)
        sage: refused(loss='mae')
        loss='mae' was given; expected 'mse'
        sage: refused(selection='best')
        selection='best' was given; expected one of 'mdl', 'loss'
        sage: refused(max_complexity=0)
        max_complexity=0 was given; expected a positive integer, or None for no limit
        sage: refused(time_limit=0)
        time_limit=0 was given; expected a positive number of seconds, or None for no limit
        sage: refused(n_jobs=0)
        n_jobs=0 was given; expected a positive integer, or -1 for all processors
        sage: refused(time_limit='10')
        time_limit='10' was given; expected a positive number of seconds, or None for no limit
        sage: refused(random_state=-1)
        random_state=-1 was given; expected a nonnegative integer, a Generator or RandomState of NumPy's, or None
        sage: refused(exact=1)
        exact=1 was given; expected True or False
    """
    def __init__(self, regressor):
        self._regressor = regressor
        self._one_of('loss', ('mse',))
        self._one_of('selection', tuple(CRITERIA))
        #: number of processes
        self.jobs = self._processes()
        self.progress, exact = self._flag('progress'), self._flag('exact')
        self.time_limit, self.seed = self._seconds(), self._seed()
        limit = regressor.max_complexity
        if limit is not None and (limit := as_integer(limit, 'max_complexity')) < 1:
            raise ValueError(f"max_complexity={limit} was given; expected a positive integer, or None for no limit")
        #: what a search takes
        self.search = {
            'requirements': self._requirements(), 'max_complexity': limit, 'selection': regressor.selection, 'exact': exact,
            'memory': self._memory(),
        }

    def _requirements(self):
        """Return what is asked of a law."""
        return Requirements(*(getattr(self._regressor, name) for name in REQUIRED))

    def parameters(self):
        """
        Return what decides what is searched for, beside the data and the seed, as a string.

        EXAMPLES::

            sage: from sage_tf.all import SymbolicRegressor
            sage: from sage_tf.regression.options import Options
            sage: Options(SymbolicRegressor(operators='+ *')).parameters()
            '... exact=True, ..., selection=mdl; +, *; ...'
        """
        given = sorted(self._regressor.get_params().items())
        others = ', '.join(f'{name}={value}' for name, value in given if name not in BESIDE and name not in REQUIRED)
        return f"sage_tf {version('sage_tf')}: {others}; {self.search['requirements']!r}"

    def _one_of(self, name, allowed):
        value = getattr(self._regressor, name)
        if not isinstance(value, str) or value not in allowed:
            expected = f"one of {', '.join(map(repr, allowed))}" if len(allowed) > 1 else repr(allowed[0])
            raise ValueError(f"{name}={value!r} was given; expected {expected}")

    def _flag(self, name):
        value = getattr(self._regressor, name)
        if not isinstance(value, (bool, np.bool_)):
            raise TypeError(f"{name}={value!r} was given; expected True or False")
        return bool(value)

    def _processes(self):
        """
        Return the number of processes, all processors counting backwards from -1.

        EXAMPLES::

            sage: from sage_tf.all import SymbolicRegressor
            sage: from sage_tf.regression.options import Options
            sage: Options(SymbolicRegressor(n_jobs=-1)).jobs >= Options(SymbolicRegressor(n_jobs=-2)).jobs > 0
            True
        """
        given = self._regressor.n_jobs
        jobs = 1 if given is None else as_integer(given, 'n_jobs')
        if jobs == 0:
            raise ValueError("n_jobs=0 was given; expected a positive integer, or -1 for all processors")
        processors = len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count() or 1
        return jobs if jobs > 0 else max(1, processors + 1 + jobs)

    def _memory(self):
        """
        Return how many bytes the features of a search may take.

        EXAMPLES::

            sage: from sage_tf.all import SymbolicRegressor
            sage: from sage_tf.regression.options import Options
            sage: Options(SymbolicRegressor(memory_limit=2^30)).search['memory'] == 2^30
            True
            sage: Options(SymbolicRegressor(memory_limit=4))
            Traceback (most recent call last):
            ...
            ValueError: memory_limit=4 was given; expected at least 67108864 bytes, or None for 2147483648
        """
        given = self._regressor.memory_limit
        limit = MEMORY if given is None else as_integer(given, 'memory_limit')
        if limit < LEAST_MEMORY:
            raise ValueError(f"memory_limit={limit} was given; expected at least {LEAST_MEMORY} bytes, or None for {MEMORY}")
        return limit

    def _seconds(self):
        """Return the limit of time."""
        given = self._regressor.time_limit
        try:
            seconds = inf if given is None else float(round_real(given, 'float64'))
        except (TypeError, ValueError, OverflowError) as error:
            raise type(error)(f"time_limit={given!r} was given; expected a positive number of seconds, or None for no limit") from None
        if not seconds > 0:
            raise ValueError(f"time_limit={given} was given; expected a positive number of seconds, or None for no limit")
        return seconds

    def _seed(self):
        """
        Return the seed that the random state is or gives.

        EXAMPLES::

            sage: import numpy
            sage: from sage_tf.all import SymbolicRegressor
            sage: from sage_tf.regression.options import Options
            sage: seeds = [Options(SymbolicRegressor(random_state=numpy.random.RandomState(1r))).seed for _ in range(2)]
            sage: seeds[0] == seeds[1], Options(SymbolicRegressor(random_state=5)).seed
            (True, 5)
        """
        state = self._regressor.random_state
        if isinstance(state, np.random.RandomState):
            return int(state.randint(2**31))
        if isinstance(state, np.random.Generator):
            return int(state.integers(2**31))
        try:
            return as_seed(state)
        except (TypeError, ValueError):
            raise ValueError(f"random_state={state!r} was given; expected a nonnegative integer, a Generator or RandomState of NumPy's, or None") from None
