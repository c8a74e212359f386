"""Settings that every test needs before TensorFlow and Sage are imported, in this order."""
import os

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('TF_ENABLE_ONEDNN_OPTS', '0')

import sage.all  # noqa: E402, F401
