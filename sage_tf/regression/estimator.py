r"""
The conventions of scikit-learn, without scikit-learn

EXAMPLES::

    sage: from sage_tf.regression.estimator import Estimator
    sage: class Shift(Estimator):
    ....:     def __init__(self, by=1):
    ....:         self.by = by
    sage: shift = Shift(); shift.get_params(), shift.set_params(by=2)
    ({'by': 1}, Shift(by=2))
"""
import inspect
import sys

from sage.structure.sage_object import SageObject


class Estimator(SageObject):
    """
    An object with parameters, which are the arguments of its constructor; that does nothing but to store them.

    EXAMPLES::

        sage: from sage_tf.all import SymbolicRegressor
        sage: SymbolicRegressor(time_limit=10)
        SymbolicRegressor(time_limit=10)
    """
    @classmethod
    def _defaults(cls):
        """Return the names of the parameters, with their defaults."""
        arguments = list(inspect.signature(cls.__init__).parameters.values())[1:]
        return {argument.name: argument.default for argument in arguments}

    def get_params(self, deep=True):
        """
        Return the parameters as a dictionary.

        INPUT:

        - ``deep`` -- ignored; no parameter has parameters of its own

        EXAMPLES::

            sage: from sage_tf.all import SymbolicRegressor
            sage: SymbolicRegressor(time_limit=10).get_params()['time_limit']
            10
        """
        return {name: getattr(self, name) for name in self._defaults()}

    def set_params(self, **parameters):
        """
        Change parameters; return the object.

        Raises ValueError for names that are no parameters.

        EXAMPLES::

            sage: from sage_tf.all import SymbolicRegressor
            sage: SymbolicRegressor().set_params(selection='loss')
            SymbolicRegressor(selection='loss')
            sage: SymbolicRegressor().set_params(speed=3)
            Traceback (most recent call last):
            ...
            ValueError: SymbolicRegressor has no parameter speed; expected some of operators, ..., template
        """
        known = self._defaults()
        for name in parameters:
            if name not in known:
                raise ValueError(f"{type(self).__name__} has no parameter {name}; expected some of {', '.join(known)}")
        for name, value in parameters.items():
            setattr(self, name, value)
        return self

    def _repr_(self):
        defaults = self._defaults()
        changed = [f"{name}={value!r}" for name, value in self.get_params().items()
                   if value is not defaults[name] and repr(value) != repr(defaults[name])]
        return f"{type(self).__name__}({', '.join(changed)})"

    def __eq__(self, other):
        """
        Return whether the parameters are the same, and the laws, if some were found.

        EXAMPLES::

            sage: from sage_tf.all import SymbolicRegressor
            sage: SymbolicRegressor(time_limit=10) == SymbolicRegressor(time_limit=10), SymbolicRegressor() == SymbolicRegressor(time_limit=10)
            (True, False)
            sage: TestSuite(SymbolicRegressor()).run()
        """
        return type(self) is type(other) and self._state_of_equality() == other._state_of_equality()

    def __hash__(self):
        return hash(type(self))                                 # all else may change

    def _state_of_equality(self):
        """Return what is the same for regressors that are, as text: parameters may be of any kind."""
        fronts = [[(str(entry.expression), entry.loss) for entry in front] for front in getattr(self, 'fronts_', ())]
        return {name: repr(value) for name, value in self.get_params().items()}, fronts

    def __sklearn_is_fitted__(self):
        return any(name.endswith('_') and not name.startswith('_') for name in vars(self))

    def __sklearn_tags__(self):
        """Return what scikit-learn wants to know of a regressor; only scikit-learn calls it."""
        from sklearn.utils import InputTags, RegressorTags, Tags, TargetTags

        return Tags(estimator_type='regressor', target_tags=TargetTags(required=True, multi_output=True),
                    regressor_tags=RegressorTags(), input_tags=InputTags(), transformer_tags=None, classifier_tags=None)

    def _check_is_fitted(self):
        """
        Raise scikit-learn's error if nothing was fitted, or one like it where scikit-learn is not there.

        EXAMPLES::

            sage: from sage_tf.all import SymbolicRegressor
            sage: SymbolicRegressor().expression()
            Traceback (most recent call last):
            ...
            NotFittedError: this SymbolicRegressor is not fitted yet; call fit(X, y) first
        """
        if not self.__sklearn_is_fitted__():
            raise _error_class()(f"this {type(self).__name__} is not fitted yet; call fit(X, y) first")


class NotFittedError(ValueError, AttributeError):
    """
    Raised by an estimator that was not fitted.

    EXAMPLES::

        sage: from sage_tf.regression.estimator import NotFittedError
        sage: issubclass(NotFittedError, ValueError)
        True
    """


def _error_class():
    """Return scikit-learn's class of errors where it is imported, as those who catch it expect."""
    return getattr(sys.modules.get('sklearn.exceptions'), 'NotFittedError', NotFittedError)
