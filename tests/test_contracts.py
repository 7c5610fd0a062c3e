"What other code relies on: light imports, whole packages, parameters that exist, no network."
import json
import os
import re
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import papermill
import pytest
import torch
from conftest import restore
from PIL import Image, ImageCms

root = Path(__file__).resolve().parent.parent


def python(code, **env):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, env={**os.environ, **env})


def chunk(kind, data): # of a PNG file
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def test_import_takes_no_torch():
    done = python("import sys, textpromptir; assert 'torch' not in sys.modules; from textpromptir import Restorer; assert 'torch' in sys.modules")
    assert done.returncode == 0, done.stderr


def test_help_takes_no_torch():
    "Reading the command line, its help included, imports nothing that takes time."
    done = python("import sys; from textpromptir.commands import main\ntry: main(['restore', '--help'])\nexcept SystemExit as e: assert not e.code\nassert not {'torch', 'numpy', 'PIL', 'transformers'} & set(sys.modules)")
    assert done.returncode == 0 and "examples:" in done.stdout, done.stderr


def test_training_runs_on_a_bare_machine():
    "Network, degradations, metrics and training need torch, Accelerate, numpy, scikit-image, Pillow, safetensors and tqdm alone."
    done = python("""
import sys
for name in ('transformers', 'tokenizers', 'nbdev', 'fastcore', 'execnb', 'IPython', 'ipywidgets', 'matplotlib', 'seaborn', 'pandas', 'papermill', 'sentence_transformers'):
    sys.modules[name] = None # importing it raises ModuleNotFoundError
import torch, tempfile
from textpromptir import network, degradations, metrics, training, photographs
sources = [training.Source(photographs.pack_photographs(photographs.load_photographs(None)))]
vectors = {tuple(bool(c >> i & 1) for i in range(3)): torch.randn(4, 384) for c in range(8)}
config = training.TrainingConfig(size='tiny', steps=2, patches=((1., 32, 2),), vector=384)
with tempfile.TemporaryDirectory() as d: training.train(config, sources, vectors, d, cpu=True)
x = torch.rand(1, 3, 16, 16)
print(metrics.psnr(x, x*.9))
""")
    assert done.returncode == 0, done.stderr


def test_restore_from_the_shell_without_a_network(tmp_path):
    "The command line restores an image with every socket shut and an empty home."
    done = python(f"""
import socket
def shut(*a, **k): raise RuntimeError('a network call')
socket.socket.connect = socket.getaddrinfo = socket.create_connection = shut
from textpromptir.core import free_images, seed_generator
from textpromptir.pictures import read_image, write_image
from textpromptir.degradations import add_noise
from textpromptir.metrics import psnr
from textpromptir.commands import main
clean = free_images()['coffee'][..., :161, :183]
write_image(add_noise(clean, 25, seed_generator('shell')), r'{tmp_path}/in.png')
assert main(['restore', r'{tmp_path}/in.png', 'please remove the noise', '-o', r'{tmp_path}/out.png']) == 0
before, after = (psnr(read_image(r'{tmp_path}/' + n), clean).item() for n in ('in.png', 'out.png'))
assert after > before + 5, (before, after)
""", HOME=str(tmp_path/"home"), TEXTPROMPTIR_CACHE=str(tmp_path/"cache"))
    assert done.returncode == 0, done.stderr


def test_a_sentence_needs_no_transformers(tmp_path):
    "A sentence never seen before is encoded, and read, without the library that trained BERT."
    done = python("""
import sys
sys.modules['transformers'] = None # importing it raises ModuleNotFoundError
from textpromptir.encoder import encode_text
from textpromptir.understanding import understand_text
assert encode_text(['please take the streaks of rain away', 'naïve 去除雨 ☔']).shape == (2, 384)
assert understand_text('please remove the rain').rain.state == 'remove'
""", TEXTPROMPTIR_CACHE=str(tmp_path))
    assert done.returncode == 0, done.stderr


def test_a_mistake_on_the_command_line_is_one_sentence(tmp_path):
    "No stack trace, one line, exit status 2, nothing written."
    good = tmp_path/"good.png"
    Image.effect_noise((40, 40), 50).convert("RGB").save(good)
    (tmp_path/"text.png").write_text("no picture")
    (tmp_path/"short.png").write_bytes(good.read_bytes()[:600])
    (tmp_path/"bomb.png").write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)) + chunk(b"IDAT", b"") + chunk(b"IEND", b""))
    (tmp_path/"empty").mkdir()
    before = sorted(tmp_path.iterdir())
    for arguments in ((tmp_path/"missing.png", "remove the rain"), (tmp_path/"text.png", "remove the rain"), (tmp_path/"short.png", "remove the rain"),
                      (tmp_path/"bomb.png", "remove the rain"), (tmp_path/"empty", "remove the rain"), (good, " "), (good, "remove the rain", "-o", tmp_path/"out.xyz"),
                      (good, "remove the rain", "-o", tmp_path/"out.psd"), (good, "remove the rain", "--model", tmp_path)):
        done = restore(*arguments)
        assert done.returncode == 2 and done.stderr.count("\n") == 1 and done.stderr.startswith("textpromptir: "), (arguments, done.stderr)
        if arguments[0] == tmp_path/"missing.png": assert "missing.png" in done.stderr
        assert sorted(tmp_path.iterdir()) == before


def test_what_a_picture_carries_stays(tmp_path):
    "Transparency, greyness, 16 bits, the colour profile; a photograph lying on its side is turned once."
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    a = (torch.rand(24, 40, generator=torch.Generator().manual_seed(0))*255).byte().numpy()
    Image.fromarray(a).save(tmp_path/"grey.png", icc_profile=profile)
    Image.fromarray(a.astype("uint16")*257).save(tmp_path/"deep.png")
    glass = Image.fromarray(a).convert("RGBA")
    glass.putalpha(Image.fromarray(a[::-1].copy()))
    glass.save(tmp_path/"glass.png")
    exif = Image.Exif()
    exif[0x0112], exif[0x010f] = 6, "a camera"
    Image.fromarray(a).convert("RGB").save(tmp_path/"side.jpg", exif=exif)
    for name in ("grey.png", "deep.png", "glass.png", "side.jpg"):
        done = restore(tmp_path/name, "remove the noise", "-o", tmp_path/f"out-{name}")
        assert done.returncode == 0, done.stderr
    out = {name: Image.open(tmp_path/f"out-{name}") for name in ("grey.png", "deep.png", "glass.png", "side.jpg")}
    assert out["grey.png"].mode == "L" and out["grey.png"].info["icc_profile"] == profile
    assert out["deep.png"].mode.startswith("I") and len(set(out["deep.png"].get_flattened_data())) > 256
    assert out["glass.png"].getchannel("A").tobytes() == glass.getchannel("A").tobytes()
    assert out["side.jpg"].size == (24, 40) and out["side.jpg"].getexif().get(0x0112, 1) == 1 and out["side.jpg"].getexif()[0x010f] == "a camera"


@pytest.mark.parametrize("notebook", sorted(str(p.relative_to(root)) for p in (root/"nbs").glob("*/*.ipynb")))
def test_parameters_that_the_makefile_passes_exist(notebook):
    "papermill only warns of a misspelt parameter, and the default wins."
    passed = set(re.findall(r"\s-p (\w+) ", (root/"Makefile").read_text(encoding="utf-8").split("papermill", 1)[1]))
    assert passed and passed <= set(papermill.inspect_notebook(root/notebook))


def test_the_shipped_model_fits_its_limits():
    assert sum(p.stat().st_size for p in (root/"textpromptir"/"weights"/"bert").iterdir()) <= 46e6
    folder = root/"textpromptir"/"weights"/"compact"
    assert (folder/"model.safetensors").stat().st_size <= 12e6
    assert json.loads((folder/"config.json").read_text(encoding="utf-8"))["vector"] == 384


def test_notebooks_are_light_and_carry_no_state():
    for path in (root/"nbs").rglob("*.ipynb"):
        assert path.stat().st_size <= 300_000, path
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]: assert cell.get("execution_count") is None
