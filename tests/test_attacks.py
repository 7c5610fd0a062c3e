"What somebody did who wanted to break it: each of these once lost a file, ended a batch, started a program or filled the memory."
import io
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from textpromptir import pictures

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
