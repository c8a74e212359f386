r"""
What sage_tf needs and an environment may lack

This module imports neither Sage nor TensorFlow, so that it can say in one sentence that they are not there::

    sage: from sage_tf._requirements import check
    sage: check()
"""

import re
import sys
from importlib.util import find_spec

OLDEST_SAGE = (10, 4)


def _sage_version():
    r"""
    Return the version of the running Sage, or ``None`` if there is no Sage.

    EXAMPLES::

        sage: from sage_tf._requirements import _sage_version
        sage: _sage_version() == sage.version.version
        True
    """
    try:
        from sage.version import version
    except ImportError:
        return None
    return version


def _release(version):
    r"""
    Return the first two numbers of a version.

    EXAMPLES::

        sage: from sage_tf._requirements import _release
        sage: _release('10.8.13'), _release('10.10.beta3'), _release('9.5')
        ((10, 8), (10, 10), (9, 5))
    """
    return tuple(int(number) for number in re.findall(r"\d+", version)[:2])


def lacking(version, has_library, has_tensorflow):
    r"""
    Return what is lacking, and the command that mends it, in a sentence; ``None`` if nothing is.

    INPUT:

    - ``version`` -- string: Sage's version; ``None`` if there is no Sage
    - ``has_library`` -- boolean; whether there is a module ``sage.all``, which the parts of a divided Sage lack
    - ``has_tensorflow`` -- boolean; whether there is a module ``tensorflow``

    EXAMPLES::

        sage: from sage_tf._requirements import lacking
        sage: lacking('10.8', True, True)
        sage: lacking(None, False, True)
        'sage_tf needs SageMath and this Python has none: run `sage -pip install sage_tf` to add sage_tf to a Sage
         that you have, or `... -m pip install passagemath-standard` to add Sage to this Python.'
        sage: lacking('9.5', True, True)
        'sage_tf needs Sage 10.4 or newer and this is Sage 9.5: run `python3 -m venv new && new/bin/pip install
         "sage_tf[passagemath]"` to have a newer one beside it.'
        sage: lacking('10.8', False, True)
        'sage_tf needs all of Sage and here it lacks sage.all: run `... -m pip install passagemath-standard`.'
        sage: lacking('10.8', True, False)
        'sage_tf needs TensorFlow and this Python has none: run `... -m pip install tensorflow`.'
    """
    pip = f"{sys.executable} -m pip install"
    if version is None:
        return (
            "sage_tf needs SageMath and this Python has none: run `sage -pip install sage_tf` to add sage_tf to a Sage "
            f"that you have, or `{pip} passagemath-standard` to add Sage to this Python."
        )
    if _release(version) < OLDEST_SAGE:
        return (
            f"sage_tf needs Sage {'.'.join(map(str, OLDEST_SAGE))} or newer and this is Sage {version}: run "
            '`python3 -m venv new && new/bin/pip install "sage_tf[passagemath]"` to have a newer one beside it.'
        )
    if not has_library:
        return f"sage_tf needs all of Sage and here it lacks sage.all: run `{pip} passagemath-standard`."
    if not has_tensorflow:
        return f"sage_tf needs TensorFlow and this Python has none: run `{pip} tensorflow`."
    return None


def check():
    r"""
    Raise an :class:`ImportError` if the environment lacks what sage_tf needs.

    EXAMPLES::

        sage: from sage_tf._requirements import check
        sage: check()
    """
    version = _sage_version()
    sentence = lacking(version, version and find_spec("sage.all"), find_spec("tensorflow"))
    if sentence:
        raise ImportError(sentence)
