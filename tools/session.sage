# How the sessions of `make shell` and `make notebook` begin: with the person's own init.sage, if there is one, and all of sage_tf.
if os.path.exists(os.path.join(sage.env.DOT_SAGE, 'init.sage')):
    load(os.path.join(sage.env.DOT_SAGE, 'init.sage'))
from sage_tf.all import *
