"""Compile the Cython modules; everything else about the package is in pyproject.toml."""

from glob import glob

import numpy
from Cython.Build import cythonize
from Cython.Compiler import Options
from setuptools import Extension, setup

Options.embed_pos_in_docstring = True  # Sage's introspection finds sources by this

SOURCES = sorted(glob("sage_tf/**/*.pyx", recursive=True))
NUMPY_2 = ("NPY_NO_DEPRECATED_API", "NPY_1_7_API_VERSION")

setup(
    # not build/ itself, which setuptools would then leave out of an sdist: build/pkgs is source
    options={"build": {"build_base": "build/python"}},
    ext_modules=cythonize(
        [
            Extension(
                path.removesuffix(".pyx").replace("/", "."),
                [path],
                include_dirs=[numpy.get_include()],
                define_macros=[NUMPY_2],
            )
            for path in SOURCES
        ],
        compiler_directives={"language_level": 3, "embedsignature": True},
    )
)
