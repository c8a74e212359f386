"""
Installing sage_tf into a fresh environment with a Sage from wheels, as a user would: minutes, and gigabytes of downloads.

TensorFlow comes as a dependency of the first installation; none of them may change anything of Sage's.
"""

import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
MADE = [".git", ".venv*", ".sage-*", "*.so", "*.c", "__pycache__", "python", "dist", "*.egg-info", "_build", "reference"]
# what a user would do first: an exact matrix through compiled code and back
SESSION = "import sage_tf; M = matrix(QQ, 2, [1/3, 2, 3, 4]); print(M.to_tf().to_sage() == M.change_ring(RDF), sage_tf.__file__)"


def run(*command, cwd):
    """Run a command, and return what it printed."""
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """The source tree without anything that was made in it."""
    return shutil.copytree(ROOT, tmp_path_factory.mktemp("source") / "sage_tf", ignore=shutil.ignore_patterns(*MADE))


@pytest.fixture(scope="module")
def distributions(source):
    """The sdist, and the wheel that is built from it in isolation."""
    run(sys.executable, "-m", "build", source, cwd=source)
    return next(source.glob("dist/*.tar.gz")), next(source.glob("dist/*.whl"))


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """A fresh environment with Sage and without TensorFlow."""
    folder = tmp_path_factory.mktemp("environment")
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    run(sys.executable, "-m", "venv", folder / "venv", cwd=folder)
    run(folder / "venv/bin/pip", "install", *extras["passagemath"], cwd=folder)
    yield folder
    shutil.rmtree(folder)


def installed(environment):
    """The distributions in the environment with their versions."""
    return set(run(environment / "venv/bin/pip", "freeze", cwd=environment).splitlines())


def test_the_sdist_has_all_sources_and_nothing_made(source, distributions):
    with tarfile.open(distributions[0]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    files = {path.relative_to(source).as_posix() for path in source.rglob("*") if path.is_file()}
    expected = {name for name in files if not name.startswith((".", "dist/", "build/python/")) and ".egg-info" not in name}
    expected -= {path.with_suffix(".c").relative_to(source).as_posix() for path in source.glob("sage_tf/**/*.pyx")}
    assert expected - names == set()
    assert not [name for name in names if name.endswith((".so", ".c"))]


def test_the_wheel_has_compiled_modules_with_their_sources(source, distributions):
    names = zipfile.ZipFile(distributions[1]).namelist()
    modules = [path.relative_to(source).with_suffix("").as_posix() for path in source.glob("sage_tf/**/*.pyx")]
    assert modules
    for module in modules:
        assert f"{module}.pyx" in names
        assert any(name.startswith(f"{module}.") and name.endswith(".so") for name in names)
    assert all(name.startswith(("sage_tf/", "sage_tf-")) for name in names)


@pytest.mark.parametrize("way", ["tree", "sdist", "no build isolation"])
def test_an_installation_works_and_changes_nothing_of_sage(environment, source, distributions, way):
    what = {"tree": [source], "sdist": [distributions[0]], "no build isolation": ["--no-build-isolation", source]}[way]
    sage = environment / "venv/bin/sage"
    before = installed(environment)
    run(sage, "-pip", "install", *what, cwd=environment)
    equal, place = run(sage, "-c", SESSION, cwd=environment).split()
    added = installed(environment)
    run(sage, "-pip", "uninstall", "--yes", "sage_tf", cwd=environment)
    assert equal == "True" and Path(place).is_relative_to(environment)
    assert before <= added
