r"""
All solutions of equations

EXAMPLES::

    sage: from sage_tf.all import *
    sage: y = var('y')
    sage: s = solve_tf(x^2 + y^2 == 9, y); s
    2 solutions of x^2 + y^2 == 9 for (y), as functions of (x), in float64
    sage: len(s), s.expressions()
    (2, [-sqrt(-x^2 + 9), sqrt(-x^2 + 9)])
    sage: s([0, 5]).numpy(), s.real_mask([0, 5]).numpy()
    (array([[-3.,  3.],
            [nan, nan]]), array([[ True,  True],
            [False, False]]))
"""
from collections import namedtuple

import tensorflow as tf
from sage.modules.free_module_element import vector
from sage.symbolic.ring import SR

from sage_tf.solving.branches import Branch, complete
from sage_tf.solving.formal import formal_solution
from sage_tf.solving.implicit import Roots, is_nan
from sage_tf.symbolic.source import Source
from sage_tf.symbolic.values import as_argument, is_sage_tensor, sage_tensor

#: Some branches: the method that finds them, their closed forms or ``None``, and their multiplicities.
Group = namedtuple('Group', 'method forms multiplicities')

#: What a solver did: the values (NaN where there is none), where they are solutions, after how many iterations, what the equations lack to 0
#: there, and how many values are none.
Report = namedtuple('Report', 'values converged iterations residual failed')


class Solutions:
    r"""
    The solutions of equations as functions of their parameters.

    It is made by :func:`~sage_tf.solving.solve.solve_tf`.

    - ``len(s)`` is the number of branches, ``s[i]`` one of them, a :class:`~sage_tf.solving.branches.Branch`

    - ``s(...)`` has them all: the branches are the last axis, or the last but one for several unknowns

    EXAMPLES::

        sage: from sage_tf.all import *
        sage: y, a, b = var('y, a, b')
        sage: s = solve_tf((y - a)^2*(y^3 + y - b), y)
        sage: s.multiplicities(), s.methods()
        ([2, 1, 1, 1], ['polynomial', 'polynomial', 'polynomial', 'polynomial'])
        sage: s(1, 10).numpy()
        array([ 1.,  2., nan, nan])
        sage: s.expressions()
        [a, y_1(b), y_2(b), y_3(b)]
    """
    def __init__(self, problem, groups, dtype, recipe=None):
        self.problem, self.dtype, self._recipe = problem, dtype, recipe
        self._groups, self._roots = groups, [_roots_of(group.method) for group in groups]
        self._places = [(k, i) for k, group in enumerate(groups) for i in range(group.method.count)]
        self._branches, self._forms = {}, None
        self._source = Source(SR(0), problem.parameters or problem.unknowns, None)

    def __len__(self):
        return len(self._places)

    def __getitem__(self, number):
        """
        TESTS::

            sage: from sage_tf.all import *
            sage: s = solve_tf(x^2 == 1, x)
            sage: s[-1] is s[1], len(s[:1]), len(list(s))
            (True, 1, 2)
            sage: s[2]
            Traceback (most recent call last):
            ...
            IndexError: there is no solution 2; there are 2, counted from 0
        """
        if isinstance(number, slice):
            return [self[k] for k in range(len(self))[number]]
        count = len(self)
        if not -count <= number < count:
            raise IndexError(f"there is no solution {number}; there are {count}, counted from 0")
        number = int(number) % count
        if number not in self._branches:
            self._branches[number] = Branch(self, number)
        return self._branches[number]

    def __iter__(self):
        return (self[k] for k in range(len(self)))

    def __repr__(self):
        many, names = len(self) != 1, ', '.join(map(str, self.problem.parameters))
        depends = f", as function{'s' * many} of ({names})" if names else ""
        return f"{len(self)} solution{'s' * many} of {self.problem!r}{depends}, in {self.dtype.name}"

    def __reduce__(self):
        """
        TESTS::

            sage: from sage_tf.all import *
            sage: loads(dumps(solve_tf(x^2 == var('a'), x, dtype='float32')))
            2 solutions of x^2 == a for (x), as functions of (a), in float32
        """
        from sage_tf.solving.solve import solve_tf  # which stands on this module
        return solve_tf, self._recipe

    def roots_of(self, number):
        """Return the roots of a branch as a function on tensors."""
        group, index = self._places[number]
        return _roots_of(self._groups[group].method, index)

    @property
    def forms(self):
        """The forms of all branches, a list with one expression for each unknown."""
        if self._forms is None:
            self._forms = []
            for number, (group, index) in enumerate(self._places):
                known = self._groups[group].forms
                self._forms.append(list(known[index]) if known is not None else self._formal(number, group, index))
        return self._forms

    def _formal(self, number, group, index):
        """Return the solution of a method without closed forms, as symbolic functions."""
        method, roots = self._groups[group].method, self._roots[group]
        equations = getattr(method, 'equations', method)
        used = {v for e in equations.expressions for v in e.variables()}
        parameters = [p for p in self.problem.parameters if p in used]

        def near(point):
            known = dict(zip(parameters, point, strict=True))
            values = [tf.constant(known.get(p, 1.0), self.dtype) for p in equations.parameters]
            found = roots.report(*values)[0].numpy()[index]
            return [complex(v) if self.dtype.is_complex and v.imag else float(v.real) for v in found]
        return formal_solution(equations.expressions, equations.unknowns, parameters, near, number)

    def expressions(self):
        r"""
        Return the solutions as Sage's expressions; for several unknowns, vectors of them.

        A solution without a closed form is a function of its parameters, with values to any precision and derivatives.

        EXAMPLES::

            sage: from sage_tf.all import *
            sage: y, a = var('y, a')
            sage: s = solve_tf(y^5 + y == a, y).expressions(); s[0]
            y_0(a)
            sage: s[0](a=1).n(digits=30)
            0.754877666246692760049508896359
            sage: diff(s[0], a)
            1/(5*y_0(a)^4 + 1)
        """
        return [SR(forms[0]) if self.problem.is_single else vector(SR, forms) for forms in self.forms]

    def multiplicities(self):
        """
        Return the multiplicities of the solutions: those that they have for all values of the parameters.
        """
        return [self._groups[group].multiplicities[index] for group, index in self._places]

    def methods(self):
        """
        Return how each solution is found: ``'closed'``, ``'polynomial'``, ``'linear'``, ``'eliminated'`` or ``'newton'``.
        """
        return [self._groups[group].method.name for group, _ in self._places]

    # -- values --------------------------------------------------------------------------------------------------------

    def __call__(self, /, *args, **named):
        """
        Return all solutions at the given parameters, NaN where there is none.

        TESTS::

            sage: from sage_tf.all import *
            sage: y = var('y')
            sage: solve_tf([x + y == 3, x - y == 1], [x, y])().numpy()
            array([[2., 1.]])
            sage: solve_tf(x^2 == y, x)(Tensor([1, 4]))
            [-1.0  1.0]
            [-2.0  2.0]
        """
        tensors, given = self._tensors(args, named)
        result = self._shaped(tf.concat([roots(*tensors) for roots in self._roots], -2))
        return sage_tensor(result) if given and tf.executing_eagerly() and all(map(is_sage_tensor, given)) else result

    def _tensors(self, args, named):
        """Return the tensors of the parameters, and the arguments as they were given."""
        args, named = complete(self.problem, args, named)
        if named or len(args) != len(self._source.variables):
            args = self._source.in_order(args, named)
        tensors = [as_argument(value, self.dtype) for value in args]
        self._source.check_shapes([t.shape for t in tensors])
        return tensors, args

    def _shaped(self, roots):
        """Return roots with the unknowns as the last axis, which a single one does not need."""
        return roots[..., 0] if self.problem.is_single else roots

    def at(self, args, named):
        """Return the tensors of the parameters, and all solutions there with the branches and the unknowns as the last two axes."""
        tensors, _ = self._tensors(args, named)
        return tensors, tf.concat([roots(*tensors) for roots in self._roots], -2)

    def real_mask(self, /, *args, **named):
        r"""
        Return where the branches are real solutions, in the shape of the branches.

        EXAMPLES::

            sage: from sage_tf.all import *
            sage: y = var('y')
            sage: s = solve_tf(y^3 == x*y + 1, y)
            sage: s.real_mask([0, 3]).numpy()
            array([[ True, False, False],
                   [ True,  True,  True]])
            sage: solve_tf(y^2 == x, y, dtype='complex128').real_mask([-1, 1]).numpy()
            array([[False, False],
                   [ True,  True]])
        """
        tensors, _ = self._tensors(args, named)
        return self._real_of(tf.concat([roots.report(*tensors)[0] for roots in self._roots], -2))

    def _real_of(self, roots):
        """Return where roots are real: as real as rounding leaves them, in a complex dtype."""
        is_root = ~tf.reduce_any(is_nan(roots), -1)
        if not self.dtype.is_complex:
            return is_root
        unit = 2.0**-20 if self.dtype == tf.complex64 else 2.0**-46
        return is_root & tf.reduce_all(tf.abs(tf.math.imag(roots)) <= unit * tf.abs(roots), -1)

    def report(self, /, *args, **named):
        r"""
        Return what the solver did at the given parameters.

        OUTPUT: :class:`Report`: ``values`` as those of a call, and, in the shape of the branches, ``converged``, ``iterations`` and ``residual``, the
        largest of what the equations lack to 0; ``failed`` is the number of values that are none

        EXAMPLES::

            sage: from sage_tf.all import *
            sage: y = var('y')
            sage: report = solve_tf(y + exp(y) == x, y, guess=1).report([0, 1, 2])
            sage: report.converged.numpy().all(), report.failed, report.residual.numpy().max() < 1e-14, report.iterations.numpy().max() < 10
            (True, 0, True, True)
        """
        tensors, _ = self._tensors(args, named)
        reports = zip(*[roots.report(*tensors) for roots in self._roots], strict=True)
        values, converged, iterations, residual = (tf.concat(several, axis) for several, axis in zip(reports, (-2, -1, -1, -1), strict=True))
        return Report(self._shaped(values), converged, iterations, residual, int(tf.reduce_sum(tf.cast(~converged, tf.int32))))

    # -- one among several ---------------------------------------------------------------------------------------------

    def select(self, near, at=None):
        r"""
        Return the solution nearest to a point.

        INPUT:

        - ``near`` -- number or expression in the parameters, for several unknowns a list of them

        - ``at`` -- parameters (a number, a list in order, or a dictionary) at which the branch is chosen, once for all (default: the nearest
          is chosen anew at each point)

        OUTPUT: a branch; without ``at`` a :class:`~sage_tf.solving.selection.Chosen`, which is called like one

        EXAMPLES::

            sage: from sage_tf.all import *
            sage: y = var('y')
            sage: s = solve_tf(x^2 + y^2 == 9, y)
            sage: s.select(near=5, at=0)
            TensorFunction in float64: (x) |--> sqrt(-x^2 + 9)
            sage: s.select(near=x)([-1, 1]).numpy()
            array([-2.82842712,  2.82842712])
        """
        from sage_tf.solving.selection import nearest
        return nearest(self, near, at)

    def track(self, path, near=None, branch=None):
        r"""
        Follow one solution along a path of parameters.

        INPUT:

        - ``path`` -- values of the parameter, or a row of values for each point, or a dictionary of lists by parameter; it is followed
          straight from point to point

        - ``near`` -- where the solution is at the first point, nearly (default: the first that exists there)

        - ``branch`` -- its number there, instead

        OUTPUT: :class:`~sage_tf.solving.tracking.Track`: ``values`` at the points, NaN from where the branch ends in a fold on, and the ``folds``.
        The values are differentiable by the path, if that is a tensor.

        EXAMPLES:

        Around a circle in the plane of the parameters one comes back to another solution::

            sage: from sage_tf.all import *
            sage: y, a, b = var('y, a, b')
            sage: s = solve_tf([y^2 - x^2 == a, 2*x*y == b], [x, y])
            sage: angles = [2*pi*k/50 for k in range(51)]
            sage: track = s.track({a: [cos(t) for t in angles], b: [sin(t) for t in angles]}, near=(0, 1))
            sage: track.values.numpy()[[0, -1]].round(9) + 0, track.folds
            (array([[ 0.,  1.],
                    [ 0., -1.]]), [])
        """
        from sage_tf.solving.tracking import as_path, tracked
        if self.dtype.is_complex or not self.problem.parameters:
            raise TypeError(f"{self!r} was to be tracked; expected a real dtype, and parameters")
        path = as_path(path, self.problem, self.dtype)
        first = [path[0, k] for k in range(path.shape[1])]
        if branch is None:
            roots = self(*first).numpy().reshape(len(self), -1)
            exists = [k for k, row in enumerate(roots) if not (row != row).any()]
            if not exists:
                raise ValueError(f"no solution of {self.problem!r} exists at the start of the path; expected one there")
            branch = exists[0]
        if near is not None:
            start = [float(v) for v in ([near] if self.problem.is_single else near)]
        else:
            start = self[branch](*first).numpy().reshape(-1).tolist()
        return tracked(self, path, start)

    def certify(self, /, *args, radius=None, **named):
        r"""
        Prove that there is exactly one solution next to each that is returned at given parameters.

        INPUT:

        - ``args`` -- the parameters, as for a call, one point

        - ``radius`` -- the distance in each unknown that is to be proved (default: a small one, as small as succeeds)

        OUTPUT: list with a :class:`~sage_tf.solving.certificates.Certificate` for each branch; for branches that are NaN, and roots that are not simple, it
        says that nothing is proved

        EXAMPLES::

            sage: from sage_tf.all import *
            sage: y = var('y')
            sage: s = solve_tf([cos(y) == x*y, x^2 == 2], [x, y], guess=[1.5, 0.5])
            sage: proof, = s.certify()
            sage: proof.is_proved, proof.radius < 1e-13
            (True, True)
            sage: [interval.contains_zero() for interval in proof.enclosure]
            [False, False]
        """
        from sage_tf.solving.certificates import certificates
        tensors, _ = self._tensors(args, named)
        if any(t.shape.rank for t in tensors):
            raise ValueError(f"parameters of shapes {', '.join(str(t.shape) for t in tensors)} were given; expected numbers: certify point by point")
        roots = tf.concat([roots.report(*tensors)[0] for roots in self._roots], -2).numpy()
        numbers = [t.numpy().item() for t in tensors] if self.problem.parameters else []
        return certificates(self.problem, numbers, roots.tolist(), self.dtype.is_complex, radius)


def _roots_of(method, only=None):
    """Return the roots of a method, all or one, as a function on tensors."""
    return method.roots(only) if hasattr(method, 'roots') else Roots(method, only)
