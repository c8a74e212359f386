"""The environment of Sage's own doctests in which sage_tf is loaded: Sage's names and no others."""

from sage.repl.ipython_kernel.all_jupyter import *  # noqa: F403

import sage_tf

del sage_tf
