r"""
Laws elsewhere: as TensorFlow's functions, as source code, in pictures and files

EXAMPLES::

    sage: from sage_tf.all import *
    sage: model = SymbolicRegressor(progress=False).fit([1, 2, 3, 4], [3, 5, 7, 9], variables='t')
    sage: model.to_tf()
    TensorFunction in float64: (t) |--> 2*t + 1
"""
import os
from pickle import PicklingError

from sage.misc.latex import latex
from sage.misc.persist import dumps, loads

from sage_tf.regression.checkpoint import write_atomically
from sage_tf.regression.fitted import Fitted
from sage_tf.regression.numeric import values_of
from sage_tf.regression.sources import c_source, python_source
from sage_tf.symbolic.tensor_function import TensorFunction


class Exports(Fitted):
    """
    A regressor whose laws can be taken elsewhere.

    EXAMPLES::

        sage: from sage_tf.all import SymbolicRegressor
        sage: from sage_tf.regression.exports import Exports
        sage: issubclass(SymbolicRegressor, Exports)
        True
    """
    def to_tf(self, entry=None, **options):
        """
        Return the law as a function on tensors of the variables.

        INPUT:

        - ``entry`` -- as in :meth:`expression`

        - ``options`` -- as of :class:`~sage_tf.symbolic.tensor_function.TensorFunction`

        EXAMPLES::

            sage: from sage_tf.all import *
            sage: model = SymbolicRegressor(progress=False).fit([1, 2, 3, 4], [3, 5, 7, 9], variables='t')
            sage: f = model.to_tf(); f
            TensorFunction in float64: (t) |--> 2*t + 1
            sage: f.gradient([1, 2])[0].numpy()
            array([2., 2.])
        """
        return TensorFunction(self.expression(entry), self.variables_, **options)

    def to_python(self, entry=None, name='law', module='math'):
        """
        Return the law as the source of a Python function; see :func:`~sage_tf.regression.sources.python_source`.

        EXAMPLES::

            sage: from sage_tf.all import *
            sage: model = SymbolicRegressor(progress=False).fit([1, 2, 3, 4], [3, 5, 7, 9], variables='t')
            sage: print(model.to_python(module='numpy'))
            import numpy
            <BLANKLINE>
            <BLANKLINE>
            def law(t):
                return 2*t + 1
        """
        return python_source([each.expression for each in self._entries(entry)], self.variables_, name, module)

    def to_c(self, entry=None, name='law'):
        """
        Return the law as the source of a C function; see :func:`~sage_tf.regression.sources.c_source`.

        EXAMPLES::

            sage: from sage_tf.all import *
            sage: model = SymbolicRegressor(progress=False).fit([1, 2, 3, 4], [3, 5, 7, 9], variables='t')
            sage: print(model.to_c())
            #include <math.h>
            <BLANKLINE>
            double law(double t)
            {
                return 2*t + 1;
            }
        """
        return c_source([each.expression for each in self._entries(entry)], self.variables_, name)

    def _latex_(self):
        return latex(self.expression()) if self.__sklearn_is_fitted__() else rf"\text{{{self}}}"

    def plot(self, entry=None):
        """
        Return a picture of the front, of the predicted values over those given, and of the residuals.

        Of the data up to 1000 points are shown. If there are several outputs, each has a row.

        EXAMPLES::

            sage: from sage_tf.all import *
            sage: SymbolicRegressor(progress=False).fit([1, 2, 3, 4], [3, 5, 7, 9], variables='t').plot()
            Graphics Array of size 1 x 3
        """
        from sage_tf.regression.plots import picture

        entries, (X, y) = self._entries(entry), self._shown
        predicted = [values_of(each.expression, self.variables_, X) for each in entries]
        return picture(self.fronts_, entries, y.T, predicted)

    def save(self, path, compress=True):
        """
        Write the regressor to a file, from which :meth:`load` and Sage's ``load`` restore it.

        INPUT:

        - ``path`` -- of the file; ``.sobj`` is added if it is missing

        Raises TypeError if an operator is a function that has no place in a module, as those of ``lambda`` are.

        EXAMPLES::

            sage: import os
            sage: from sage_tf.all import *
            sage: model = SymbolicRegressor(progress=False).fit([1, 2, 3, 4], [3, 5, 7, 9], variables='t')
            sage: path = os.path.join(tmp_dir(), 'model')
            sage: model.save(path)
            sage: SymbolicRegressor.load(path).expression(), load(path).expression()
            (2*t + 1, 2*t + 1)
        """
        try:
            data = dumps(self, compress=compress)
        except (PicklingError, AttributeError, TypeError) as error:
            raise TypeError(f"the regressor cannot be saved ({error}); give operators as expressions, or functions that a module has") from None
        write_atomically(_with_suffix(path), data)

    @classmethod
    def load(cls, path):
        """
        Return a regressor that was saved. Take files only from those whose programs you would run: they are pickles.

        Raises FileNotFoundError if there is no file, and ValueError if it is damaged or has something else.

        EXAMPLES::

            sage: import os
            sage: from sage_tf.all import *
            sage: path = os.path.join(tmp_dir(), 'model.sobj')
            sage: with open(path, 'wb') as file: _ = file.write(b'nothing')
            sage: SymbolicRegressor.load(path)
            Traceback (most recent call last):
            ...
            ValueError: .../model.sobj is damaged or no saved SymbolicRegressor; restore it or save it again
        """
        path = _with_suffix(path)
        if not os.path.isfile(path):
            raise FileNotFoundError(f"there is no file {path}; give the path of a saved {cls.__name__}")
        with open(path, 'rb') as file:
            data = file.read()
        try:
            found = loads(data)
        except Exception:                                       # a pickle that is damaged may raise anything
            found = None
        if not isinstance(found, cls):
            raise ValueError(f"{path} is damaged or no saved {cls.__name__}; restore it or save it again")
        return found


def _with_suffix(path):
    path = os.path.abspath(os.fspath(path))
    return path if path.endswith('.sobj') else path + '.sobj'
