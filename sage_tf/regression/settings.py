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

MEMORY = 2**31                                                  # bytes
COPIES = 8                                                      # of the values of features, at most, while a task works with them


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

    - ``memory`` -- bytes that the features of a task may take, with all that is made of them

    EXAMPLES::

        sage: from sage_tf.regression.settings import Settings
        sage: Settings() == Settings(), loads(dumps(Settings(seed=(1r, 2r))))
        (True,
         Settings(unary=('square', 'sqrt', 'inverse', 'exp', 'log', 'sin', 'cos'), seed=(1, 2), rules=Rules(), space=None, template='', memory=2147483648))
    """
    unary: tuple = UNARY
    seed: tuple = ()
    rules: Rules = field(default_factory=Rules)
    space: Dimensions | None = None
    template: str = ''
    memory: int = MEMORY

    def features(self, points):
        """
        Return how many features there may be, with values at so many points.

        EXAMPLES::

            sage: from sage_tf.regression.settings import Settings
            sage: Settings().features(48r), Settings(memory=2^20).features(48r)
            (699050, 341)
        """
        return int(self.memory // (COPIES * 8 * points))
