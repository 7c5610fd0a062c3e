"Whatever bytes, arrays and sentences come in: a result, or one sentence of error; never a stack trace, never half a file."
import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import command, restore
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from textpromptir.core import free_images
from textpromptir.pictures import open_picture, to_tensor, to_uint8
from textpromptir.network import SIZES, TextPromptIR, load_network, save_network
from textpromptir.restoration import Restorer, shipped_model

pytestmark = pytest.mark.filterwarnings("ignore")
calm = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)) # derandomize: the same cases each time


def encoded(form, mode="RGB"):
    file = io.BytesIO()
    Image.fromarray(to_uint8(free_images()["coffee"][..., :24, :31])).convert(mode).save(file, form)
    return file.getvalue()


GOOD = [encoded("PNG"), encoded("JPEG"), encoded("TIFF"), encoded("WEBP"), encoded("BMP"), encoded("PNG", "P"), encoded("JPEG", "CMYK"), encoded("PNG", "RGBA"), encoded("TIFF", "F")]


@calm
@given(st.sampled_from(GOOD), st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), max_size=8), st.integers(0, 4000), st.booleans())
def test_damaged_images(tmp_path_factory, good, changes, cut, whole):
    "Bytes are changed and the end is cut off: a picture comes out, or a ValueError that names the file."
    data = bytearray(good)
    for at, byte in changes: data[at % len(data)] = byte
    path = tmp_path_factory.mktemp("fuzz")/"picture.png"
    path.write_bytes(data if whole else data[:cut])
    try: x = to_tensor(open_picture(path))
    except ValueError as e: assert "\n" not in str(e) and (str(path) in str(e) or "float image" in str(e) or "NaN" in str(e)), e
    else: assert x.shape[1] == 3 and x.min() >= 0 and x.max() <= 1


@calm
@given(st.binary(max_size=300))
def test_bytes_that_are_no_image(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("fuzz")/"picture.jpg"
    path.write_bytes(data)
    with pytest.raises(ValueError, match="picture.jpg"): open_picture(path)


class Same(TextPromptIR): # a network that changes nothing, so that only the way in and out is tried
    def forward(self, x, s): return x + 0


@pytest.fixture(scope="module")
def nothing():
    return Restorer(Same(SIZES["tiny"]).eval())


@calm
@given(st.sampled_from((np.uint8, np.uint16, np.float32, np.float64, np.int32, np.bool_)), st.lists(st.integers(0, 9), min_size=1, max_size=4), st.sampled_from((0., .5, 1., -1., 2., np.nan, np.inf)))
def test_arrays_of_any_shape(nothing, dtype, shape, value):
    "An array comes back with its shape and type, or is refused with a ValueError."
    with np.errstate(all="ignore"): a = np.full(shape, value).astype(dtype)
    try: out = nothing.restore(a, "remove the noise")
    except ValueError as e: assert "\n" not in str(e)
    else:
        assert out.shape == a.shape and out.dtype == a.dtype
        np.testing.assert_allclose(out, a, atol=1e-6)
        assert len(shape) in (2, 3) and 0 not in shape and 0 <= a.min() and np.isfinite(a).all()


@settings(calm, max_examples=25)
@given(st.text(max_size=80))
def test_any_sentence(nothing, sentence):
    "Any text is read, or refused where it is empty; what it is taken for is a decision, not an error."
    x = torch.full((3, 8, 8), .5)
    try: assert nothing(x, sentence).shape == x.shape
    except ValueError as e: assert not sentence.strip() and "\n" not in str(e)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return save_network(TextPromptIR(SIZES["tiny"]), tmp_path_factory.mktemp("model"))


@calm
@given(st.integers(0, 30_000), st.binary(min_size=1, max_size=9), st.integers(0, 10**7), st.booleans())
def test_tampered_weights(model, tmp_path_factory, at, new, cut, whole):
    "Header and numbers are changed, the end is cut off: the model loads as it was, or a ValueError names the file."
    folder, data = tmp_path_factory.mktemp("fuzz"), bytearray((model/"model.safetensors").read_bytes())
    good = bytes(data)
    data[at:at + len(new)] = new
    data = bytes(data) if whole else bytes(data)[:cut % len(data)]
    (folder/"model.safetensors").write_bytes(data)
    (folder/"config.json").write_bytes((model/"config.json").read_bytes())
    if data == good: load_network(folder)
    else:
        with pytest.raises(ValueError, match="safetensors|weights in"): load_network(folder)


@calm
@given(st.dictionaries(st.sampled_from(("channels", "blocks", "heads", "decoder_heads", "refinement", "expansion", "vector", "depth")),
                       st.one_of(st.integers(-9, 10**6), st.floats(), st.text(max_size=3), st.none(), st.lists(st.integers(-1, 9), max_size=5)), min_size=1))
def test_tampered_config(model, tmp_path_factory, changes):
    "A config that describes another network, or none, never allocates it."
    folder, config = tmp_path_factory.mktemp("fuzz"), json.loads((model/"config.json").read_text())
    (folder/"model.safetensors").write_bytes((model/"model.safetensors").read_bytes())
    (folder/"config.json").write_text(json.dumps(config | changes))
    same = all(k in config and config[k] == v and type(config[k]) is type(v) for k, v in changes.items())
    try: load_network(folder)
    except ValueError as e: assert "\n" not in str(e) and not same
    else: assert sum(p.numel() for p in load_network(folder).parameters()) == sum(p.numel() for p in load_network(model).parameters())


def noisy(path, size=(40, 48)):
    Image.effect_noise(size, 50).convert("RGB").save(path)
    return path


def test_a_pickle_is_not_opened(tmp_path):
    "Neither under its own name nor under that of a safetensors file."
    noisy(tmp_path/"in.png")
    for name, folder in (("pytorch_model.bin", tmp_path/"one"), ("model.safetensors", tmp_path/"two")):
        folder.mkdir()
        (folder/"config.json").write_bytes((shipped_model()/"config.json").read_bytes())
        torch.save({"a": torch.zeros(3)}, folder/name)
        done = restore(tmp_path/"in.png", "remove the rain", "--model", folder)
        assert done.returncode == 2 and done.stderr.count("\n") == 1 and ("pickle" in done.stderr or "damaged" in done.stderr), done.stderr
    assert not (tmp_path/"in-restored.png").exists()


def test_weights_that_give_nan(tmp_path):
    noisy(tmp_path/"in.png")
    broken = TextPromptIR(SIZES["tiny"])
    with torch.no_grad(): broken.last.weight.fill_(torch.nan)
    done = restore(tmp_path/"in.png", "remove the rain", "--model", save_network(broken, tmp_path/"broken"))
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "NaN" in done.stderr, done.stderr
    assert not (tmp_path/"in-restored.png").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="needs limits and signals of POSIX")
def test_a_full_disk_leaves_nothing(tmp_path):
    "The largest file that may be written is smaller than the result."
    import resource
    source, limit = noisy(tmp_path/"in.png", (160, 160)), 20_000
    assert source.stat().st_size > limit
    done = subprocess.run([command, "restore", source, "remove the rain", "-o", tmp_path/"out.png"], capture_output=True, text=True, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "cannot be written" in done.stderr, done.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["in.png"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals of POSIX")
def test_ctrl_c_leaves_whole_files_alone(tmp_path):
    "In the middle of a batch: status 130, no stack trace, every file that is there is whole."
    (tmp_path/"in").mkdir()
    for k in range(12): noisy(tmp_path/"in"/f"{k:02}.png", (200, 200))
    run = subprocess.Popen([command, "restore", tmp_path/"in", "remove the noise", "-o", tmp_path/"out"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)) # a job in the background would inherit that it is ignored
    assert run.stdout.readline().strip().endswith("00.png") # the first one is done
    run.send_signal(signal.SIGINT)
    rest, err = run.communicate(timeout=120)
    assert run.returncode == 130 and "Traceback" not in err and err.strip().endswith("stopped"), err
    there = sorted((tmp_path/"out").iterdir())
    assert 1 <= len(there) < 12 and all(open_picture(p).size == (200, 200) for p in there)


def test_places_that_cannot_be_written(tmp_path):
    "A cache that is a file, an output folder that is a file."
    noisy(tmp_path/"in.png")
    (tmp_path/"file").write_text("not a folder")
    done = restore(tmp_path/"in.png", "remove the rain", TEXTPROMPTIR_CACHE=str(tmp_path/"file"/"cache"))
    assert done.returncode == 0, done.stderr # the sentence is encoded again next time
    done = restore(tmp_path/"in.png", tmp_path/"in-restored.png", "remove the rain", "-o", tmp_path/"file"/"out")
    assert done.returncode != 0 and "Traceback" not in done.stderr and (tmp_path/"file").read_text() == "not a folder", done.stderr


def test_every_kind_of_picture(tmp_path):
    "All modes and formats through the command line, in one batch; a second page, an animation and a text are refused and named."
    gray, colour = Image.effect_noise((41, 33), 40), Image.merge("RGB", [Image.effect_noise((41, 33), 40) for _ in range(3)])
    folder, deep = tmp_path/"in", (np.asarray(gray).astype(np.uint16)*257)
    folder.mkdir()
    kinds = {"bit.png": gray.convert("1"), "palette.png": colour.convert("P"), "grey.jpg": gray, "glass.png": colour.convert("RGBA"), "greyglass.png": gray.convert("LA"), "ink.jpg": colour.convert("CMYK"),
             "deep.png": Image.fromarray(deep), "deep.tif": Image.fromarray(deep), "colour.webp": colour, "colour.bmp": colour, "one.png": colour.resize((1, 1))}
    for name, picture in kinds.items(): picture.save(folder/name)
    exif = Image.Exif()
    exif[0x0112] = 8
    colour.save(folder/"turned.jpg", exif=exif)
    gray.save(folder/"pages.tif", save_all=True, append_images=[gray])
    (folder/"text.png").write_text("no picture")
    done = restore(folder, "remove the noise", "-o", tmp_path/"out")
    assert done.returncode == 1 and "Traceback" not in done.stderr, done.stderr
    for name in ("pages.tif", "text.png"): assert sum(name in line for line in done.stderr.splitlines()) == 1 and not (tmp_path/"out"/name).exists()
    for name in ("palette.png", "ink.jpg"): assert sum(name in line for line in done.stderr.splitlines()) == 1 # what is lost is said once
    modes = {"bit.png": "L", "palette.png": "RGB", "grey.jpg": "L", "glass.png": "RGBA", "greyglass.png": "LA", "ink.jpg": "RGB", "deep.png": "I;16", "deep.tif": "I;16", "colour.webp": "RGB", "colour.bmp": "RGB", "one.png": "RGB", "turned.jpg": "RGB"}
    for name, mode in modes.items():
        with Image.open(tmp_path/"out"/name) as out: assert (out.mode, out.size) == (mode, (33, 41) if name == "turned.jpg" else kinds.get(name, colour).size), name
    with Image.open(tmp_path/"out"/"deep.png") as out: assert len(np.unique(np.asarray(out))) > 256


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads the memory of a process from /proc")
def test_24_megapixels_stay_under_two_gigabytes(tmp_path):
    "The pictures and their floats in whole through a network that does nothing, and what the network that ships adds for tiles of 512 pixels."
    code = """
import sys
from PIL import Image
from textpromptir import network, restoration
peak = lambda: int(next(line for line in open('/proc/self/status') if line.startswith('VmHWM')).split()[1])/1e6
class Same(network.TextPromptIR):
    def forward(self, x, s): return x + 0
model = restoration.Restorer(Same(network.SIZES['tiny']).eval() if sys.argv[1] == 'nothing' else network.load_network(restoration.shipped_model()))
model.restore(Image.new('RGB', eval(sys.argv[2]), (90, 120, 60)), 'remove the noise')
print(peak())
"""
    env = {k: v for k, v in os.environ.items() if not k.startswith("MALLOC_")} # as anybody runs it: make lets freed memory stay with the process
    measure = lambda which, size: float(subprocess.run([sys.executable, "-c", code, which, size], capture_output=True, text=True, check=True, env=env).stdout)
    whole, tile, without = measure("nothing", "(6000, 4000)"), measure("compact", "(520, 512)"), measure("nothing", "(520, 512)")
    print(f"24 megapixels: {whole:.2f} GB, and {tile - without:.2f} for a tile")
    assert tile > without + .1 and whole + tile - without < 2., (whole, tile, without) # GB
