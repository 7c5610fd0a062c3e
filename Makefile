# make test        set up .venv and run every notebook and test
# make reproduce   set up .venv, score a part of every test set, compare with the committed rows, write the tables and Figure 9
#                  (FULL=1 scores everything and rewrites the rows; TEXTPROMPTIR_DATA names the folder of images)
# make export      notebooks -> library, notebooks cleaned
# make readme      nbs/index.ipynb -> README.md
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
SHELL := /bin/bash
FULL ?=
## glibc gives large blocks back to the system, which clears each page again: a quarter of the time of a network on a processor
export MALLOC_MMAP_MAX_ = 0
export MALLOC_TRIM_THRESHOLD_ = 100000000000

.PHONY: help setup test reproduce readme export
help:
	@sed -n 's/^# //p' Makefile

setup: .venv/ready
.venv/ready: settings.ini setup.py constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

test: setup
	$(BIN)/ruff check --select F821,F811,F403,F405 textpromptir
	OMP_NUM_THREADS=1 $(BIN)/nbdev_test --path nbs --n_workers 2 --do_print
	$(BIN)/python -m pytest -q tests

reproduce: setup
	@mkdir -p build/evaluation build/ablation
	for notebook in evaluation/table1 evaluation/mixtures ablation/table3 ablation/fig9_bert; do \
		$(BIN)/papermill --cwd nbs/$$(dirname $$notebook) --log-output --no-progress-bar \
			-p full $(if $(filter 1,$(FULL)),True,False) nbs/$$notebook.ipynb build/$$notebook.ipynb || exit 1; \
	done

export: setup
	$(BIN)/nbdev_export
	$(BIN)/nbdev_clean

readme: setup
	$(BIN)/python tools/readme.py
