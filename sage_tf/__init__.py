r"""
TensorFlow as a part of SageMath

Importing this package gives Sage's elements ``to_tf()`` and TensorFlow's tensors ``to_sage()``, lets the two meet in
arithmetic, and runs no TensorFlow operation::

    sage: import sage_tf
    sage: vector([1, 2]).to_tf().dtype.name
    'int64'

``from sage_tf.all import *`` brings the names that a session needs.
"""

from sage_tf._requirements import check

check()
del check

import sage.all  # noqa: E402, F401  (Sage's modules import one another in circles, which only this entrance resolves)

from sage_tf.session import install  # noqa: E402  (not before the check)

install()
del install, sage
