"papermill re-executes the evaluation; a figure that does not come out again stops it."
import os
import shutil
import subprocess
import sys
from pathlib import Path

import papermill
import pytest

root = Path(__file__).resolve().parent.parent


@pytest.fixture
def tree(tmp_path):
    "A copy of what the evaluation reads and writes, so that a test leaves nothing behind."
    shutil.copytree(root/"nbs"/"evaluation", tmp_path/"nbs"/"evaluation")
    shutil.copytree(root/"data", tmp_path/"data", ignore=shutil.ignore_patterns("checkpoints"))
    return tmp_path


def reproduce(tree):
    command = [sys.executable, "-m", "papermill", "--cwd", tree/"nbs"/"evaluation", "--no-progress-bar", "-p", "full", "False",
               tree/"nbs"/"evaluation"/"table1.ipynb", tree/"out.ipynb"]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, "TEXTPROMPTIR_DATA": ""})


def test_free_table_comes_out_again(tree):
    table = tree/"data"/"results"/"tables"/"table1_free.md"
    before = table.read_text()
    table.unlink()
    done = reproduce(tree)
    assert done.returncode == 0, done.stderr[-3000:]
    assert table.read_text() == before and "free photographs" in before


def test_a_row_that_is_off_stops_the_reproduction(tree):
    rows = tree/"data"/"results"/"rows"/"table1_free.csv"
    lines = rows.read_text().splitlines()
    at = lines[0].split(",").index("psnr_input")
    from csv import reader
    old = next(reader([lines[1]]))[at]
    lines[1] = lines[1].replace(old, f"{float(old) + .05:.4f}", 1)
    rows.write_text("\n".join(lines) + "\n")
    table = tree/"data"/"results"/"tables"/"table1_free.md"
    before = table.read_bytes()
    done = reproduce(tree)
    assert done.returncode != 0 and "apart" in done.stderr
    assert table.read_bytes() == before
    assert papermill.inspect_notebook(tree/"out.ipynb")
