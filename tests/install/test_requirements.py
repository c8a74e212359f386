"""What importing sage_tf says where something that it needs is not there."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# a folder of modules that stand for an environment -> what the one sentence must say
ENVIRONMENTS = {
    "no Sage": ({"tensorflow.py": ""}, "needs SageMath and this Python has none: run `sage -pip install"),
    "an old Sage": (
        {"sage/version.py": "version = '9.5'", "sage/all.py": "", "tensorflow.py": ""},
        "needs Sage 10.4 or newer and this is Sage 9.5: run `python3 -m venv",
    ),
    "a part of Sage": (
        {"sage/version.py": "version = '10.8.13'", "tensorflow.py": ""},
        "lacks sage.all: run `",
    ),
    "no TensorFlow": (
        {"sage/version.py": "version = '10.10.beta1'", "sage/all.py": ""},
        "needs TensorFlow and this Python has none: run `",
    ),
}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_an_import_that_cannot_work_says_why_in_one_sentence(tmp_path, environment):
    files, expected = ENVIRONMENTS[environment]
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    program = f"import sys; sys.path += [{str(ROOT)!r}, {str(tmp_path)!r}]; import sage_tf"
    # -I -S: Python's own library and nothing else
    done = subprocess.run([sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith("ImportError: sage_tf needs ") and expected in last
    assert last.count(". ") == 0 and last.endswith(".")
