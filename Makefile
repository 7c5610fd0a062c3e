# make test        set up .venv and run every notebook and test
# make reproduce   set up .venv, score a part of every test set, compare with the committed rows, list all tables and figures
#                  (FULL=1 scores everything and rewrites the rows; TEXTPROMPTIR_DATA names the folder of images)
# make site        the notebooks, results and API as a static site that needs no network -> build/site/index.html
# make play        the playground in a browser, on this machine alone
# make export      notebooks -> library, notebooks cleaned
# make readme      nbs/index.ipynb -> README.md
# make cards       committed scores and the models that ship -> their model cards
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
SHELL := /bin/bash
FULL ?=
FULL_ := $(if $(filter 1,$(FULL)),True,False)
## notebooks that score again, the long ones first
EVIDENCE := evaluation/table1 ablation/table3 evaluation/real evaluation/mixtures evaluation/curves evaluation/fig7 evaluation/fig10 \
	evaluation/comparison evaluation/fig8 evaluation/limits ablation/table2 ablation/fig9_bert
## glibc gives large blocks back to the system, which clears each page again: a quarter of the time of a network on a processor
export MALLOC_MMAP_MAX_ = 0
export MALLOC_TRIM_THRESHOLD_ = 100000000000

.PHONY: help setup test reproduce readme cards export site play
help:
	@sed -n 's/^# //p' Makefile

setup: .venv/ready
.venv/ready: settings.ini setup.py constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

test: setup
	$(BIN)/ruff check --select E4,E7,E9,F textpromptir
	OMP_NUM_THREADS=1 $(BIN)/nbdev_test --path nbs --n_workers 2 --do_print
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -n 2 --dist loadfile tests

## two notebooks at a time, one core each; then the one that measures time, alone; last the list of all
reproduce: setup
	@mkdir -p build/evaluation build/ablation
	printf '%s\n' $(EVIDENCE) | OMP_NUM_THREADS=1 xargs -P 2 -I NOTEBOOK $(SHELL) -c \
		'$(BIN)/papermill --cwd nbs/$$(dirname NOTEBOOK) --log-output --no-progress-bar -p full $(FULL_) nbs/NOTEBOOK.ipynb build/NOTEBOOK.ipynb || exit 255'
	$(BIN)/papermill --cwd nbs/evaluation --log-output --no-progress-bar -p full $(FULL_) nbs/evaluation/speed.ipynb build/evaluation/speed.ipynb
	$(BIN)/papermill --cwd nbs/evaluation --log-output --no-progress-bar -p full $(FULL_) nbs/evaluation/overview.ipynb build/evaluation/overview.ipynb

site: setup
	$(BIN)/python docs/book.py

export: setup
	$(BIN)/nbdev_export
	$(BIN)/nbdev_clean

play: setup
	$(BIN)/textpromptir play

readme: setup
	$(BIN)/python tools/readme.py

cards: setup
	$(BIN)/python tools/model_card.py
