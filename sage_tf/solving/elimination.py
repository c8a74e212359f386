r"""
Small systems of linear equations, many at a time

TensorFlow's own solver raises an error if one matrix of a batch is singular. Here that one's solution is not finite.

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.solving.elimination import solved
    sage: one, two, nought = (tf.constant(k, tf.float64) for k in (1r, 2r, 0r))
    sage: [float(t) for t in solved([[nought, two], [one, one]], [two, two])]
    [1.0, 1.0]
"""
import tensorflow as tf

from sage_tf.symbolic.gradients import with_gradient

FEW = 3                                                         # unknowns, up to which the steps are written out entry by entry


def solved(rows, right):
    r"""
    Return the solution of a system of linear equations.

    INPUT:

    - ``rows`` -- list of lists of tensors, the matrix

    - ``right`` -- list of tensors

    OUTPUT: list of tensors of the common shape; differentiable as often as needed

    ALGORITHM: Gaussian elimination with partial pivoting

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.solving.elimination import solved
        sage: A, b = tf.random.stateless_normal((5r, 5r), (1r, 2r), dtype=tf.float64), tf.range(5r, dtype=tf.float64)
        sage: found = tf.stack(solved([tf.unstack(row) for row in tf.unstack(A)], tf.unstack(b)))
        sage: bool(tf.reduce_max(tf.abs(tf.linalg.matvec(A, found) - b)) < 1e-10r)
        True
        sage: singular = [[tf.constant([0.0r, 1.0r])]]
        sage: solved(singular, [tf.constant(1.0r)])[0].numpy()
        array([inf,  1.], dtype=float32)
    """
    if len(right) == 1:
        return [right[0] / rows[0][0]]
    if len(right) <= FEW:
        return _entrywise([list(row) for row in rows], list(right))
    shape = tf.shape(sum(tf.zeros_like(t) for t in [*right, *(entry for row in rows for entry in row)]))
    matrix = tf.stack([tf.stack([tf.broadcast_to(t, shape) for t in row], -1) for row in rows], -2)
    return tf.unstack(_solution(matrix, tf.stack([tf.broadcast_to(t, shape) for t in right], -1)), num=len(right), axis=-1)


def _entrywise(rows, right):
    """Return the solution by operations on the entries, which XLA joins to one loop."""
    count = len(right)
    for k in range(count):
        for i in range(k + 1, count):                           # the largest entry comes to the top, by exchanges
            larger = tf.abs(rows[i][k]) > tf.abs(rows[k][k])
            for j in range(k, count):
                rows[k][j], rows[i][j] = _exchanged(larger, rows[k][j], rows[i][j])
            right[k], right[i] = _exchanged(larger, right[k], right[i])
        for i in range(k + 1, count):
            factor = rows[i][k] / rows[k][k]
            for j in range(k + 1, count):
                rows[i][j] = rows[i][j] - factor * rows[k][j]
            right[i] = right[i] - factor * right[k]
    found = [None] * count
    for k in reversed(range(count)):
        rest = right[k]
        for j in range(k + 1, count):
            rest = rest - rows[k][j] * found[j]
        found[k] = rest / rows[k][k]
    return found


def _exchanged(condition, first, second):
    return tf.where(condition, second, first), tf.where(condition, first, second)


def _slopes(upstream, tensors):
    """Return the gradients by a matrix and a right side: a solution with the adjoint matrix, and its products with the solution."""
    matrix, right = tensors
    back = _solution(tf.linalg.adjoint(matrix), upstream)
    here = _solution(matrix, right)
    return -back[..., :, None] * tf.math.conj(here)[..., None, :], back


def _eliminated(matrix, right):
    """Return the solutions by elimination, column by column, with the identity taking the place of what is done."""
    count = right.shape[-1]
    work = tf.concat([matrix, right[..., None]], -1)
    rows = tf.range(count)
    for k in range(count):
        size = tf.where(rows >= k, tf.abs(work[..., k]), -tf.ones_like(tf.abs(work[..., k])))
        pivot = tf.argmax(size, -1, output_type=tf.int32)[..., None]
        is_pivot, is_here = rows == pivot, rows == k
        top = tf.reduce_sum(tf.where(is_pivot[..., None], work, tf.zeros_like(work)), -2, keepdims=True)
        displaced = work[..., k:k + 1, :]
        work = tf.where(is_here[..., None], top, tf.where(is_pivot[..., None], displaced, work))
        scaled = top / top[..., k:k + 1]
        work = tf.where(is_here[..., None], scaled, work - work[..., k:k + 1] * scaled)
    return work[..., -1]


_solution = with_gradient(lambda matrix, right: _eliminated(matrix, right), _slopes)
