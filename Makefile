# make demo, test, shell, notebook, docs, lint, bench-NAME, test-sage, test-install, test-fuzz
# Each sets up what it needs in .venv, once. With SAGE=/path/to/sage that Sage is used instead.

PYTHONS := python3.13 python3.12 python3.11 python3
CYTHON  := $(shell find sage_tf -name '*.pyx' -o -name '*.pxd')
VENV    := .venv
RIVALS  := .venv-peers
OTHERS  := .venv-peers-regression
BOUNDS  := .venv-peers-networks
SOLVERS := .venv-peers-solving

# The wheel without CUDA, where there is one: it is smaller, and silent when it is imported
TENSORFLOW := $(if $(filter Linux-x86_64,$(shell uname -s)-$(shell uname -m)),tensorflow-cpu,tensorflow)

export TF_CPP_MIN_LOG_LEVEL  := 3
export TF_ENABLE_ONEDNN_OPTS := 0
export PIP_DISABLE_PIP_VERSION_CHECK := 1

ifdef SAGE
  override SAGE := $(or $(shell command -v $(SAGE)),$(error there is no Sage at $(SAGE); give the path of its `sage` command))
  READY  := .sage-$(subst /,-,$(abspath $(SAGE)))
  # the sage command of some distributions does not know -python
  PYTHON := $(if $(shell $(SAGE) -python -c 'print(1)' 2>/dev/null),$(SAGE) -python,$(shell $(SAGE) -c 'import sys; print(sys.executable)'))
  REQUIRE := $(PYTHON) tools/environment.py require --tensorflow $(TENSORFLOW) --keep
else
  SAGE   := $(abspath $(VENV))/bin/sage
  READY  := $(VENV)/ready
  PYTHON := $(VENV)/bin/python
  REQUIRE := $(PYTHON) tools/environment.py require --tensorflow $(TENSORFLOW) --extra passagemath
endif

.DELETE_ON_ERROR:
.PHONY: demo test test-edges test-functions test-install test-sage test-fuzz shell notebook docs lint setup clean

demo: setup
	$(SAGE) examples/workflow.sage

test: setup $(READY)/test
	$(PYTHON) tools/check.py --sage $(SAGE)

test-install: setup $(READY)/test
	$(PYTHON) -m pytest -m slow -s tests/install

test-sage: setup
	$(PYTHON) tests/sage_doctests/run.py --sage $(SAGE)

test-edges test-functions: setup $(READY)/test
	$(PYTHON) -m pytest -q tests/symbolic/$(subst -,_,$@).py

test-fuzz: setup
	$(PYTHON) tests/symbolic/fuzz.py --count 2000

bench-%: setup
	$(PYTHON) benchmarks/bench_$*.py

bench-symbolic: $(RIVALS)/ready

# without the verifier where PEERS=none
bench-networks: $(if $(filter none,$(PEERS)),,$(BOUNDS)/ready)

bench-solving: $(SOLVERS)/ready

# SET=feynman, strogatz, nguyen, keijzer, srbench or all, of PROBLEMS=DIRECTORY, else laws of our own; BUDGET=SECONDS;
# PEERS=pyoperon,gplearn,rils-rols or all or none; EVERY=N for every N-th problem
bench-regression: setup $(if $(filter none,$(PEERS)),,$(OTHERS)/ready)
	$(PYTHON) benchmarks/bench_regression.py --save --set $(or $(SET),all) $(if $(PROBLEMS),--problems $(PROBLEMS)) \
	  --budget $(or $(BUDGET),60) --noise $(or $(NOISE),0) --every $(or $(EVERY),1) --seed $(or $(SEED),0) --peers $(or $(PEERS),all)

shell notebook: export SAGE_STARTUP_FILE := $(CURDIR)/tools/session.sage

shell: setup
	$(SAGE)

notebook: setup $(READY)/notebook
	$(SAGE) -n jupyter

docs: setup $(READY)/docs
	$(PYTHON) -m sphinx -W -b html doc doc/_build/html

lint: export PATH := $(abspath $(VENV))/bin:$(PATH)

lint: setup $(READY)/lint
	$(PYTHON) -m ruff check .
	$(PYTHON) -m cython_lint.cython_lint $(CYTHON)

setup: $(READY)/compiled

clean:
	rm -rf $(VENV) $(RIVALS) $(OTHERS) $(BOUNDS) $(SOLVERS) .sage-* build/python dist *.egg-info doc/_build doc/reference
	find sage_tf -name '*.so' -delete -o -name '*.c' -delete

$(READY)/compiled: $(READY)/base $(CYTHON) setup.py
	$(PYTHON) tools/environment.py compile
	@touch $@

$(READY)/base: pyproject.toml | $(READY)
	$(REQUIRE)
	@touch $@

$(READY)/%: pyproject.toml | $(READY)/base
	$(REQUIRE) --extra $*
	@touch $@

# the compilers that bench-symbolic compares with; nothing else needs them
$(RIVALS)/ready: benchmarks/symbolic/requirements.txt | $(READY)/base
	$(PYTHON) tools/environment.py create $(RIVALS)
	$(RIVALS)/bin/python -m pip install --quiet --requirement $<
	@touch $@

# the regressors that bench-regression compares with; it says which of them cannot be built here
$(OTHERS)/ready: benchmarks/regression/requirements.txt | $(READY)/base
	$(PYTHON) tools/environment.py create $(OTHERS)
	$(OTHERS)/bin/python -m pip install --quiet --requirement $<
	-CPLUS_INCLUDE_PATH=$$(echo $(abspath $(OTHERS))/lib/python*/site-packages/cmeel.prefix/include/eigen3) \
	  $(OTHERS)/bin/python -m pip install --quiet --no-build-isolation --no-deps rils-rols==1.6.7
	@touch $@

# the verifier that bench-networks shows beside our bounds
$(BOUNDS)/ready: benchmarks/networks/requirements.txt | $(READY)/base
	$(PYTHON) tools/environment.py create $(BOUNDS)
	$(BOUNDS)/bin/python -m pip install --quiet --requirement $<

# the solvers that bench-solving compares with
$(SOLVERS)/ready: benchmarks/solving/requirements.txt | $(READY)/base
	$(PYTHON) tools/environment.py create $(SOLVERS)
	$(SOLVERS)/bin/python -m pip install --quiet --requirement $<
	@touch $@

.sage-%:
	@mkdir -p $@

$(VENV)/ready:
	@for python in $(PYTHONS); do \
	  $$python -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
	    && exec $$python tools/environment.py create $(VENV); \
	done; \
	echo 'sage_tf needs Python 3.11, 3.12 or 3.13 with its venv module, and none is on the PATH: install one of them' >&2; exit 1
	@mkdir -p $@
