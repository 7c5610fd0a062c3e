"What 13_benchmarks cannot say itself: that it agrees with later notebooks, is packed, and survives a file that cannot be read."
import csv
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from textpromptir.core import free_images
from textpromptir.pictures import write_image
from textpromptir.benchmarks import NEEDS, SETS, check_folder, describe_folder
from textpromptir.results import COLUMNS

root = Path(__file__).resolve().parent.parent


def rows(name):
    with (root/"data"/"results"/"rows"/f"{name}.csv").open(newline="", encoding="utf-8") as f: return list(csv.DictReader(f))


def test_needs_are_the_columns_of_the_tables():
    "Same columns, same sets, same full sizes as the evaluation; and as many images as the committed rows have."
    tables = [n for n in NEEDS if n.table == "Tables 1 and 3"]
    assert [(n.column, n.dataset, n.full) for n in tables] == [(c.name, c.dataset, c.full) for c in COLUMNS]
    assert {n.column: n.used for n in tables} == Counter(r["column"] for r in rows("table1") if r["prompt"] == "right")
    assert {n.column: n.used for n in tables} == {c.name: len({r["image"] for r in rows("table3") if r["column"].endswith(f"| {c.name}")}) for c in COLUMNS}
    mixtures, = (n for n in NEEDS if n.table == "Mixtures")
    assert mixtures.used == mixtures.full == len({r["image"] for r in rows("mixtures")})


def test_the_manifest_is_packed(tmp_path):
    "In what a wheel installs, and in the list of files of a source archive."
    command = [sys.executable, "setup.py", "-q", "egg_info", "--egg-base", tmp_path, "build_py", "--build-lib", tmp_path/"wheel"]
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    assert (tmp_path/"wheel"/"textpromptir"/"manifests"/"images.csv").read_bytes() == (root/"textpromptir"/"manifests"/"images.csv").read_bytes()
    assert "textpromptir/manifests/images.csv" in (tmp_path/"textpromptir.egg-info"/"SOURCES.txt").read_text().splitlines()


@pytest.mark.skipif(not os.path.exists("/proc/self/mem"), reason="needs a file that exists and that nobody can read")
def test_an_unreadable_file_is_a_verdict_and_the_rest_is_checked(tmp_path):
    place = [s.name for s in SETS].index("CBSD68")
    cbsd68 = tmp_path/SETS[place].folder
    cbsd68.mkdir(parents=True)
    for i in range(3): write_image(free_images()["coffee"][..., :32, i:i + 40], cbsd68/f"000{i}.png")
    known = describe_folder(tmp_path)
    assert check_folder(tmp_path, known).status == 0
    (cbsd68/"0001.png").unlink()
    (cbsd68/"0001.png").symlink_to("/proc/self/mem")
    result = check_folder(tmp_path, known)
    assert [f.verdict for f in result.sets[place].findings] == ["same", "unreadable", "same"] and result.status == 1
    assert "1 not to be read as images (0001.png)" in str(result)
