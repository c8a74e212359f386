r"""
Changes to classes that are not ours, which can be undone

EXAMPLES::

    sage: from sage_tf.session.patches import Patches
    sage: class Theirs:
    ....:     def name(self): return 'old'
    sage: patches = Patches()
    sage: patches.set(Theirs, 'name', lambda self: 'new'); patches.set(Theirs, 'more', 1)
    sage: Theirs().name(), Theirs.more
    ('new', 1)
    sage: patches.undo()
    sage: Theirs().name(), hasattr(Theirs, 'more')
    ('old', False)
"""

_ABSENT = object()


class Patches:
    """
    Attributes set on classes and modules, with what they replaced.

    EXAMPLES::

        sage: from sage_tf.session.patches import Patches
        sage: bool(Patches())
        False
    """

    def __init__(self):
        """
        TESTS::

            sage: from sage_tf.session.patches import Patches
            sage: Patches().undo()
        """
        self._replaced = []

    def __bool__(self):
        """
        Return whether something is set.

        EXAMPLES::

            sage: from sage_tf.session.patches import Patches
            sage: patches = Patches(); patches.set(Patches, 'more', 1); bool(patches)
            True
            sage: patches.undo(); bool(patches)
            False
        """
        return bool(self._replaced)

    def set(self, owner, name, value):
        """
        Set an attribute of a class or module.

        EXAMPLES::

            sage: from sage_tf.session.patches import Patches
            sage: patches = Patches(); patches.set(Patches, 'more', 1); Patches.more
            1
            sage: patches.undo()
        """
        before = vars(owner).get(name, _ABSENT)
        setattr(owner, name, value)
        self._replaced.append((owner, name, before))

    def undo(self):
        """
        Put everything back, the latest change first.

        EXAMPLES::

            sage: from sage_tf.session.patches import Patches
            sage: patches = Patches(); patches.set(Patches, 'more', 1); patches.set(Patches, 'more', 2)
            sage: patches.undo(); hasattr(Patches, 'more')
            False
        """
        while self._replaced:
            owner, name, value = self._replaced.pop()
            if value is _ABSENT:
                delattr(owner, name)
            else:
                setattr(owner, name, value)
