r"""
What sage_tf changes in a running session, and how to take it back

EXAMPLES::

    sage: import sage_tf.session
    sage: sage_tf.session.uninstall(); hasattr(pi, 'to_tf')
    False
    sage: sage_tf.session.install(); hasattr(pi, 'to_tf')
    True
"""
from sage_tf.session import autograph, literals, methods


def install():
    """
    Let Sage and TensorFlow meet: methods, operators, conversion, and tracing without warnings.

    EXAMPLES::

        sage: from sage_tf.session import install
        sage: install(); install()                              # a second time changes nothing
        sage: pi.to_tf().dtype.name
        'float64'
    """
    methods.install()
    literals.install()
    autograph.install()


def uninstall():
    """
    Take back everything that :func:`install` has changed.

    EXAMPLES::

        sage: from sage_tf.session import install, uninstall
        sage: uninstall(); hasattr(pi, 'to_tf')
        False
        sage: install()
    """
    autograph.uninstall()
    literals.uninstall()                                        # it wraps what methods has set
    methods.uninstall()
