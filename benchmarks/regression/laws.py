"""
Well-known laws of physics, chemistry, biology and engineering: name, formula in SymPy's notation, ranges of the variables.

Ranges are of the size that the quantities have in units that suit them, wide enough for each part of a formula to matter.
"""

LAWS = [
    # mechanics
    ("Torricelli", "sqrt(2*g*h)", {"g": (1, 10), "h": (1, 5)}),
    ("projectile range", "v**2*sin(2*theta)/g", {"v": (1, 10), "theta": (0.1, 1.5), "g": (1, 10)}),
    ("pendulum of finite amplitude", "2*pi*sqrt(L/g)*(1 + theta**2/16)", {"L": (0.5, 3), "g": (1, 10), "theta": (0.1, 1.5)}),
    ("Tsiolkovsky", "v*log(m0/m1)", {"v": (1, 5), "m0": (5, 10), "m1": (1, 4)}),
    ("escape velocity", "sqrt(2*G*M/r)", {"G": (1, 3), "M": (1, 5), "r": (1, 5)}),
    ("vis-viva", "sqrt(G*M*(2/r - 1/a))", {"G": (1, 3), "M": (1, 5), "r": (1, 2), "a": (2, 5)}),
    ("Hohmann transfer", "sqrt(mu/r1)*(sqrt(2*r2/(r1 + r2)) - 1)", {"mu": (1, 5), "r1": (1, 2), "r2": (3, 6)}),
    ("damped oscillation", "A*exp(-g*t)*cos(w*t)", {"A": (1, 3), "g": (0.1, 1), "w": (1, 3), "t": (0, 3)}),
    ("relativistic kinetic energy", "m*c**2*(1/sqrt(1 - v**2/c**2) - 1)", {"m": (1, 5), "c": (3, 6), "v": (0.5, 2.5)}),
    # materials
    ("Euler buckling", "pi**2*E*I/(K*L)**2", {"E": (1, 5), "I": (1, 5), "K": (0.5, 2), "L": (1, 3)}),
    ("cantilever", "F*x**2*(3*L - x)/(6*E*I)", {"F": (1, 5), "x": (0.5, 2), "L": (2, 4), "E": (1, 5), "I": (1, 5)}),
    ("von Mises, plane stress", "sqrt(s1**2 - s1*s2 + s2**2)", {"s1": (-3, 3), "s2": (-3, 3)}),
    # fluids
    ("Reynolds", "rho*v*L/mu", {"rho": (1, 5), "v": (1, 5), "L": (1, 5), "mu": (1, 5)}),
    ("Darcy-Weisbach", "f*L*v**2/(2*D*g)", {"f": (0.1, 1), "L": (1, 10), "v": (1, 5), "D": (0.5, 2), "g": (1, 10)}),
    ("Hagen-Poiseuille", "pi*p*r**4/(8*mu*L)", {"p": (1, 5), "r": (1, 2), "mu": (1, 3), "L": (1, 5)}),
    ("Stokes settling", "2*(rs - rf)*g*r**2/(9*mu)", {"rs": (2, 5), "rf": (0.5, 1.5), "g": (1, 10), "r": (0.5, 2), "mu": (1, 3)}),
    ("Manning", "R**(2/3)*sqrt(S)/n", {"R": (1, 5), "S": (0.1, 1), "n": (0.5, 2)}),
    ("Bernoulli", "p + rho*v**2/2 + rho*g*h", {"p": (1, 10), "rho": (1, 3), "v": (1, 5), "g": (1, 10), "h": (0.5, 3)}),
    ("isentropic stagnation pressure", "p*(1 + 0.2*M**2)**3.5", {"p": (1, 5), "M": (0.2, 2)}),
    ("wind power", "C*rho*A*v**3/2", {"C": (0.1, 0.6), "rho": (1, 1.5), "A": (1, 5), "v": (1, 5)}),
    # heat
    ("Newton's cooling", "Ta + (T0 - Ta)*exp(-k*t)", {"Ta": (1, 3), "T0": (5, 9), "k": (0.1, 1), "t": (0.1, 4)}),
    ("net radiation", "e*s*A*(T**4 - T0**4)", {"e": (0.1, 1), "s": (1, 5), "A": (1, 3), "T": (2, 4), "T0": (1, 2)}),
    ("Planck radiance", "2*h*f**3/(c**2*(exp(h*f/(k*T)) - 1))", {"h": (1, 3), "f": (1, 3), "c": (1, 3), "k": (1, 3), "T": (1, 3)}),
    ("saturation vapour pressure", "6.112*exp(17.67*T/(T + 243.5))", {"T": (-20, 40)}),
    # optics
    ("Snell", "asin(n1*sin(t)/n2)", {"n1": (1, 1.3), "t": (0.1, 1.4), "n2": (1.4, 2)}),
    ("lensmaker", "1/((n - 1)*(1/r1 - 1/r2))", {"n": (1.3, 2), "r1": (1, 2), "r2": (3, 6)}),
    ("normal reflectance", "((n1 - n2)/(n1 + n2))**2", {"n1": (1, 2), "n2": (1, 3)}),
    ("Fabry-Perot", "1/(1 + F*sin(d/2)**2)", {"F": (0.5, 10), "d": (0.5, 6)}),
    ("Compton shift", "h*(1 - cos(theta))/(m*c)", {"h": (1, 5), "theta": (0.1, 3), "m": (1, 5), "c": (1, 5)}),
    # electricity
    ("three parallel resistors", "1/(1/r1 + 1/r2 + 1/r3)", {"r1": (1, 5), "r2": (1, 5), "r3": (1, 5)}),
    ("voltage divider", "V*r2/(r1 + r2)", {"V": (1, 10), "r1": (1, 5), "r2": (1, 5)}),
    ("charging capacitor", "V*(1 - exp(-t/(R*C)))", {"V": (1, 10), "t": (0.1, 3), "R": (1, 3), "C": (0.5, 2)}),
    ("series impedance", "sqrt(R**2 + (w*L - 1/(w*C))**2)", {"R": (1, 5), "w": (1, 3), "L": (1, 3), "C": (0.2, 2)}),
    ("resonance", "1/(2*pi*sqrt(L*C))", {"L": (1, 5), "C": (1, 5)}),
    ("Shockley diode", "I*(exp(V/(n*U)) - 1)", {"I": (1, 5), "V": (0.5, 2), "n": (1, 2), "U": (0.5, 1)}),
    # chemistry
    ("Arrhenius", "A*exp(-E/(0.008314*T))", {"A": (1, 10), "E": (1, 10), "T": (250, 500)}),
    ("Nernst", "E + R*T*log(a/b)/(z*F)", {"E": (0.1, 2), "R": (1, 3), "T": (1, 3), "a": (1, 5), "b": (1, 5), "z": (1, 3), "F": (2, 5)}),
    ("Henderson-Hasselbalch", "pK + log(a/h)/log(10)", {"pK": (3, 10), "a": (0.1, 5), "h": (0.1, 5)}),
    ("van der Waals", "n*R*T/(V - n*b) - a*n**2/V**2",
     {"n": (1, 2), "R": (1, 2), "T": (1, 5), "V": (2, 6), "b": (0.1, 0.5), "a": (0.5, 3)}),
    ("Beer-Lambert", "I0*exp(-log(10)*e*c*l)", {"I0": (1, 5), "e": (0.1, 1), "c": (0.1, 1), "l": (0.5, 2)}),
    ("Langmuir", "K*p/(1 + K*p)", {"K": (0.5, 3), "p": (0.1, 5)}),
    ("BET", "v*c*x/((1 - x)*(1 + (c - 1)*x))", {"v": (1, 5), "c": (2, 20), "x": (0.05, 0.8)}),
    ("relative volatility", "a*x/(1 + (a - 1)*x)", {"a": (1.5, 5), "x": (0.05, 0.95)}),
    ("Antoine", "exp(log(10)*(A - B/(C + T)))", {"A": (1, 2), "B": (1, 5), "C": (2, 4), "T": (1, 5)}),
    ("Guentelberg", "-0.509*z**2*sqrt(I)/(1 + sqrt(I))", {"z": (1, 3), "I": (0.01, 1)}),
    ("Lennard-Jones", "4*e*((s/r)**12 - (s/r)**6)", {"e": (1, 3), "s": (0.9, 1.1), "r": (0.95, 2)}),
    ("Morse", "D*(1 - exp(-a*(r - r0)))**2", {"D": (1, 5), "a": (0.5, 2), "r": (1, 3), "r0": (0.8, 1.2)}),
    ("Yukawa", "-g**2*exp(-m*r)/r", {"g": (1, 3), "m": (0.5, 2), "r": (0.5, 3)}),
    # biology
    ("Michaelis-Menten", "V*S/(K + S)", {"V": (1, 10), "S": (0.1, 10), "K": (0.5, 5)}),
    ("competitive inhibition", "V*S/(K*(1 + J/Ki) + S)", {"V": (1, 10), "S": (0.1, 10), "K": (0.5, 5), "J": (0.1, 5), "Ki": (0.5, 5)}),
    ("Hill, four sites", "L**4/(K**4 + L**4)", {"L": (0.1, 3), "K": (0.5, 2)}),
    ("Monod with death", "mu*S/(K + S) - d", {"mu": (0.5, 3), "S": (0.1, 10), "K": (0.5, 5), "d": (0.05, 0.5)}),
    ("logistic growth", "K/(1 + (K/N - 1)*exp(-r*t))", {"K": (5, 10), "N": (0.5, 4), "r": (0.2, 1), "t": (0, 5)}),
    ("Gompertz", "K*exp(-b*exp(-c*t))", {"K": (1, 10), "b": (0.5, 4), "c": (0.2, 1), "t": (0, 5)}),
    ("Holling, type II", "a*N/(1 + a*h*N)", {"a": (0.2, 2), "N": (0.5, 10), "h": (0.1, 1)}),
    ("Ricker", "N*exp(r*(1 - N/K))", {"N": (0.5, 10), "r": (0.5, 2), "K": (2, 8)}),
    ("mean fitness", "p**2*a + 2*p*(1 - p)*b + (1 - p)**2*c", {"p": (0, 1), "a": (0.5, 2), "b": (0.5, 2), "c": (0.5, 2)}),
    ("Kleiber", "70*M**0.75", {"M": (0.1, 100)}),
]
