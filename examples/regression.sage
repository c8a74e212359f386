# Kepler's third law from the planets, and laws from data that a formula made.
#
#     sage examples/regression.sage [PICTURE.png]
import os, sys
import numpy
from time import perf_counter
from sage_tf.all import *

start = perf_counter()

# 1. The planets: semi-major axis in astronomical units, period in years
planets = {'Mercury': (0.38710, 0.24085), 'Venus': (0.72333, 0.61520), 'Earth': (1.00000, 1.00002), 'Mars': (1.52368, 1.88085),
           'Jupiter': (5.2026, 11.8618), 'Saturn': (9.5549, 29.4566), 'Uranus': (19.2184, 84.0107), 'Neptune': (30.1104, 164.786)}
axes, periods = zip(*planets.values())
kepler = SymbolicRegressor(random_state=1, time_limit=10, progress=False).fit(axes, periods, variables='a')
print(kepler.pareto_front())
a = var('a')
law = kepler.expression()
print('T =', law)
# the giants have a mass that the law neglects, and count most
assert max(abs(law.subs(a=axis)/period - 1) for axis, period in planets.values()) < 5e-3

# 2. Exact constants: the period of a pendulum, from 200 points
l, g = var('l, g')
data = sample_data(2*pi*sqrt(l/g), (l, 1/10, 3), (g, 1, 25), n=200, seed=1)
model = SymbolicRegressor(progress=False).fit(data)
print('T =', model.expression())
print(model.exact_report())
assert model.pareto_front().best().is_exact()
assert bool((model.expression()/(2*pi*sqrt(l/g)))^2 == 1)

# 3. The law as a compiled function with gradients, and as source for other programs
T = model.to_tf()
slope = T.gradient(1, 9.81)[0]
assert abs(slope.to_sage() - diff(2*pi*sqrt(l/g), l).subs(l=1, g=9.81)) < 1e-12
print(model.to_c())

# 4. The front, the predicted values and the residuals
path = sys.argv[1] if len(sys.argv) > 1 else os.path.join('build', 'regression.png')
os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
kepler.plot().save(path, figsize=[10, 3], dpi=80)
print('picture:', os.path.abspath(path))
print('seconds: %.1f' % (perf_counter() - start))
