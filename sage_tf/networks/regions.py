r"""
The linear regions of networks made of rectifiers and the like, as polyhedra with their affine maps

EXAMPLES::

    sage: from sage_tf.all import *
    sage: model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, activation='relu'), keras.layers.Dense(1)])
    sage: for weight, values in zip(model.weights, ([[1, 1], [1, -1]], [0, 0], [[1], [2]], [0.5])): _ = weight.assign(values)
    sage: regions = linear_regions(model, [(-1, 1), (-1, 1)]); len(regions), sum(r.polyhedron().volume() for r in regions)
    (4, 4)
    sage: region = regions.at(1/2, 0); region.matrix(), region.offset(), region.polyhedron().vertices_list()
    ([ 3 -1], (1/2), [[0, 0], [1, -1], [1, 1]])
    sage: regions.maximum(), regions.minimum()
    ((9/2, (1, -1)), (1/2, (-1, -1)))

ALGORITHM:

A region is a polytope together with the affine map that every wire is on it. Step by step, a rectifier whose argument has both signs at the vertices of a
region cuts it in two. All numbers are rational.
"""
from sage.geometry.polyhedron.constructor import Polyhedron
from sage.matrix.constructor import matrix
from sage.misc.cachefunc import cached_method
from sage.modules.free_module_element import vector
from sage.plot.graphics import Graphics
from sage.rings.rational_field import QQ
from sage.symbolic.ring import SR

from sage_tf.networks.activations import ACTIVATIONS
from sage_tf.networks.boxes import Box
from sage_tf.networks.flat import Flat, Undecided, rows_of
from sage_tf.networks.models import tape_of

MOST_INPUTS = 6


def linear_regions(model, box, most=10**5):
    r"""
    Return the linear regions of a piecewise linear network on a box.

    INPUT:

    - ``model`` -- Keras model of linear layers, rectifiers and whatever is piecewise linear and continuous, of two or three inputs (up to six are taken)

    - ``box`` -- list of pairs ``(low, high)`` of rational numbers, one for each input

    - ``most`` -- the number of regions beyond which ValueError is raised (default: 10^5)

    OUTPUT: the :class:`Regions`, a list of them; together they are the box, and they overlap in faces only

    Raises NotImplementedError for a network that is not piecewise linear.

    EXAMPLES::

        sage: from sage_tf.all import *
        sage: keras.utils.set_random_seed(1)
        sage: model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(3, activation='relu'), keras.layers.Dense(1)])
        sage: regions = linear_regions(model, [(-1, 1)]*3)
        sage: len(regions), sum(r.polyhedron().volume() for r in regions)
        (8, 8)

    TESTS::

        sage: linear_regions(keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, activation='tanh')]), [(0, 1)]*2)
        Traceback (most recent call last):
        ...
        NotImplementedError: the network has tanh in it: tanh is no piecewise linear function
    """
    tape = tape_of(model)
    if tape.inputs.size > MOST_INPUTS:
        raise ValueError(f"the network has {tape.inputs.size} inputs; expected at most {MOST_INPUTS}")
    box = Box.of(box, tape.inputs.size)
    ends = [(_rational(low), _rational(high)) for low, high in box.ends]
    todo, done = [_Cell.of_box(tape, ends)], []
    while todo:
        cell = todo.pop()
        try:
            cell.run(tape)
        except Undecided as cut:
            todo += cell.halves(cut.row, cut.offset)
            if len(todo) + len(done) > most:
                raise ValueError(f"there are more than {most} linear regions; give a smaller box, or most=") from None
            continue
        done.append(Region(cell, tape, box.names))
    return Regions(done, box.names)


def _rational(x):
    """Return an end of a box as a rational number."""
    try:
        return QQ(x)
    except (TypeError, ValueError):
        raise TypeError(f"the box has the end {x}, which is not rational; expected exact numbers, as 1/3") from None


class _Cell:
    """A polytope on which the steps so far are affine maps of the inputs."""

    def __init__(self, polytope, vertices, places, step, known):
        self.polytope, self.vertices, self.places, self.step, self.known = polytope, vertices, places, step, known

    @classmethod
    def of_box(cls, tape, ends):
        from ppl import C_Polyhedron, Constraint_System, Variable
        system = Constraint_System()
        for k, (low, high) in enumerate(ends):
            system.insert(Variable(k) * int(low.denominator()) >= int(low.numerator()))
            system.insert(Variable(k) * int(high.denominator()) <= int(high.numerator()))
        polytope = C_Polyhedron(system)
        d = len(ends)
        identity = Flat(matrix.identity(QQ, d), vector(QQ, d))
        places = {int(wire): (identity, k) for k, wire in enumerate(tape.inputs.ravel())}
        return cls(polytope, _vertices(polytope, d), places, 0, {})

    def run(self, tape):
        """Go on along the tape; raise Undecided where a sign is not the same on all of the cell."""
        while self.step < len(tape.steps):
            step = tape.steps[self.step]
            with Flat.on(self):
                rows_of(self.places, step, ACTIVATIONS)
            self.step += 1

    def sign(self, row, offset):
        """Return the sign of an affine function on the cell: 1 for nowhere negative, -1 for nowhere positive; None if it changes."""
        key = (tuple(row), offset)
        if key not in self.known:
            values = [row * v + offset for v in self.vertices]
            low, high = min(values), max(values)
            self.known[key] = 1 if low >= 0 else -1 if high <= 0 else None
        return self.known[key]

    def halves(self, row, offset):
        """Return the two parts on which an affine function is nowhere negative, and nowhere positive."""
        from ppl import C_Polyhedron, Linear_Expression
        d = len(row)
        scale = vector(QQ, [*row, offset]).denominator()
        function = Linear_Expression([int(c * scale) for c in row], int(offset * scale))
        parts = []
        for constraint in (function >= 0, function <= 0):
            polytope = C_Polyhedron(self.polytope)
            polytope.add_constraint(constraint)
            parts.append(_Cell(polytope, _vertices(polytope, d), dict(self.places), self.step, {}))
        return parts


def _vertices(polytope, d):
    """Return the vertices of a polytope of PPL."""
    return [vector(QQ, [QQ((int(c), int(g.divisor()))) for c in g.coefficients()] + [0] * (d - len(list(g.coefficients()))))
            for g in polytope.minimized_generators() if g.is_point()]


class Region:
    r"""
    A region of a network on which it is an affine map.

    EXAMPLES::

        sage: from sage_tf.all import *
        sage: model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, activation='relu')])
        sage: for weight, values in zip(model.weights, ([[2], [0]], [-1])): _ = weight.assign(values)
        sage: linear_regions(model, [(0, 1), (0, 1)]).at(1, 0)
        Linear region with 4 vertices: (x0, x1) |--> (2*x0 - 1)
    """
    def __init__(self, cell, tape, names):
        rows = [cell.places[int(wire)] for wire in tape.outputs.ravel()]
        self._matrix = matrix(QQ, [flat.matrix[k] for flat, k in rows])
        self._offset = vector(QQ, [flat.offset[k] for flat, k in rows])
        self._vertices, self._names = cell.vertices, names

    def matrix(self):
        """Return the linear part of the map."""
        return self._matrix

    def offset(self):
        """Return the constant part of the map."""
        return self._offset

    def vertices(self):
        """Return the vertices, rational vectors."""
        return list(self._vertices)

    @cached_method
    def polyhedron(self):
        """Return the region as a polyhedron of Sage."""
        return Polyhedron(vertices=self._vertices, base_ring=QQ)

    def expression(self):
        """Return the map as a vector of expressions."""
        return self._matrix * vector(SR, list(map(SR.var, self._names))) + self._offset

    def __call__(self, *point):
        """Return the value of the map at a point."""
        return self._matrix * vector(QQ, point) + self._offset

    def __repr__(self):
        return f"Linear region with {len(self._vertices)} vertices: ({', '.join(self._names)}) |--> {self.expression()}"


class Regions(list):
    r"""
    The linear regions of a network on a box.

    EXAMPLES::

        sage: from sage_tf.all import *
        sage: model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, activation='relu')])
        sage: for weight, values in zip(model.weights, ([[2], [1]], [-1])): _ = weight.assign(values)
        sage: regions = linear_regions(model, [(0, 1), (0, 1)])
        sage: regions.minimum(), regions.maximum()
        ((0, (0, 0)), (2, (1, 1)))
        sage: type(regions.plot())
        <class 'sage.plot.graphics.Graphics'>
    """
    def __init__(self, regions, names):
        super().__init__(regions)
        self._names = names

    def at(self, *point):
        """Return a region that holds a point."""
        for region in self:
            if region.polyhedron().contains(vector(QQ, point)):
                return region
        raise ValueError(f"the point {point} is not in the box")

    def _extremum(self, output, choose):
        pairs = [(region(*v)[output], tuple(v)) for region in self for v in region.vertices()]
        value = choose(value for value, _ in pairs)
        return value, vector(QQ, min(point for found, point in pairs if found == value))

    def maximum(self, output=0):
        """Return the largest value of an output on the box, exactly, and a point where it is taken."""
        return self._extremum(output, max)

    def minimum(self, output=0):
        """Return the smallest value of an output on the box, exactly, and a point where it is taken."""
        return self._extremum(output, min)

    def plot(self, output=0, **options):
        r"""
        Return a picture: for two inputs the regions, colored by the value in their middle; for three the graph of the regions, as polyhedra.

        INPUT:

        - ``output`` -- the number of the output that colors the regions

        - ``options`` -- for the polygons or polyhedra
        """
        from sage.plot.colors import hue
        from sage.plot.polygon import polygon2d
        d = len(self._names)
        if d not in (2, 3):
            raise ValueError(f"regions of {d} inputs have no picture; expected two or three")
        middles = [region(*(sum(region.vertices()) / len(region.vertices())))[output] for region in self]
        low, high = min(middles), max(middles)
        shades = [float((m - low) / (high - low)) if high > low else 0.5 for m in middles]
        if d == 3:
            return sum(region.polyhedron().plot(color=hue(0.66 * (1 - s)), opacity=0.4, **options) for region, s in zip(self, shades, strict=True))
        picture = Graphics()
        for region, s in zip(self, shades, strict=True):
            picture += polygon2d([tuple(v) for v in _around(region.vertices())], color=hue(0.66 * (1 - s), 0.6), edgecolor='black', thickness=0.5, **options)
        return picture


def _around(vertices):
    """Return the vertices of a polygon in order around its middle."""
    from math import atan2
    middle = sum(vertices) / len(vertices)
    return sorted(vertices, key=lambda v: atan2(float(v[1] - middle[1]), float(v[0] - middle[0])))
