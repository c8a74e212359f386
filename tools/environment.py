"""
Prepare an environment for sage_tf; the Makefile calls it.

- ``python environment.py create DIRECTORY`` makes a virtual environment;
- ``python environment.py require [--extra NAME] ...`` installs what pyproject.toml asks for into the running environment;
- ``python environment.py compile`` compiles the Cython modules and puts the source tree on the environment's path.

What is missing on the machine is said in one sentence before anything is done.
"""

import argparse
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import tomllib
from importlib import metadata, util
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def missing():
    """What a build needs and this machine lacks, in a sentence, or None."""
    compiler = shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc")[0]
    if shutil.which(compiler) is None:
        return f"sage_tf needs a C compiler and {compiler} is not on the PATH: install gcc or clang, or name yours by CC=..."
    if not Path(sysconfig.get_path("include"), "Python.h").exists():
        return f"sage_tf needs Python's header files and {sys.executable} has none: install python3-dev (or python3-devel)"
    if util.find_spec("venv") is None or util.find_spec("ensurepip") is None:
        return f"sage_tf needs Python's venv module and {sys.executable} lacks it: install python3-venv"
    return None


def create(directory):
    """Make a virtual environment, leaving alone one that is there."""
    if not Path(directory, "pyvenv.cfg").exists():
        subprocess.run([sys.executable, "-m", "venv", directory], check=True)
    python = Path(directory, "bin", "python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--upgrade", "pip"], check=True)


def requirements(extras, tensorflow):
    """
    The package's requirements with those of ``extras``.

    A tensorflow that is installed under another name (tensorflow-cpu, ...) or is asked for by another name
    stands for the one in pyproject.toml: pip would put both into the same folder.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = list(project["dependencies"])
    for extra in extras:
        names += project["optional-dependencies"][extra]
    present = metadata.packages_distributions().get("tensorflow", [])
    if present:
        tensorflow = present[0]
    return [name.replace("tensorflow", tensorflow, 1) if name.startswith("tensorflow") else name for name in names]


def installed():
    """All distributions of the running environment but sage_tf, pinned, one a line."""
    found = {d.metadata["Name"]: d.version for d in metadata.distributions()}
    return "".join(f"{name}=={version}\n" for name, version in sorted(found.items()) if name and name != "sage_tf")


def require(extras, tensorflow, keep):
    """Install the requirements; with ``keep`` refuse to change any distribution that is there already."""
    command = [sys.executable, "-m", "pip", "install", *requirements(extras, tensorflow)]
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as pins:
        if keep:
            pins.write(installed())
            pins.flush()
            command += ["--constraint", pins.name]
        done = subprocess.run(command)
    if done.returncode and keep:
        sys.exit("What this Sage lacks does not fit what it has; nothing was changed. Leave out SAGE=... to use another.")
    done.check_returncode()


def compile_modules():
    """Compile the Cython modules in place, in an isolated build."""
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--editable", ROOT], check=True)


def main():
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("create").add_argument("directory")
    commands.add_parser("compile")
    install = commands.add_parser("require")
    install.add_argument("--extra", action="append", default=[], help="one of pyproject.toml's extras")
    install.add_argument("--tensorflow", default="tensorflow", help="the distribution that provides tensorflow")
    install.add_argument("--keep", action="store_true", help="change no distribution that is installed already")
    options = parser.parse_args()
    lacking = missing()
    if lacking:
        sys.exit(lacking)
    try:
        if options.command == "create":
            create(options.directory)
        elif options.command == "require":
            require(options.extra, options.tensorflow, options.keep)
        else:
            compile_modules()
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)


if __name__ == "__main__":
    main()
