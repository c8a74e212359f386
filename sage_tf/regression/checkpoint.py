r"""
The state of a search in a file

EXAMPLES::

    sage: import os
    sage: from sage_tf.regression.checkpoint import State, read_checkpoint, write_checkpoint
    sage: path = os.path.join(tmp_dir(), 'search')
    sage: write_checkpoint(path, State('these data', 'these parameters', 1r, [[(x^2/3, [])]], [5r]))
    sage: read_checkpoint(path, 'these data')
    State(key='these data', parameters='these parameters', seed=1, fronts=[[(1/3*x^2, [])]], finished=[5])

FORMAT:

A JSON object: ``format``, the number of the format; ``checksum``, the SHA-256 of the rest as compact JSON with sorted keys; and
``search``, the attributes of a :class:`State`, with the expressions as of :mod:`sage_tf.symbolic.document`. Nothing in it is evaluated as code.
"""
import hashlib
import json
import os
import tempfile
from dataclasses import asdict, dataclass

from sage_tf.regression.constants import Constant
from sage_tf.symbolic.document import as_document, from_document

FORMAT = 2


@dataclass
class State:
    r"""
    How far the search of a fit is.

    INPUT:

    - ``key`` -- string that says what data it is for, see :func:`key_of`

    - ``parameters`` -- string that says what is searched for: with others, nothing is finished

    - ``seed`` -- integer, likewise

    - ``fronts`` -- for each output a list of pairs ``(expression, constants)``

    - ``finished`` -- for each output the number of the first tasks that are finished

    EXAMPLES::

        sage: from sage_tf.regression.checkpoint import State
        sage: state = State('key', 'parameters', 1r, [[(x, [])]], [5r])
        sage: state.going_on('parameters', 1r).finished, state.going_on('parameters', 2r)
        ([5],
         State(key='key', parameters='parameters', seed=2, fronts=[[(x, [])]], finished=[0]))
    """
    key: str
    parameters: str
    seed: int
    fronts: list
    finished: list

    def going_on(self, parameters, seed):
        """Return the state that a search begins with: that of another search has its laws only."""
        same = (self.parameters, self.seed) == (parameters, seed)
        return State(self.key, parameters, seed, list(self.fronts), list(self.finished) if same else [0] * len(self.fronts))



def key_of(problems, template=None):
    """
    Return a text that is the same for the same data, and the same form of the law if one is given.

    EXAMPLES::

        sage: from sage_tf.regression.checkpoint import key_of
        sage: from sage_tf.regression.problem import problems
        sage: key = key_of(problems([[1], [2]], [3, 4]))
        sage: key == key_of(problems([[1], [2]], [3, 4])), key == key_of(problems([[1], [2]], [3, 5]))
        (True, False)
    """
    names = ' '.join(map(str, problems[0].variables))
    digest = hashlib.sha256((names if template is None else f'{names}: {template}').encode())
    weights = [problem.weights for problem in problems if problem.weights is not None]
    for array in (problems[0].X, *(problem.y for problem in problems), *weights):
        digest.update(repr(array.shape).encode())
        digest.update(array)
    return digest.hexdigest()


def write_checkpoint(path, state):
    r"""
    Write the state of a search; whoever reads finds the last state or this one, never a part.

    INPUT:

    - ``path`` -- of the file; its directory must be there

    - ``state`` -- :class:`State`

    EXAMPLES::

        sage: import os
        sage: from sage_tf.regression.checkpoint import State, write_checkpoint
        sage: folder = tmp_dir()
        sage: write_checkpoint(os.path.join(folder, 'search'), State('key', '', 0r, [[]], [0r]))
        sage: os.listdir(folder)
        ['search']
    """
    search = {**asdict(state), 'fronts': [[_law_data(*law) for law in front] for front in state.fronts]}
    text = json.dumps({'format': FORMAT, 'checksum': _checksum(search), 'search': search})
    write_atomically(path, text.encode())


def write_atomically(path, data):
    """
    Write bytes to a file, which is replaced at once or not at all.

    EXAMPLES::

        sage: import os
        sage: from sage_tf.regression.checkpoint import write_atomically
        sage: path = os.path.join(tmp_dir(), 'file')
        sage: write_atomically(path, b'abc'); open(path).read()
        'abc'
    """
    path = os.path.abspath(os.fspath(path))
    descriptor, temporary = tempfile.mkstemp(dir=os.path.dirname(path), prefix='.' + os.path.basename(path))
    try:
        with os.fdopen(descriptor, 'wb') as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def read_checkpoint(path, key):
    r"""
    Return the :class:`State` of a search that was interrupted; ``None`` if there is no file yet.

    INPUT:

    - ``path`` -- of the file

    - ``key`` -- what data the search must be for

    Raises ValueError if the file is damaged, of a later format, or for other data; and FileNotFoundError if its directory is not there.

    EXAMPLES::

        sage: import os
        sage: from sage_tf.regression.checkpoint import State, read_checkpoint, write_checkpoint
        sage: path = os.path.join(tmp_dir(), 'search')
        sage: read_checkpoint(path, 'key') is None
        True
        sage: write_checkpoint(path, State('key', '', 0r, [[]], [0r]))
        sage: read_checkpoint(path, 'another key')
        Traceback (most recent call last):
        ...
        ValueError: the checkpoint .../search is for other data; give another path, or remove it
        sage: with open(path, 'a') as file: _ = file.write('!')
        sage: read_checkpoint(path, 'key')
        Traceback (most recent call last):
        ...
        ValueError: the checkpoint .../search is damaged (...); remove it to begin anew
        sage: read_checkpoint(os.path.join(path, 'none', 'search'), 'key')
        Traceback (most recent call last):
        ...
        FileNotFoundError: there is no directory .../search/none for the checkpoint; make it or give another path
    """
    path = os.path.abspath(os.fspath(path))
    folder = os.path.dirname(path)
    if not os.path.isdir(folder):
        raise FileNotFoundError(f"there is no directory {folder} for the checkpoint; make it or give another path")
    if not os.access(folder, os.W_OK) or os.path.isdir(path):
        raise PermissionError(f"the checkpoint {path} cannot be written; give another path")
    if not os.path.lexists(path):
        return None
    try:
        with open(path, encoding='utf-8') as file:
            content = json.load(file)
        number, search = content['format'], content['search']
        if number == FORMAT and content['checksum'] != _checksum(search):
            raise ValueError("its checksum is wrong")
        state = _state_from_data(search) if number == FORMAT else None
    except (KeyError, TypeError, ValueError, RecursionError, AttributeError, IndexError) as error:
        raise ValueError(f"the checkpoint {path} is damaged ({error}); remove it to begin anew") from None
    if state is None:
        raise ValueError(f"the checkpoint {path} has the format {number}, and {FORMAT} is known here; give another path, or remove it")
    if state.key != key:
        raise ValueError(f"the checkpoint {path} is for other data; give another path, or remove it")
    return state


def _checksum(data):
    return hashlib.sha256(json.dumps(data, sort_keys=True, separators=(',', ':')).encode()).hexdigest()


def _law_data(expression, constants):
    """Return a law as plain data."""
    return {
        'expression': as_document(expression),
        'constants': [[float(value).hex(), None if exact is None else as_document(exact), float(evidence).hex()]
                      for value, exact, evidence in constants],
    }


def _law_from_data(law):
    """Return a law of plain data."""
    constants = [Constant(float.fromhex(value), None if exact is None else from_document(exact), float.fromhex(evidence))
                 for value, exact, evidence in law['constants']]
    return from_document(law['expression']), constants


def _state_from_data(search):
    """Return a state of plain data."""
    state = State(**{**search, 'fronts': [[_law_from_data(law) for law in front] for front in search['fronts']]})
    if not all(isinstance(count, int) for count in (state.seed, *state.finished)) or len(state.finished) != len(state.fronts):
        raise ValueError("its numbers of tasks are none")
    return state
