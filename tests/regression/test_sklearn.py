"""SymbolicRegressor keeps the conventions of scikit-learn."""
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from sage.all import SR
from sklearn.base import clone, is_regressor
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import estimator_checks_generator

from sage_tf.all import SymbolicRegressor

X = np.random.default_rng(1).uniform(1, 3, (60, 2))
Y = X[:, 0] * X[:, 1] / 2


def regressor(**options):
    return SymbolicRegressor(**{'progress': False, 'random_state': 1, 'time_limit': 20, **options})


def checks():
    return estimator_checks_generator(regressor(time_limit=0.3))


def test_all_checks_of_scikit_learn_pass():
    with pytest.warns(UserWarning, match='does not inherit'):
        found = list(checks())
    names = set()
    for estimator, check in found:
        name = getattr(check, 'func', check).__name__
        if name != 'check_array_api_input':                     # needs SCIPY_ARRAY_API in the environment before NumPy is imported
            check(estimator)
            names.add(name)
    assert len(names) > 40 and {'check_regressors_train', 'check_regressor_multioutput', 'check_fit_idempotent'} <= names


def test_a_clone_has_the_parameters_and_no_fit():
    model = regressor(operators=('+', '*'), max_complexity=9).fit(X, Y)
    copy = clone(model)
    assert copy.get_params() == model.get_params() and is_regressor(copy)
    with pytest.raises(NotFittedError):
        copy.predict(X)


def test_cross_validation_and_grid_search_run():
    assert cross_val_score(regressor(), X, Y, cv=3).min() > 0.999999
    search = GridSearchCV(regressor(), {'selection': ['mdl', 'loss']}, cv=2).fit(X, Y)
    assert search.best_score_ > 0.999999


def test_it_ends_a_pipeline():
    pipeline = make_pipeline(StandardScaler(), regressor()).fit(X, Y)
    assert pipeline.score(X, Y) > 0.999999


def test_columns_of_a_frame_become_variables():
    frame = pd.DataFrame({'mass (kg)': X[:, 0], 'lambda': X[:, 1]})
    model = regressor().fit(frame, pd.Series(Y))
    mass, wave = SR.var('mass_kg'), SR.var('lambda_')
    assert bool(model.expression() == mass * wave / 2)
    assert list(model.feature_names_in_) == ['mass (kg)', 'lambda']
    assert model.predict(frame) == pytest.approx(Y)
    with pytest.raises(ValueError, match='feature names should match'):
        model.predict(frame[['lambda', 'mass (kg)']])
    assert not hasattr(model.fit(X, Y), 'feature_names_in_')


def test_it_works_without_scikit_learn_and_pandas():
    code = """
import sys
sys.modules.update(sklearn=None, pandas=None)                   # importing them is an error
from sage_tf.all import SymbolicRegressor
model = SymbolicRegressor(progress=False)
try:
    model.predict([[1]])
except ValueError as error:
    print(type(error).__name__)
print(model.fit([[1], [2], [3]], [2, 4, 6]).expression(), model.get_params()['time_limit'])
"""
    environment = {**os.environ, 'TF_CPP_MIN_LOG_LEVEL': '3', 'TF_ENABLE_ONEDNN_OPTS': '0'}
    output = subprocess.run([sys.executable, '-c', code], timeout=200, capture_output=True, text=True, env=environment)
    assert output.stdout == 'NotFittedError\n2*x0 60\n', output.stderr
