"What somebody did who wanted to break it: each of these once lost a file, ended a batch, started a program or filled the memory."
import io
import struct
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from textpromptir import commands, photographs, pictures, training

pytestmark = pytest.mark.filterwarnings("ignore")
posix = pytest.mark.skipif(sys.platform == "win32", reason="needs limits and signals of POSIX")


def python(code, *arguments, **options):
    return subprocess.run([sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True, timeout=120, **options)


def noise(size=(64, 48), mode="RGB", seed=0):
    "A picture that no format makes small."
    a = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    return Image.fromarray(a).convert(mode)


@posix
def test_a_disk_that_fills_up_under_the_last_bytes(tmp_path):
    "The system takes all but a thousand bytes, which Pillow does not notice: an error, and the file that was there is as it was."
    for form in ("JPEG", "BMP", "TIFF", "WEBP", "PNG"): noise((300, 200)).save(tmp_path/f"a.{form.lower()}", form)
    done = python("""
import resource, signal, sys
from pathlib import Path
import numpy as np
from PIL import Image
from textpromptir.pictures import save_picture
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
image = Image.fromarray(np.random.default_rng(1).integers(0, 256, (200, 300, 3), dtype=np.uint8))
for path in sorted(Path(sys.argv[1]).iterdir()):
    before, size = path.read_bytes(), save_picture(image, Path(sys.argv[2])/path.name).stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size - 1000, resource.RLIM_INFINITY))
    try: save_picture(image, path); print("written:", path.name)
    except OSError as e: assert "cannot be written: File too large" in str(e), e
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert path.read_bytes() == before and len(list(path.parent.iterdir())) == 5, path
""", tmp_path, (tmp_path.parent))
    assert done.returncode == 0 and not done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize("error", [TypeError("an integer is required"), KeyError(34665), OverflowError("int too large"), struct.error("unpack requires a buffer of 4 bytes"), SyntaxError("not a TIFF file"),
                                   IndexError("tuple index out of range"), AssertionError(), ZeroDivisionError("Fraction(1, 0)"), OSError("decoder error -2 when reading image file"), UnicodeDecodeError("ascii", b"\xff", 0, 1, "ordinal not in range")])
def test_whatever_a_reader_raises_is_one_sentence(tmp_path, monkeypatch, error):
    noise().save(tmp_path/"in.png")
    def fail(*_, **__): raise error
    monkeypatch.setattr(pictures.ImageOps, "exif_transpose", fail)
    with pytest.raises(ValueError, match="in.png") as found: pictures.open_picture(tmp_path/"in.png")
    assert "\n" not in str(found.value) and "-2" not in str(found.value)
    monkeypatch.setattr(Image.Image, "save", fail)
    with pytest.raises(OSError, match="out.png cannot be written") as found: pictures.save_picture(noise(), tmp_path/"out.png")
    assert "\n" not in str(found.value) and [p.name for p in tmp_path.iterdir()] == ["in.png"]


def test_one_bad_file_does_not_end_a_batch(tmp_path, capsys):
    "An error that nobody thought of is said with its file, and the other pictures are done."
    jobs = [commands.Job(tmp_path/f"{name}.png", tmp_path/"out"/f"{name}.png") for name in "abc"]
    def restore(job):
        if job.source.stem == "b": raise KeyError(34665)
        return job.output
    assert commands.restore_each(jobs, restore) == 1
    out, err = capsys.readouterr()
    assert [line[-5:] for line in out.splitlines()] == ["a.png", "c.png"] and "b.png: KeyError: 34665" in err and "Traceback" not in err


def test_one_bad_file_does_not_end_a_training(tmp_path):
    "A photograph and a pair that cannot be read are left out and named; where nothing is left, that is the error."
    for name in "ab": noise((40, 40)).save(tmp_path/f"{name}.png")
    for side in ("input", "target"):
        (tmp_path/"pairs"/side).mkdir(parents=True)
        for name in "ab": noise((40, 40)).save(tmp_path/"pairs"/side/f"{name}.png")
    for path in (tmp_path/"b.png", tmp_path/"pairs"/"target"/"b.png"): path.write_bytes(path.read_bytes()[:900])
    with pytest.warns(UserWarning, match="b.png") as told: sources, held = training.read_sources(tmp_path, [("rain", tmp_path/"pairs", 1)])
    assert [len(s.photographs.begin) for s in sources] == [1, 1] and not held and len([w for w in told if "left out" in str(w.message)]) == 2
    (tmp_path/"a.png").write_bytes(b"")
    with pytest.raises(ValueError, match="there are no images"), pytest.warns(UserWarning): training.read_sources(tmp_path)
    with pytest.raises(ValueError, match="a.png"): photographs.load_photographs(tmp_path) # an evaluation leaves nothing out
