"papermill re-executes the evaluation; a figure that does not come out again stops it."
import csv
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

root = Path(__file__).resolve().parent.parent


@pytest.fixture
def tree(tmp_path):
    "A copy of what the evaluation reads and writes, so that a test leaves nothing behind."
    shutil.copytree(root/"nbs"/"evaluation", tmp_path/"nbs"/"evaluation")
    shutil.copytree(root/"data", tmp_path/"data", ignore=shutil.ignore_patterns("checkpoints"))
    return tmp_path


def reproduce(tree, only=""):
    command = [sys.executable, "-m", "papermill", "--cwd", tree/"nbs"/"evaluation", "--no-progress-bar", "-p", "full", "False", "-p", "only", only,
               tree/"nbs"/"evaluation"/"table1.ipynb", tree/"out.ipynb"]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, "TEXTPROMPTIR_DATA": ""})


def test_free_table_comes_out_again(tree):
    table = tree/"data"/"results"/"tables"/"table1_free.md"
    before = table.read_text(encoding="utf-8")
    table.unlink()
    done = reproduce(tree)
    assert done.returncode == 0, done.stderr[-3000:]
    assert table.read_text(encoding="utf-8") == before and "free photographs" in before


@pytest.mark.parametrize("name, old, new", [("table1_free.md", "| images | 4 |", "| images | 5 |"), ("table1_free.csv", "right,rain,", "right,snow,")])
def test_a_committed_table_that_was_changed_stops_the_reproduction(tree, name, old, new):
    "One sentence names the file and the line; the file stays as it is. Other seconds stop nothing."
    tables = tree/"data"/"results"/"tables"
    markdown, changed = tables/"table1_free.md", tables/name
    markdown.write_text(re.sub(r"\| seconds an image \|.*", "| seconds an image | 99.00 |", markdown.read_text(encoding="utf-8")), encoding="utf-8")
    text = changed.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    changed.write_text(text.replace(old, new, 1), encoding="utf-8")
    before = changed.read_bytes()
    done = reproduce(tree, only="rain")
    error, = {line for line in done.stderr.splitlines() if line.startswith("ValueError: ")}
    assert done.returncode != 0 and error.startswith(f"ValueError: {name} would change: line ") and old in error and new in error, done.stderr[-3000:]
    assert changed.read_bytes() == before


@pytest.mark.parametrize("what, change, reason", [("psnr", lambda v: f"{float(v) + .05:.4f}", "psnr is .* apart"), ("refused", lambda v: "1", "another refused"), ("psnr_input", lambda v: "nan", "psnr_input is .* apart"),
                                                  ("image", lambda v: "another", "no committed row")])
def test_a_row_that_is_off_stops_the_reproduction(tree, what, change, reason):
    "The error names the column and the reason; the notebook as far as it came is kept, the table stays."
    rows, table = tree/"data"/"results"/"rows"/"table1_free.csv", tree/"data"/"results"/"tables"/"table1_free.md"
    with rows.open(newline="", encoding="utf-8") as f: lines = list(csv.DictReader(f))
    lines[0][what] = change(lines[0][what])
    with rows.open("w", newline="", encoding="utf-8") as f:
        writer = csv.DictWriter(f, lines[0])
        writer.writeheader()
        writer.writerows(lines)
    before = table.read_bytes()
    done = reproduce(tree)
    error = "".join(line for line in done.stderr.splitlines() if line.startswith("ValueError: ")) # other lines quote the source, where every reason stands
    assert done.returncode != 0 and lines[0]["column"] in error and re.search(reason, error) and "FULL=1" in error, done.stderr[-3000:]
    assert table.read_bytes() == before and (tree/"out.ipynb").exists()
