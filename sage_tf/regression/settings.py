r"""
What the tasks of a search are told beside the data

EXAMPLES::

    sage: from sage_tf.regression.settings import Settings
    sage: Settings(unary=('sqrt', 'exp')).unary
    ('sqrt', 'exp')
"""
from dataclasses import dataclass

UNARY = ('square', 'sqrt', 'inverse', 'exp', 'log', 'sin', 'cos')


@dataclass(frozen=True)
class Settings:
    r"""
    What the tasks of a search are told beside the data, in whatever process they run.

    Two that are equal say the same, and have the same ``repr``: by it a checkpoint knows whether tasks that were finished are those of this search.

    INPUT:

    - ``unary`` -- names of the functions that expressions may have

    - ``seed`` -- tuple of integers, for tasks that draw

    EXAMPLES::

        sage: from sage_tf.regression.settings import Settings
        sage: Settings() == Settings(), loads(dumps(Settings(seed=(1r, 2r))))
        (True,
         Settings(unary=('square', 'sqrt', 'inverse', 'exp', 'log', 'sin', 'cos'), seed=(1, 2)))
    """
    unary: tuple = UNARY
    seed: tuple = ()
