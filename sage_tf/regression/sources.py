r"""
Laws as source code of Python and C

EXAMPLES::

    sage: from sage_tf.regression.sources import c_source, python_source
    sage: y = var('y')
    sage: print(python_source([x*exp(-y/2)], [x, y]))
    import math
    <BLANKLINE>
    <BLANKLINE>
    def law(x, y):
        return x*math.exp(-1/2*y)
    sage: print(c_source([x*exp(-y/2), pi*x], [x, y]))
    #include <math.h>
    <BLANKLINE>
    void law(double x, double y, double values[2])
    {
        const double pi = 3.141592653589793;
        values[0] = x*exp(-1.0/2.0*y);
        values[1] = pi*x;
    }
"""
import keyword
import re

from sage.symbolic.ring import SR

MODULES = ('functools', 'math', 'numpy', 'scipy.special')       # that code may use
#: functions of arrays that are SciPy's, by SymPy's names
SPECIAL = {'erf': 'scipy.special.erf', 'erfc': 'scipy.special.erfc', 'gamma': 'scipy.special.gamma', 'loggamma': 'scipy.special.gammaln',
           'factorial': 'scipy.special.factorial'}
LARGEST = 2**31                                                 # of the integers that are written as such

C_WORDS = frozenset("""auto break case char const continue default do double else enum extern float for goto if inline int long register restrict
    return short signed sizeof static struct switch typedef union unsigned void volatile while values""".split())


def python_source(expressions, variables, name='law', module='math'):
    r"""
    Return the source of a Python function.

    INPUT:

    - ``expressions`` -- list of expressions; the function returns their values, as a tuple if there are several

    - ``variables`` -- list of symbols, its arguments

    - ``name`` -- of the function

    - ``module`` -- ``'math'`` (default), for numbers, or ``'numpy'``, for arrays, with SciPy's functions where NumPy does not have them

    Raises NotImplementedError for functions that the module does not have.

    EXAMPLES::

        sage: from sage_tf.regression.sources import python_source
        sage: print(python_source([sqrt(x)/7], [x], 'f', 'numpy'))
        import numpy
        <BLANKLINE>
        <BLANKLINE>
        def f(x):
            return (1/7)*numpy.sqrt(x)
        sage: print(python_source([erf(x), SR(1/2)], [x], 'f', 'numpy'))
        import numpy
        import scipy.special
        <BLANKLINE>
        <BLANKLINE>
        def f(x):
            return scipy.special.erf(x), numpy.full(numpy.shape(x), 1/2, dtype=float)

    TESTS:

    Numbers keep all their digits, and no variable hides what is used::

        sage: math = var('math')
        sage: print(python_source([0.1234567890123456r*sin(math)], [math]).splitlines()[-1])
            return 0.1234567890123456*math.sin(math_)
        sage: print(python_source([SR(0.5r), SR(pi)], [x]).splitlines()[-1])
            return 0.5, math.pi
        sage: python_source([x], [x], 'lambda')
        Traceback (most recent call last):
        ...
        ValueError: 'lambda' was given; expected a name for the function
        sage: python_source([bessel_J(0, x)], [x])
        Traceback (most recent call last):
        ...
        NotImplementedError: bessel_J(0, x) cannot be written with Python's math
    """
    from sympy.printing.numpy import NumPyPrinter
    from sympy.printing.pycode import PythonCodePrinter

    _check_name(name)
    if module not in ('math', 'numpy'):
        raise ValueError(f"module={module!r} was given; expected 'math' or 'numpy'")
    base, settings = (PythonCodePrinter, {}) if module == 'math' else (NumPyPrinter, {'user_functions': SPECIAL})
    codes, names, constants = _printed(expressions, variables, base, settings, {*MODULES, name}, f"Python's {module}")
    if module == 'numpy':
        for code, expression in zip(codes, expressions, strict=True):
            if re.search(r'(?<![\w.])math\.', code):            # of numbers, not of arrays
                raise NotImplementedError(f"{expression} cannot be written with Python's numpy")
        codes = [code if SR(expression).variables() else f'numpy.full(numpy.shape({names[0]}), {code}, dtype=float)'
                 for code, expression in zip(codes, expressions, strict=True)]
    used = [each for each in MODULES if each == module or any(f'{each}.' in code for code in codes)]
    lines = [f'    {constant} = {value}' for constant, value in constants]
    return '\n'.join([*(f'import {each}' for each in used), '', '', f"def {name}({', '.join(names)}):", *lines, f"    return {', '.join(codes)}"])


def c_source(expressions, variables, name='law'):
    r"""
    Return the source of a C function of doubles.

    INPUT:

    - ``expressions`` -- list of expressions; the function returns the value, or writes several to its last argument

    - ``variables`` -- list of symbols, its arguments

    - ``name`` -- of the function

    Raises NotImplementedError for functions that C does not have.

    EXAMPLES::

        sage: from sage_tf.regression.sources import c_source
        sage: print(c_source([10^30*x^2], [x], 'f'))
        #include <math.h>
        <BLANKLINE>
        double f(double x)
        {
            return 1e+30*pow(x, 2);
        }

    TESTS::

        sage: double = var('double')
        sage: print(c_source([double/3], [double]).splitlines()[2])
        double law(double double_)
        sage: c_source([x], [x], 'int')
        Traceback (most recent call last):
        ...
        ValueError: 'int' was given; expected a name for the function
    """
    from sympy.printing.c import C99CodePrinter

    _check_name(name, C_WORDS)
    codes, names, constants = _printed(expressions, variables, C99CodePrinter, {'math_macros': {}}, {*C_WORDS, name}, "C's functions")
    arguments = [f'double {each}' for each in names]
    if len(codes) == 1:
        kind, results = 'double', [f'return {codes[0]};']
    else:
        kind, results = 'void', [f'values[{k}] = {code};' for k, code in enumerate(codes)]
        arguments.append(f'double values[{len(codes)}]')
    lines = [*(f'const double {constant} = {value};' for constant, value in constants), *results]
    return '\n'.join(['#include <math.h>', '', f"{kind} {name}({', '.join(arguments)})", '{', *(f'    {line}' for line in lines), '}'])


def _check_name(name, words=frozenset()):
    """Raise ValueError for what is no name for a function."""
    if not isinstance(name, str) or not re.fullmatch(r'[A-Za-z_]\w*', name, re.ASCII) or keyword.iskeyword(name) or name in words:
        raise ValueError(f"{name!r} was given; expected a name for the function")


def _printed(expressions, variables, base, settings, reserved, what):
    """Return the code of expressions, the names of the variables in it, and the constants it needs, as pairs of names and values."""
    from sympy import Symbol, sympify

    class Printer(base):
        """Numbers with all their digits, and none that would overflow as an integer."""
        def _print_Float(self, number):
            return repr(float(number))

        def _print_Integer(self, number):
            return str(int(number)) if abs(int(number)) < LARGEST else repr(float(number))

    def code_with(names):
        substitution = {Symbol(str(variable)): Symbol(name) for variable, name in zip(variables, names, strict=True)}
        found, constants = [], set()
        for expression in expressions:
            numbers, unknown, code = Printer({**settings, 'human': False}).doprint(sympify(expression._sympy_()).xreplace(substitution))
            if unknown:
                raise NotImplementedError(f"{expression} cannot be written with {what}")
            found.append(code)
            constants |= {(str(constant), value) for constant, value in numbers}
        return found, sorted(constants)
    # names that no law has show what words the code has of its own
    codes, constants = code_with([f'variable_{k}' for k in range(len(variables))])
    words = {*re.findall(r'\w+', ' '.join(codes)), *(constant for constant, _ in constants), *reserved}
    names = []
    for variable in variables:
        variable = str(variable)
        while variable in words or keyword.iskeyword(variable):
            variable += '_'
        words.add(variable)
        names.append(variable)
    codes, constants = code_with(names)
    return codes, names, constants
