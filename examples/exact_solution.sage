# Floats are fast, fractions are exact: a linear system solved by TensorFlow in float64 and refined with Sage's exact residuals.
#
#     sage examples/exact_solution.sage
from sage_tf.all import *

n = 8
A = matrix(QQ, n, lambda i, j: 1/(i + j + 1))                   # Hilbert's matrix: a change in digit 16 shows in digit 6
b = vector(QQ, range(1, n + 1))

factors = tf.linalg.lu(A.to_tf())                               # factored once
solution = zero_vector(QQ, n)
for step in range(10):
    residual = b - A*solution                                   # exact
    print('step %s: the residual is %.1e' % (step, residual.norm(infinity)))
    if residual == 0:
        break
    scale = residual.norm(infinity)
    correction = tf.linalg.lu_solve(*factors, (residual/scale).column()).to_sage(QQ).column(0)
    solution = vector(QQ, [entry.n(200).nearby_rational(max_error=2^-20) for entry in solution + scale*correction])

print('solution:', solution)
assert A*solution == b                                          # not nearly: exactly
assert solution == A.solve_right(b)

# The other way round: what TensorFlow finds, certified by Sage
values, vectors = tf.linalg.eigh(A.to_tf())
lowest = values[0].to_sage()
exact = min(A.charpoly().roots(AA, multiplicities=False))
print('lowest eigenvalue: %s from TensorFlow, %s exactly' % (lowest, exact.n(60)))
assert abs(lowest - exact) < 1e-15
V = vectors.to_sage()
assert (V.transpose()*V - identity_matrix(RDF, n)).norm() < 1e-13
