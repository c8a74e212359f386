# From a symbolic function to a trained network, and back into Sage. `make demo` runs this.
#
#     sage examples/workflow.sage [PICTURE.png]
import os, sys
from time import perf_counter
from tqdm.keras import TqdmCallback
from sage_tf.all import *

set_random_seed(5)                      # of Sage, for the data
keras.utils.set_random_seed(5)          # of Keras, for weights and batches
start = perf_counter()

# 1. Data from a symbolic function
f(x) = sin(2*pi*x) + cos(pi*x/2)
data = sample_data(f, (x, 0, 5), n=100, method='grid')
print(data)
assert data.X.shape == (100, 1) and data.y.shape == (100,)

# 2. A network, trained on it
model = keras.Sequential([keras.layers.Dense(10, activation='relu'), keras.layers.Dense(1)])
model.compile(optimizer=keras.optimizers.Adam(0.01), loss='mse')
history = model.fit(data.X, data.y, epochs=500, verbose=0, callbacks=[TqdmCallback(verbose=0)])
losses = history.history['loss']
print('mean squared error: %.3f in the first epoch, %.3f in the last' % (losses[0], losses[-1]))
assert len(losses) == 500 and losses[-1] < 0.8 * data.y.numpy().var()         # it does better than a constant

# 3. Predictions, exact fractions in Sage: the parabola through three of them
#    (ten neurons find the slow wave of the function and not the fast one)
points = vector(QQ, [1.2, 2.7, 4.1])
values = Tensor(model.predict(points, verbose=0)).to_sage(QQ).column(0)
for point, value in zip(points, values):
    print('at %s: the network says %.4f, the function %.4f' % (point, value, f(point)))
R.<t> = QQ[]
parabola = R.lagrange_polynomial(zip(points, values))
print('the parabola through these:', parabola.change_ring(RealField(20)), 'with its vertex at', parabola.derivative().roots()[0][0].n(20))
assert [parabola(point) for point in points] == list(values)

# 4. The gradient of the network against Sage's derivative of the function
derivative = diff(f, x)
grid = tf.linspace(0.01, 4.99, 500)
with tf.GradientTape() as tape:
    tape.watch(grid)
    fitted = model(grid[:, None])[:, 0]
slopes = tape.gradient(fitted, grid)
assert slopes.shape == grid.shape

# The network is linear between the points where a neuron switches: there, a difference quotient is its slope
kernel, bias = model.layers[0].get_weights()
switches = [-b/k for k, b in zip(kernel[0], bias)]
quotients = (fitted[1:] - fitted[:-1]) / (grid[1:] - grid[:-1])
smooth = [k for k in range(499) if not any(grid[k] <= s <= grid[k + 1] for s in switches)]
assert len(smooth) >= 489 and max(abs(quotients[k] - slopes[k]) for k in smooth) < 1e-2
print('the gradient agrees with difference quotients on %s of 499 steps; %s steps have a corner' % (len(smooth), 499 - len(smooth)))

xs = grid.to_sage()
values = data.plot(legend_label='data') + line(zip(xs, fitted.to_sage()), color='red', thickness=2, legend_label='network')
gradients = (plot(derivative, (x, 0, 5), legend_label='derivative of the function')
             + line(zip(xs, slopes.to_sage()), color='red', thickness=2, legend_label='gradient of the network'))
for graphics in (values, gradients):
    graphics.set_legend_options(loc='lower left', shadow=False)
picture = graphics_array([values, gradients])
path = sys.argv[1] if len(sys.argv) > 1 else os.path.join('build', 'workflow.png')
os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
picture.save(path, figsize=[9, 3.2], dpi=80)
print('picture:', os.path.abspath(path))
print('seconds: %.1f' % (perf_counter() - start))
