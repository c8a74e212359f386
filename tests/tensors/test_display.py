"""How tensors and their spaces show themselves in a notebook."""
import pytest
from sage.all import RDF, latex, matrix
from sage.repl.interpreter import get_test_shell
from sage.repl.rich_output import get_display_manager
from sage.repl.rich_output.backend_ipython import BackendIPythonNotebook

from sage_tf.tensors.element import Tensor
from sage_tf.tensors.space import TensorSpace


@pytest.fixture
def notebook():
    manager = get_display_manager()
    before = manager.switch_backend(BackendIPythonNotebook(), shell=get_test_shell())
    yield manager
    manager.preferences.text = None
    manager.switch_backend(before, shell=get_test_shell())


def shown(manager, obj):
    """The representations, by MIME type, that a notebook gets."""
    return manager._backend.displayhook(*manager._rich_output_formatter(obj, {}))[0]


@pytest.mark.parametrize('obj', [Tensor([[1, 2], [3, 4]]), Tensor([1, 2]), Tensor(RDF(1)), TensorSpace(RDF, (2, 3)), Tensor([[[1, 2]]])])
def test_a_notebook_shows_text_and_typeset_mathematics(notebook, obj):
    notebook.preferences.text = 'plain'
    assert shown(notebook, obj)['text/plain'] == repr(obj)
    notebook.preferences.text = 'latex'
    assert str(latex(obj)) in shown(notebook, obj)['text/html']


def test_a_tensor_is_typeset_as_its_matrix(notebook):
    notebook.preferences.text = 'latex'
    assert shown(notebook, Tensor([[1, 2]]))['text/html'] == shown(notebook, matrix([[1, 2]]))['text/html']
