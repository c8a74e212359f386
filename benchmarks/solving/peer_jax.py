"""
Kepler's equation by JAX's solvers, in an environment of its own.

Called with a file of arrays (NumPy's npz) and the number of repetitions, prints for each solver the best time for values and gradients of
all points, the time of compilation, and the largest error of the equation, as JSON.
"""

import json
import sys
import time

import jax

jax.config.update("jax_enable_x64", True)

import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402


def lack(anomaly, mean, eccentricity):
    return anomaly - eccentricity * jnp.sin(anomaly) - mean


def by_optimistix():
    import optimistix

    solver = optimistix.Newton(rtol=1e-12, atol=1e-12)

    def root(mean, eccentricity):
        found = optimistix.root_find(lambda y, args: lack(y, *args), solver, mean + eccentricity * jnp.sin(mean), (mean, eccentricity),
                                     max_steps=64, throw=False)
        return found.value
    return root


def by_jaxopt():
    import jaxopt

    # the anomaly less its mean: the ends of the bracket must not depend on what is differentiated
    solver = jaxopt.Bisection(lambda d, mean, eccentricity: lack(mean + d, mean, eccentricity), lower=-1.0, upper=1.0, maxiter=60, tol=1e-14,
                              check_bracket=False)

    def root(mean, eccentricity):
        return mean + solver.run(None, mean, eccentricity).params
    return root


def measured(root, mean, eccentricity, repeat):
    def total(mean, eccentricity):
        values = jax.vmap(root)(mean, eccentricity)
        return values.sum(), values

    both = jax.jit(jax.value_and_grad(total, argnums=(0, 1), has_aux=True))
    times = []
    for _ in range(repeat + 1):
        started = time.perf_counter()
        (_, values), slopes = jax.block_until_ready(both(mean, eccentricity))
        times.append(time.perf_counter() - started)
    error = np.abs(np.asarray(lack(values, mean, eccentricity))).max()
    slope = np.abs(np.asarray(slopes[0]) - 1 / (1 - np.asarray(eccentricity) * np.cos(np.asarray(values)))).max()
    return {"best": min(times[1:]), "compiled": times[0], "error": float(error), "slope": float(slope)}


def main():
    data, repeat = np.load(sys.argv[1]), int(sys.argv[2])
    mean, eccentricity = jnp.asarray(data["mean"]), jnp.asarray(data["eccentricity"])
    results = {}
    for name, made in (("optimistix", by_optimistix), ("jaxopt", by_jaxopt)):
        try:
            results[name] = measured(made(), mean, eccentricity, repeat)
        except Exception as error:                              # a peer that does not run is told, and not the end
            results[name] = {"failed": f"{type(error).__name__}: {error}"[:200]}
    print(json.dumps(results))


if __name__ == "__main__":
    main()
