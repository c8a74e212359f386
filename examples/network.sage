# A network comes back as mathematics: its breakpoints exactly, its error certified, drawn with its band.
#
#     sage examples/network.sage [picture.png]
import os, sys
os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3'); os.environ.setdefault('TF_ENABLE_ONEDNN_OPTS', '0')
from sage_tf.all import *

# 1. Train a network with rectifiers on f
f(x) = sin(2*pi*x) + cos(pi*x/2)
keras.utils.set_random_seed(1)
data = sample_data(f, (x, 0, 5), n=2000, method='sobol', seed=1)
model = keras.Sequential([keras.Input((1,)), keras.layers.Rescaling(2/5, -1), keras.layers.Dense(32, activation='relu'),
                          keras.layers.Dense(32, activation='relu'), keras.layers.Dense(1)])
model.compile(optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.01, 200*32)), loss='mse')
history = model.fit(data.X, data.y, epochs=200, batch_size=64, verbose=0).to_sage()
print('loss after %s epochs: %s' % (len(history['loss']), history['loss'][-1]))

# 2. Bring it back: an expression that Sage evaluates and differentiates
g = model.to_sage(x)
points = tf.linspace(0, 5, 10001)
difference = g.to_tf(x)(points) - tf.cast(model(tf.cast(points, 'float32')[:, None])[:, 0], 'float64')
print('expression and model differ by', float(tf.reduce_max(tf.abs(difference))), 'at most, at 10001 points')
slope = diff(g, x).subs(x=2.0)

# 3. Its breakpoints, exactly
pieces = piecewise_linear(model)
inside = [b for b in pieces.end_points() if 0 <= b <= 5]
print(len(inside), 'breakpoints in [0, 5], the first is', inside[0], 'or', inside[0].n(digits=10))
zeros = zero_set(model, (0, 5))
print(zeros.n_components(), 'zeros, the first near', zeros[0].lower().n(digits=8))
largest = extrema(model, (0, 5))
print('largest value', largest.maximum.n(digits=8), 'at', largest.at_maximum[0].n(digits=8))

# 4. Its largest error on [0, 5], certified: the bound holds for whatever model(x) returns, rounding included
y = var('y')
sampled = float(tf.reduce_max(tf.abs(tf.cast(model(tf.cast(points, 'float32')[:, None])[:, 0], 'float64') - f.to_tf()(points))))
bound = QQ(ceil(1000*sampled + 1)/1000)
answer = certify(model, abs(y - f(x)) <= bound, (0, 5))
print('|model - f| <=', bound, 'on [0, 5]:', answer)
below = QQ(floor(1000*sampled - 1)/1000)
refuted = certify(model, abs(y - f(x)) <= below, (0, 5))
print('|model - f| <=', below, 'on [0, 5]:', refuted)

# 5. Both, with the band in which the network is proved to lie
band = plot([f(x) - bound, f(x) + bound], (x, 0, 5), fill={0: [1]}, fillcolor='orange', fillalpha=0.3, color='orange', thickness=0.5)
marks = point([(b, pieces(b)) for b in inside], color='red', size=12, zorder=5)
picture = band + plot(f(x), (x, 0, 5), color='black', legend_label='f') + marks
picture += line([(b, pieces(b)) for b in [QQ(0), *inside, QQ(5)]], color='blue', legend_label='network')
if len(sys.argv) > 1:
    picture.save(sys.argv[1], figsize=(8, 4))

assert abs(float(slope) - float(pieces(QQ(2) + QQ(1)/10^6) - pieces(QQ(2)))*10^6) < 1e-2
assert bool(answer) and refuted.is_refuted()
assert float(tf.reduce_max(tf.abs(difference))) < 1e-4
