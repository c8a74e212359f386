# A symbolic expression with free parameters, fitted to noisy data by gradient descent: the result is an expression again.
#
#     sage examples/symbolic_model.sage [PICTURE.png]
import os, sys
from sage_tf.all import *

f(x) = sin(2*pi*x) + cos(pi*x/2)
data = sample_data(f, (x, 0, 5), n=100, noise=0.3, seed=1)
print(data)

# a, b and c become trainable variables of TensorFlow; b only has to begin near its value
a, b, c = var('a, b, c')
model = (a*sin(b*x) + c*cos(pi*x/2)).to_tf(x, parameters={a: 1/2, b: 6, c: 0})
print(model)

points = data.X[:, 0]
optimizer = keras.optimizers.Adam(0.02)
for step in range(400):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((model(points) - data.y)^2)
    optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))

g(x) = model.to_sage()
print('fitted:', g(x))
assert loss < 0.3^2                                             # what is left is the noise
assert max(abs(g(v) - f(v)) for v in srange(0, 5, 1/10)) < 0.3

# The gradient on a batch of points, by TensorFlow's tape and by Sage's derivative compiled
grid = tf.linspace(0, 5, 501)
with tf.GradientTape() as tape:
    tape.watch(grid)
    fitted = model(grid)
slopes = tape.gradient(fitted, grid)
assert tf.reduce_max(abs(slopes - diff(g, x).to_tf()(grid))) < 1e-10

xs = grid.to_sage()
values = (data.plot(color='grey', legend_label='noisy data')
          + plot(f, (x, 0, 5), color='lightblue', thickness=5, legend_label='function')
          + line(zip(xs, fitted.to_sage()), color='red', thickness=1.5, legend_label='fitted model'))
gradients = (plot(diff(f, x), (x, 0, 5), color='lightblue', thickness=5, legend_label='derivative')
             + line(zip(xs, slopes.to_sage()), color='red', thickness=1.5, legend_label='gradient of the model'))
for graphics in (values, gradients):
    graphics.set_legend_options(loc='lower left', shadow=False)
picture = graphics_array([values, gradients])
path = sys.argv[1] if len(sys.argv) > 1 else os.path.join('build', 'symbolic_model.png')
os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
picture.save(path, figsize=[9, 3.2], dpi=80)
print('picture:', os.path.normpath(path))
