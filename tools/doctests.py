"""
``python doctests.py [OPTION ...] FILE ...`` is ``sage -t``, with TensorFlow imported once: the doctester forks for each file, which then need
not import it again.
"""

import sys

import sage.all  # noqa: F401
from sage.doctest.__main__ import main

import sage_tf  # noqa: F401

if __name__ == "__main__":
    sys.exit(main())
