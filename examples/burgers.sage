# The viscous Burgers equation, stated in Sage and solved by a network that is trained on its residual, its initial and its boundary
# conditions; compared with the exact solution by Cole and Hopf. With so little viscosity the sine wave becomes a steep front at x = 0.
#
#     sage examples/burgers.sage [PICTURE.png]
import os, sys
import numpy as np
from time import perf_counter
from scipy.optimize import minimize
from tqdm import tqdm
from sage_tf.all import *

start = perf_counter()
keras.utils.set_random_seed(1)
keras.config.set_floatx('float64')

# 1. The problem, for -1 <= x <= 1 and 0 <= t <= 1
x, t = var('x, t')
u = function('u')
nu = 1/100/pi
burgers = diff(u(x, t), t) + u(x, t)*diff(u(x, t), x) == nu*diff(u(x, t), x, 2)
initial = u(x, 0) == -sin(pi*x)
left, right = u(-1, t) == 0, u(1, t) == 0
print(burgers)

# 2. The network, and what is left when it stands for u in each of the equations
network = keras.Sequential([keras.Input((2,)), *(keras.layers.Dense(20, activation='tanh') for _ in range(4)), keras.layers.Dense(1)])
residual = burgers.to_tf(x, t, functions={u: network})
at_start = initial.to_tf(x, functions={u: network})
at_ends = vector([left.lhs(), right.lhs()]).to_tf(t, functions={u: network})

# 3. Points of the domain, evenly spread, a third of them where the front will be
points = [sample_data(x, (x, -1, 1), (t, 0, 1), n=2048, method='sobol', seed=1).X,
          sample_data(x, (x, -1/10, 1/10), (t, 1/5, 1), n=1024, method='sobol', seed=2).X]
xs, ts = tf.unstack(tf.concat(points, axis=0), axis=1)
places, times = tf.linspace(-1, 1, 257), tf.linspace(0, 1, 101)

weights = network.trainable_variables

def loss_and_slopes():
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(residual(xs, ts)^2) + 10*tf.reduce_mean(at_start(places)^2) + tf.reduce_mean(at_ends(times)^2)
    return loss, tape.gradient(loss, weights)

# 4. Training: Adam finds the way, L-BFGS goes it to the end
optimizer = keras.optimizers.Adam(keras.optimizers.schedules.ExponentialDecay(1e-2, 200, 0.7))
optimizer.build(weights)

@tf.function(jit_compile=True, autograph=False)
def step_of_adam():
    loss, slopes = loss_and_slopes()
    optimizer.apply(slopes, weights)
    return loss

with tqdm(range(400), desc='Adam') as steps:
    for step in steps:
        loss = step_of_adam()
        if step % 50 == 0:
            steps.set_postfix(loss='%.1e' % loss)

@tf.function(jit_compile=True, autograph=False)
def loss_and_slope_at(flat):
    for part, variable in zip(tf.split(flat, [variable.shape.num_elements() for variable in weights]), weights):
        variable.assign(tf.reshape(part, variable.shape))
    loss, slopes = loss_and_slopes()
    return loss, tf.concat([tf.reshape(slope, [-1]) for slope in slopes], axis=0)

def objective(flat):
    loss, slope = loss_and_slope_at(flat)
    return float(loss), slope.numpy()

with tqdm(total=2000r, desc='L-BFGS') as bar:
    def report(intermediate_result):
        bar.update()
        bar.set_postfix(loss='%.1e' % intermediate_result.fun, refresh=False)
    best = minimize(objective, np.concatenate([variable.numpy().ravel() for variable in weights]), jac=True, method='L-BFGS-B',
                    callback=report, options=dict(maxiter=2000, maxfun=4000, maxcor=50, ftol=0, gtol=0))
loss_and_slope_at(best.x)
print('trained for %.0f seconds' % (perf_counter() - start))

# 5. The exact solution: a quotient of two integrals with the heat kernel, by Gauss-Hermite quadrature with n nodes
z = var('z')
y = x - 2*sqrt(nu*t)*z
integrands = vector([sin(pi*y), 1])*exp(-cos(pi*y)/(2*pi*nu))

def cole_hopf(xs, ts, n):
    nodes, weights = np.polynomial.hermite.hermgauss(n)
    values = integrands.to_tf(x, t, z)(xs[..., None], ts[..., None], nodes)
    integrals = tf.tensordot(values, weights, [[2], [0]])
    return -integrals[..., 0]/integrals[..., 1]

grid_x, grid_t = tf.meshgrid(tf.linspace(-1, 1, 257), tf.linspace(0, 1, 101))
exact = cole_hopf(grid_x, grid_t, 100)
assert tf.norm(exact - cole_hopf(grid_x, grid_t, 140)) < 1e-10*tf.norm(exact)                  # the quadrature has converged
approximate = u(x, t).to_tf(x, t, functions={u: network})(grid_x, grid_t)
error = tf.norm(approximate - exact)/tf.norm(exact)
print('relative error in the norm of L2: %.1e' % error)
assert error < 5e-2
assert perf_counter() - start < 360

places = grid_x[0].to_sage()
curves = sum(line(zip(places, exact[k].to_sage()), color='lightblue', thickness=5)
             + line(zip(places, approximate[k].to_sage()), color=colour, thickness=1.5, legend_label='network, t = %.2f' % (k/100))
             for k, colour in ((0, 'black'), (25, 'green'), (50, 'orange'), (99, 'red')))
field = matrix_plot(approximate.numpy(), xrange=(-1, 1), yrange=(0, 1), flip_y=False, aspect_ratio='automatic', cmap='coolwarm',
                    axes_labels=['x', 't'], colorbar=True)
picture = graphics_array([curves, field])
path = sys.argv[1] if len(sys.argv) > 1 else os.path.join('build', 'burgers.png')
os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
picture.save(path, figsize=[9, 3.2], dpi=80)
print('picture:', os.path.normpath(path))
