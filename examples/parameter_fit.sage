# The unknown constants of a differential equation, found from noisy data: a network follows the data and obeys the equation of logistic
# growth, whose rate r and capacity K are parameters that are trained together with the network.
#
#     sage examples/parameter_fit.sage [PICTURE.png]
import os, sys
import numpy as np
from scipy.optimize import minimize
from tqdm import tqdm
from sage_tf.all import *

keras.utils.set_random_seed(1)
keras.config.set_floatx('float64')

# 1. The equation, a solution of it, and 200 measurements of that with errors of 0.03
t, r, K = var('t, r, K')
y = function('y')
growth = diff(y(t), t) == r*y(t)*(1 - y(t)/K)
solution = K/(1 + (10*K - 1)*exp(-r*t))                         # with 1/10 at the beginning
assert bool(growth.substitute_function(y, solution.function(t)))
truth = {r: 3/2, K: 2}
data = sample_data(solution.subs(truth), (t, 0, 6), n=200, noise=0.03, seed=1)
print(growth)

# 2. A network in place of y, and what is then left of the equation
network = keras.Sequential([keras.Input((1,)), keras.layers.Dense(16, activation='tanh'), keras.layers.Dense(16, activation='tanh'),
                            keras.layers.Dense(1)])
residual = growth.to_tf(t, functions={y: network}, parameters={r: 1, K: 1})
curve = y(t).to_tf(t, functions={y: network})
weights = residual.trainable_variables                          # r and K, and the weights of the network
places = tf.linspace(0, 6, 121)

# 3. Training by L-BFGS; the equation counts as much as the data do with respect to their errors
sizes = [variable.shape.num_elements() for variable in weights]

@tf.function(jit_compile=True, autograph=False)
def loss_and_slope_at(flat):
    for part, variable in zip(tf.split(flat, sizes), weights):
        variable.assign(tf.reshape(part, variable.shape))
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((curve(data.X[:, 0]) - data.y)^2) + tf.reduce_mean(residual(places)^2)
    return loss, tf.concat([tf.reshape(slope, [-1]) for slope in tape.gradient(loss, weights)], axis=0)

def objective(flat):
    loss, slope = loss_and_slope_at(flat)
    return float(loss), slope.numpy()

with tqdm(total=1500r, desc='L-BFGS') as bar:
    best = minimize(objective, np.concatenate([variable.numpy().ravel() for variable in weights]), jac=True, method='L-BFGS-B',
                    callback=lambda flat: bar.update(), options=dict(maxiter=1500, maxfun=3000, maxcor=30, ftol=1e-13, gtol=1e-9))
loss_and_slope_at(best.x)

# 4. What was found
found = {symbol: variable.to_sage() for symbol, variable in residual.parameters().items()}
for symbol, value in found.items():
    print('%s = %.4f, in truth %.4f' % (symbol, value, truth[symbol]))
    assert abs(value/truth[symbol] - 1) < 0.01
print('the equation found:', residual.to_sage())
print('mean error of the data: %.3f' % sqrt(tf.reduce_mean((curve(data.X[:, 0]) - data.y)^2)))

xs = srange(0, 6, 0.05)
picture = (data.plot(color='grey', legend_label='data with errors')
           + plot(solution.subs(truth), (t, 0, 6), color='lightblue', thickness=5, legend_label='solution')
           + plot(solution.subs(found), (t, 0, 6), color='green', linestyle='--', legend_label='solution with the constants found')
           + line(zip(xs, curve(xs).to_sage()), color='red', thickness=1.5, legend_label='network'))
path = sys.argv[1] if len(sys.argv) > 1 else os.path.join('build', 'parameter_fit.png')
os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
picture.save(path, figsize=[6, 3.5], dpi=80)
print('picture:', os.path.normpath(path))
