r"""
What the tasks of a search are told beside the data

EXAMPLES::

    sage: from sage_tf.regression.settings import Settings
    sage: Settings(unary=('sqrt', 'exp')).unary
    ('sqrt', 'exp')
"""
from dataclasses import dataclass, field

from sage_tf.regression.rules import Rules
from sage_tf.regression.units import Dimensions

UNARY = ('square', 'sqrt', 'inverse', 'exp', 'log', 'sin', 'cos')


@dataclass(frozen=True)
class Settings:
    r"""
    What the tasks of a search are told beside the data, in whatever process they run.

    INPUT:

    - ``unary`` -- names of the functions that expressions may have

    - ``seed`` -- tuple of integers, for tasks that draw

    - ``rules`` -- :class:`~sage_tf.regression.rules.Rules` about operations

    - ``space`` -- :class:`~sage_tf.regression.units.Dimensions` of the problem, ``None`` if there are none

    - ``template`` -- the form that the problem was reduced by, as text

    EXAMPLES::

        sage: from sage_tf.regression.settings import Settings
        sage: Settings() == Settings(), loads(dumps(Settings(seed=(1r, 2r))))
        (True,
         Settings(unary=('square', 'sqrt', 'inverse', 'exp', 'log', 'sin', 'cos'), seed=(1, 2), rules=Rules(), space=None, template=''))
    """
    unary: tuple = UNARY
    seed: tuple = ()
    rules: Rules = field(default_factory=Rules)
    space: Dimensions | None = None
    template: str = ''
