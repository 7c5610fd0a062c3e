"The library, the notebooks and the README are what the committed notebooks say."
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

root = Path(__file__).resolve().parent.parent
binaries = Path(sysconfig.get_path("scripts"))


def files(top, *patterns):
    return {p.relative_to(top).as_posix(): p.read_text(encoding="utf-8") for pattern in patterns for p in sorted(top.glob(pattern))}


def test_export_and_clean_change_nothing(tmp_path):
    for name in ("nbs", "textpromptir"):
        shutil.copytree(root/name, tmp_path/name, ignore=shutil.ignore_patterns("__pycache__", "weights", ".ipynb_checkpoints"))
    for name in ("settings.ini", "setup.py"): shutil.copy(root/name, tmp_path/name)
    patterns = ("nbs/**/*.ipynb", "textpromptir/*.py")
    committed = files(tmp_path, *patterns)
    assert len(committed) > 25
    for p in (tmp_path/"textpromptir").glob("[!_]*.py"): p.unlink()
    for command in ("nbdev_export", "nbdev_clean"): subprocess.run([binaries/command], cwd=tmp_path, check=True)
    made = files(tmp_path, *patterns)
    assert sorted(made) == sorted(committed)
    assert [k for k in made if made[k] != committed[k]] == []


def test_lines_fit_a_debugger():
    wide = []
    for path in sorted((root/"textpromptir").glob("[!_]*.py")):
        exported = path.read_text(encoding="utf-8").split("\n# %% ", 2)[-1] # nbdev writes the head, __all__ among it
        wide += [f"{path.name}: {line.strip()}" for line in exported.splitlines() if len(line) > 110 and not line.startswith("# %%")]
    assert wide == []


def test_readme_is_made_from_the_index():
    sys.path.insert(0, str(root/"tools"))
    from readme import picture, readme
    text, png = readme()
    assert (root/"README.md").read_text(encoding="utf-8") == text
    assert picture.read_bytes() == png and png
    for link in __import__("re").findall(r"\]\(((?!http)[^)]+)\)", text): assert (root/link).exists(), link
