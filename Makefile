# make demo: see it work.  make test: everything.  make help: the rest.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: help demo test scenes check format evaluate evaluation-data bench size clean

help:      ## list the targets
	@grep -E '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

demo: $(VENV)/base.done  ## install the base and run the first sample trip
	$(BIN)/cart process sample_videos/first_trip.mp4 --catalog sample_videos/catalog

test: $(VENV)/test.done  ## install everything and run all tests
	$(BIN)/python -m pytest -n 2 --dist loadgroup

scenes: $(VENV)/base.done  ## make the environment that renders scenes (1.3 GB)
	$(BIN)/cart scenes setup

check: $(VENV)/test.done  ## style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/test.done  ## put the code in shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

evaluate: $(VENV)/test.done  ## print the accuracy on all footage and data at hand
	$(BIN)/python benchmarks/accuracy.py

evaluation-data: $(VENV)/base.done  ## render what is evaluated on, about an hour (after make scenes)
	$(BIN)/python benchmarks/evaluation_data.py

bench: $(VENV)/bench.done  ## print the speed beside the floor and the peers
	$(BIN)/python benchmarks/vision.py

size:      ## print size and time of the base install
	$(PYTHON) benchmarks/install_size.py

clean:     ## remove the virtual environment and caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache dist

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/base.done: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) -e .
	@$(BIN)/cart --version
	@touch $@

$(VENV)/test.done: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) -e '.[train,test]'
	@$(BIN)/cart --version
	@touch $@ $(VENV)/base.done

$(VENV)/bench.done: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) -e '.[train,test,bench]'
	@touch $@ $(VENV)/test.done $(VENV)/base.done
