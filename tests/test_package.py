"What a stranger gets: the wheel, built from the source distribution, in an empty environment without a network; and papers that say the same."
import json
import os
import re
import subprocess
import sys
import sysconfig
import venv
import zipfile
from configparser import ConfigParser
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

root = Path(__file__).resolve().parent.parent
config = ConfigParser()
config.read(root/"settings.ini", encoding="utf-8")
settings = config["DEFAULT"]
# every event of a socket is noted in a file, which no caller can swallow, and refused
guard = """
import os, sys
def shut(event, arguments):
    if event.startswith("socket."):
        with open(os.environ["NOTED"], "a") as f: f.write(event + "\\n")
        raise RuntimeError("a network call")
sys.addaudithook(shut)
"""
restoring = """
import sys, textpromptir, torch
from importlib.metadata import distribution
from textpromptir.core import free_images, seed_generator
from textpromptir.pictures import read_image, write_image
from textpromptir.degradations import add_noise
from textpromptir.metrics import psnr
from textpromptir.prompts import load_templates, prompts_folder, teaching_requests
from textpromptir.commands import main
clean = free_images()["coffee"][..., :121, :143]
write_image(add_noise(clean, 25, seed_generator("wheel")), "in.png")
status = main(["restore", "in.png", "please remove the noise", "-o", "out.png"])
x, y = read_image("in.png"), read_image("out.png")
before, after = psnr(x, clean).item(), psnr(y, clean).item()
assert status == 0 and y.shape == x.shape == clean.shape and after > before + 5, (status, x.shape, y.shape, before, after)
assert len(teaching_requests()) > 2000 and load_templates().frames
print(textpromptir.__file__, prompts_folder(), distribution("textpromptir").locate_file(""), sep="\\n")
"""


def run(*command, **options):
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, **options)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
    return done.stdout


def outside(folder, **more): # the variables of a process that knows nothing of this tree
    plain = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME", "PYTHONUTF8", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "TEXTPROMPTIR_DATA")}
    return plain | {"HOME": str(folder), "USERPROFILE": str(folder), "TEXTPROMPTIR_CACHE": str(folder/"cache"), "NOTED": str(folder/"noted")} | more


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    "Source distribution, and the wheel made of it; from a copy, so that no older list of files counts."
    folder = tmp_path_factory.mktemp("built")
    copytree(root, folder/"tree", ignore=ignore_patterns(".*", "build", "dist", "runs", "nbs", "checkpoints", "*.egg-info", "__pycache__"))
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, folder/"tree", cwd=folder)
    (source,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    return source, wheel


def test_the_wheel_holds_what_the_package_needs_and_no_more(built):
    source, wheel = built
    with zipfile.ZipFile(wheel) as z: held = {n: z.read(n) for n in z.namelist()}
    package = {p.relative_to(root).as_posix() for p in (root/"textpromptir").rglob("*") if p.is_file() and "__pycache__" not in p.parts and ".ipynb_checkpoints" not in p.parts}
    sentences = {f"textpromptir/sentences/{p.name}": p.read_bytes() for p in (root/"data"/"prompts").glob("*.csv")}
    assert len(sentences) > 7 and {"compact", "bert"} == {n.split("/")[2] for n in held if "/weights/" in n}
    info = f"textpromptir-{settings['version']}.dist-info"
    assert {n for n in held if not n.startswith(info)} == package | set(sentences)
    assert {n: held[n] for n in sentences} == sentences
    assert {f"{info}/licenses/{n}" for n in ("LICENSE", "NOTICE")} <= set(held)
    assert wheel.stat().st_size < 100e6 and source.stat().st_size < 100e6 # what the Python Package Index takes


def test_it_restores_from_the_wheel_with_every_socket_shut(built, tmp_path):
    "An empty environment that sees the dependencies of this one, but not this tree; in a locale that knows ASCII alone."
    home = tmp_path/"env"
    venv.create(home, symlinks=os.name != "nt")
    bin, site = (Path(sysconfig.get_path(k, "venv", vars={"base": str(home), "platbase": str(home), "installed_base": str(home)})) for k in ("scripts", "purelib"))
    python = bin/("python.exe" if os.name == "nt" else "python")
    run(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index", built[1], env=outside(tmp_path))
    paths = dict.fromkeys(sysconfig.get_path(k) for k in ("purelib", "platlib"))
    (site/"dependencies.pth").write_text("\n".join(paths) + "\n", encoding="utf-8") # names folders: a .pth file in those, like an editable install's, is not read
    (site/"sitecustomize.py").write_text(guard, encoding="utf-8")
    env = outside(tmp_path, LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    reached = "import socket\ntry: socket.create_connection(('127.0.0.1', 9), 1)\nexcept RuntimeError as e: print(e)"
    assert "a network call" in run(python, "-c", reached, env=env, cwd=tmp_path) # the guard is awake
    (tmp_path/"noted").unlink()
    package, sentences, installed = map(Path, run(python, "-c", restoring, env=env, cwd=tmp_path).splitlines()[-3:])
    for place in (package, sentences, installed): assert site.resolve() in (place.resolve(), *place.resolve().parents), place
    assert "remove noise" in run(bin/"textpromptir", "understand", "please remove the noise", env=env, cwd=tmp_path)
    assert not (tmp_path/"noted").exists(), (tmp_path/"noted").read_text(encoding="utf-8")


def test_version_is_the_same_everywhere():
    import textpromptir
    found = {"settings.ini": settings["version"], "textpromptir": textpromptir.__version__,
             "CITATION.cff": re.search(r"^version: (\S+)$", (root/"CITATION.cff").read_text(encoding="utf-8"), re.M)[1],
             "CHANGELOG.md": re.search(r"^## \[(\d[^]]*)\]", (root/"CHANGELOG.md").read_text(encoding="utf-8"), re.M)[1]}
    assert len(set(found.values())) == 1, found


def test_the_cards_say_what_was_measured_on_these_weights():
    sys.path.insert(0, str(root/"tools"))
    from model_card import cards, limits
    for path, text in cards().items():
        assert path.read_text(encoding="utf-8") == text, f"{path} is not what tools/model_card.py makes"
        for link in re.findall(r"\]\(((?!http)[^)]+)\)", text): assert (path.parent/link).exists(), link
    for picture in {c["picture"] for c in json.loads(limits.read_text(encoding="utf-8"))["cases"]}:
        assert 0 < (root/"data"/"results"/"figures"/"card"/f"{picture}.png").stat().st_size < 60_000, picture
