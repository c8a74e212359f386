r"""
The layers and activations that come back

EXAMPLES::

    sage: from sage_tf.networks.coverage import activations, layers
    sage: 'Conv2D' in layers(), next(line for line in activations() if line.name == 'hard_tanh')
    (True, Coverage(name='hard_tanh', expression=-maximum(-maximum(x, -1), -1), linear=True, bounds=True))
"""
from collections import namedtuple

from sage.symbolic.ring import SR

from sage_tf.networks.activations import ACTIVATIONS, ELEMENTARY, VECTORS
from sage_tf.networks.broken import Broken
from sage_tf.networks.layers import LAYERS
from sage_tf.networks.operations import OPERATIONS
from sage_tf.networks.symbolic import Symbolic

Coverage = namedtuple('Coverage', 'name expression linear bounds')

_HELPERS = {'step', 'odds', 'is_equal', 'reciprocal', 'power', 'abs', *ELEMENTARY} - {'exp', 'tanh', 'sin', 'cos'}


def layers():
    """
    Return the names of the layers of Keras that come back.

    EXAMPLES::

        sage: from sage_tf.networks.coverage import layers
        sage: len(layers()) > 50
        True
    """
    return sorted(cls.__name__ for cls in LAYERS)


def activations():
    """
    Return for each activation its expression, and whether it is piecewise linear and has bounds.

    EXAMPLES::

        sage: from sage_tf.networks.coverage import activations
        sage: [line.name for line in activations() if line.linear][:3]
        ['hard_sigmoid', 'hard_tanh', 'leaky_relu']
    """
    x, names = SR.var('x'), {'relu_with': 'relu (with parameters)', 'exp': 'exponential', 'gelu_tanh': 'gelu (approximate)'}
    found = []
    for key in sorted(set(ACTIVATIONS) - _HELPERS):
        symbols = [SR.var(name) for name in _parameters(ACTIVATIONS[key].formula)]
        expression = ACTIVATIONS[key].formula(Symbolic, x, *symbols) if key != 'relu_with' else SR.var('piecewise_linear')
        found.append(Coverage(names.get(key, key), expression, _is_linear(key), True))
    return found


def _parameters(formula):
    code = formula.__code__
    return code.co_varnames[2:code.co_argcount]


def _is_linear(key):
    """Return whether an activation has an exact piecewise linear form."""
    try:
        ACTIVATIONS[key].formula(Broken, Broken.identity(), *[1] * len(_parameters(ACTIVATIONS[key].formula)))
    except NotImplementedError:
        return False
    return True


def as_page():
    r"""
    Return the documentation page of layers and activations, in reStructuredText.

    EXAMPLES::

        sage: from sage_tf.networks.coverage import as_page
        sage: print(as_page()[:28])
        Layers and activations
        =====
    """
    head = ["Layers and activations", "=" * 22, "", "Made from the tables of ``sage_tf.networks``: what ``model.to_sage`` reads.", "",
            "Layers of Keras", "---------------", "", ", ".join(f"``{name}``" for name in layers()) + ";", "",
            "nested and shared Sequential and functional models, and every ``TensorFunction`` as a layer. Noise and dropout are left out, as in inference.", "",
            "Operations between the layers of a functional model: " + ", ".join(f"``{name}``" for name in sorted(OPERATIONS)) + ".", "",
            "Activations", "-----------", "",
            "All have certified bounds. Those that are piecewise linear and continuous have exact breakpoints and regions. Of vectors: "
            + ", ".join(f"``{name}``" for name in sorted(VECTORS)) + ".", "",
            ".. list-table::", "   :header-rows: 1", "   :widths: 25 60 15", ""]
    rows = [("activation", "expression", "piecewise linear"),
            *((f"``{line.name}``", f"``{line.expression}``".replace('``piecewise_linear``', 'slope, threshold and upper limit'), "yes" if line.linear else "")
              for line in activations())]
    body = [text for row in rows for text in (f"   * - {row[0]}", f"     - {row[1]}", f"     - {row[2]}")]
    return "\n".join([*head, *body]) + "\n"
