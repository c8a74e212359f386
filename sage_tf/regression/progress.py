r"""
What a search shows while it runs

EXAMPLES::

    sage: from sage_tf.regression.progress import Progress
    sage: progress = Progress(False); progress.say('nobody hears this'); progress.close()
"""
import sys

from tqdm import tqdm

WIDTH = 60                                                      # characters of an expression


class Progress:
    """
    A line on ``stderr`` with the elapsed time, the candidates per second, the best loss and the best expression.

    INPUT:

    - ``shown`` -- whether there is a line at all

    EXAMPLES::

        sage: from sage_tf.regression.progress import Progress
        sage: progress = Progress(False)
        sage: progress.update('y', None, None)
    """
    def __init__(self, shown):
        self._bar = tqdm(bar_format='{elapsed} {desc}', file=sys.stderr, dynamic_ncols=True, leave=True) if shown else None

    def update(self, name, entry, watch):
        """
        Show the best entry of an output and the pace of the search.

        TESTS::

            sage: import io, contextlib
            sage: from sage_tf.regression.front import Measure
            sage: from sage_tf.regression.problem import Problem
            sage: from sage_tf.regression.progress import Progress
            sage: from sage_tf.regression.watch import Watch
            sage: entry = Measure(Problem.of([[1], [2], [3]], [1, 4, 9], variables='x'))(x^2)
            sage: with contextlib.redirect_stderr(io.StringIO()) as stream:
            ....:     progress = Progress(True)
            ....:     progress.update('y', entry, Watch())
            ....:     progress.close()
            sage: 'loss 0.000: y = x^2' in stream.getvalue()
            True
        """
        if self._bar is None:
            return
        pace = f"{watch.candidates / max(watch.elapsed(), 1e-9):.2g} candidates/s, " if watch.candidates else ''
        text = str(entry.expression)
        text = text if len(text) <= WIDTH else text[:WIDTH - 3] + '...'
        self._bar.set_description_str(f"{pace}loss {entry.loss:#.4g}: {name} = {text}")

    def say(self, sentence):
        """Print a sentence, above the line."""
        if self._bar is not None:
            self._bar.write(sentence, file=sys.stderr)

    def close(self):
        """Leave the line as it is."""
        if self._bar is not None:
            self._bar.close()
