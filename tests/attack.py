"Pictures with damaged bytes through the command line: restored, or refused in one sentence; no trace, no hang, no more than 2 GB. `python tests/attack.py --count 20000 --seeds FOLDER` runs as many as you like; FOLDER may be Tests/images of Pillow's source distribution."
import argparse
import io
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from conftest import command
from PIL import ExifTags, Image, ImageCms, PngImagePlugin

from textpromptir.network import SIZES, TextPromptIR, save_network
from textpromptir.pictures import FORMATS, open_picture, pack_tags

AT_ONCE = 200 # pictures in a batch
SECONDS, BYTES = 20, 2e9 # a picture, a process


def make_seeds() -> list[tuple[str, bytes]]: # ending, a good file of that format
    "Small pictures of every format and mode, with all that a camera or an editor writes beside them."
    a = np.random.default_rng(0).integers(0, 256, (24, 31, 3), dtype=np.uint8)
    photo, deep = Image.fromarray(a), Image.fromarray(a[..., 0].astype(np.uint16)*257)
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Orientation] = "a camera", 6
    exif.get_ifd(ExifTags.IFD.Exif).update({33434: (1, 100), 36867: "2026:11:28 12:00:00", 37500: b"of the maker"})
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (52., 30., 1.)})
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    chunks = PngImagePlugin.PngInfo()
    chunks.add(b"gAMA", (45455).to_bytes(4, "big"))
    chunks.add_text("Title", "noise")
    chunks.add_itxt("XML:com.adobe.xmp", "<x/>")
    notes = {"exif": exif, "icc_profile": profile, "dpi": (300, 300)}
    tags = pack_tags({"exif": exif.tobytes(), "xmp": b"<x/>", "iptc": b"\x1c\x02\x78\0\6A cat."})
    kinds = [(".jpg", photo, dict(notes, xmp=b"<x/>", comment="at noon")), (".jpg", photo, {"progressive": True, "exif": exif}), (".jpg", photo.convert("CMYK"), {}), (".jpg", photo.convert("L"), {}),
             (".png", photo, dict(notes, pnginfo=chunks)), (".png", photo.quantize(16), {"transparency": 3}), (".png", deep, {"transparency": 5000}), (".png", photo.convert("RGBA"), {}), (".png", photo.convert("1"), {}),
             (".tif", photo, {"compression": "tiff_adobe_deflate", "icc_profile": profile}), (".tif", photo, {"tiffinfo": tags}), (".tif", deep, {"compression": "tiff_lzw"}), (".tif", photo, {"compression": "jpeg"}), (".tif", photo.convert("L").convert("F"), {}),
             (".webp", photo, dict(notes, xmp=b"<x/>")), (".webp", photo.convert("RGBA"), {"lossless": True}), (".bmp", photo, {}), (".bmp", photo.quantize(16), {})]
    seeds = []
    for ending, image, options in kinds:
        file = io.BytesIO()
        image.save(file, FORMATS[ending], **options)
        seeds.append((ending, file.getvalue()))
    return seeds


def damage(good: bytes, other: bytes, chance: random.Random) -> bytes:
    "Change bytes, mostly of the head; write a large or small number; cut, repeat or exchange a piece."
    data = bytearray(good)
    reach = len(data) if chance.random() < .3 else min(len(data), 600)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at = chance.randrange(reach)
        kind = chance.randrange(6)
        if kind < 2: data[at] = chance.randrange(256)
        elif kind == 2: data[at:at + 4] = chance.choice((b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\0\0\0", b"\0\0\0\1", b"\1\0\0\0"))
        elif kind == 3: data[at:at + 2] = chance.choice((b"\xff\xff", b"\0\0", b"\0\1", b"\1\0"))
        elif kind == 4: data[at:at] = data[at:at + chance.randrange(1, 64)]
        else: data[at:at + 16] = other[at:at + 16]
        reach = max(1, min(reach, len(data)))
    if chance.random() < .1: del data[chance.randrange(len(data) or 1):]
    return bytes(data)


def attack(count: int, folder: Path, seeds: list[tuple[str, bytes]], begin: int = 0) -> dict[str, int]: # how many were restored, and how many refused
    "Let the command line restore damaged pictures in batches; raise AssertionError where it does not keep what SECURITY.md promises."
    model, found = save_network(TextPromptIR(SIZES["tiny"]).eval(), folder/"model"), {"restored": 0, "refused": 0}
    for start in range(begin, begin + count, AT_ONCE):
        batch, out = folder/f"in{start}", folder/f"out{start}"
        batch.mkdir()
        for i in range(start, min(start + AT_ONCE, begin + count)):
            chance = random.Random(i)
            ending, good = seeds[i % len(seeds)]
            (batch/f"{i:06}{ending}").write_bytes(damage(good, chance.choice(seeds)[1], chance))
        before = time.monotonic()
        done = run(batch, out, model)
        names = sorted(p.name for p in batch.iterdir())
        assert "Traceback" not in done.stderr and done.returncode in (0, 1), (start, done.returncode, done.stderr[-2000:])
        assert time.monotonic() - before < SECONDS*len(names), start
        refused = [line for line in done.stderr.splitlines() if line.startswith("textpromptir: ")]
        for name in names:
            if (out/name).exists():
                found["restored"] += 1
                open_picture(out/name)
            else:
                found["refused"] += 1
                assert sum(name in line for line in refused) == 1, (name, [line for line in refused if name in line])
        assert not list(out.rglob(".*")), "a temporary file is left"
    return found


def run(batch: Path, out: Path, model: Path) -> subprocess.CompletedProcess:
    "Restore a folder, within a limit of memory where the system has one."
    limit = None
    if sys.platform == "linux":
        import resource
        limit = lambda: resource.setrlimit(resource.RLIMIT_DATA, (int(BYTES), int(BYTES)))
    return subprocess.run([command, "restore", batch, "remove the noise", "-o", out, "--model", model], capture_output=True, text=True, errors="replace", timeout=SECONDS*AT_ONCE, preexec_fn=limit)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--begin", type=int, default=0, help="number of the first case; each number is always the same case")
    parser.add_argument("--seeds", type=Path, help="a folder of good pictures to damage (default: made here)")
    a = parser.parse_args()
    seeds = [(p.suffix.lower(), p.read_bytes()) for p in sorted(a.seeds.rglob("*")) if p.suffix.lower() in FORMATS and 0 < p.stat().st_size < 200_000] if a.seeds else make_seeds()
    with tempfile.TemporaryDirectory() as d: print(attack(a.count, Path(d), seeds, a.begin))
