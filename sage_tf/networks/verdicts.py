r"""
Answers: proved, refuted with a point, or undecided

EXAMPLES::

    sage: from sage_tf.networks.verdicts import Verdict
    sage: Verdict('proved', boxes=3), bool(Verdict('proved')), bool(Verdict('undecided'))
    (proved on 3 boxes, True, False)
    sage: Verdict('refuted', point={'x': 0.5}, values=['y = 2'])
    refuted at x = 0.500000000000000, where y = 2
"""


class Verdict:
    r"""
    The answer to a question about all points of a box. It is true if the answer is yes, proved.

    INPUT:

    - ``status`` -- ``'proved'``, ``'refuted'`` or ``'undecided'``

    - ``point`` -- dictionary from the names of the inputs to numbers: where it fails (default: ``None``)

    - ``values`` -- list of strings, what is so there

    - ``boxes`` -- the number of boxes that were looked at

    - ``note`` -- what else there is to say

    EXAMPLES::

        sage: from sage_tf.networks.verdicts import Verdict
        sage: v = Verdict('undecided', point={'x': 0}, boxes=100); v
        undecided after 100 boxes, as near x = 0
        sage: v.is_proved(), v.is_refuted(), v.is_undecided(), v.point
        (False, False, True, {'x': 0})
    """
    def __init__(self, status, point=None, values=(), boxes=0, note=''):
        self.status, self.point, self.values, self.boxes, self.note = status, point, list(values), boxes, note

    def is_proved(self):
        """Return whether the answer is yes."""
        return self.status == 'proved'

    def is_refuted(self):
        """Return whether the answer is no."""
        return self.status == 'refuted'

    def is_undecided(self):
        """Return whether there is no answer."""
        return self.status == 'undecided'

    def __bool__(self):
        return self.is_proved()

    def __repr__(self):
        count = f"{self.boxes} box{'es' * (self.boxes != 1)}"
        where = ', '.join(f"{name} = {value}" for name, value in (self.point or {}).items())
        note = f" ({self.note})" * bool(self.note)
        if self.is_proved():
            return f"proved on {count}{note}"
        if self.is_undecided():
            return f"undecided after {count}" + f", as near {where}" * bool(where) + note
        return f"refuted at {where}" + f", where {', '.join(self.values)}" * bool(self.values) + note
