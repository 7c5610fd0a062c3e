"What somebody did who wanted to break it: each of these once lost a file, ended a batch, started a program or filled the memory."
import io
import json
import os
import struct
import subprocess
import sys
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict

import numpy as np
import pytest
import safetensors.torch
import torch
from attack import attack, make_seeds
from PIL import EpsImagePlugin, ExifTags, Image, PngImagePlugin

from textpromptir import benchmarks, commands, core, encoder, network, photographs, pictures, restoration, runs, training

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
    image = noise()
    image.save(tmp_path/"in.png")
    def fail(*_, **__): raise error
    monkeypatch.setattr(pictures, "convert_mode", fail)
    with pytest.raises(ValueError, match="in.png") as found: pictures.open_picture(tmp_path/"in.png")
    assert "\n" not in str(found.value) and "-2" not in str(found.value)
    monkeypatch.undo()
    monkeypatch.setattr(Image.Image, "save", fail)
    with pytest.raises(OSError, match="out.png cannot be written") as found: pictures.save_picture(image, tmp_path/"out.png")
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


@posix
def test_no_picture_starts_a_program(tmp_path, monkeypatch):
    "An EPS is a program; the Ghostscript that would run it leaves a trace here."
    ghostscript = tmp_path/"bin"/"gs"
    ghostscript.parent.mkdir()
    ghostscript.write_text(f"#!/bin/sh\necho 9.99; touch {tmp_path}/started\n")
    ghostscript.chmod(0o755)
    monkeypatch.setenv("PATH", str(ghostscript.parent), prepend=os.pathsep)
    monkeypatch.setattr(EpsImagePlugin, "gs_binary", None)
    (tmp_path/"holiday.png").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n(hello) print showpage\n%%EOF\n")
    (tmp_path/"clean").mkdir()
    noise((9, 9)).save(tmp_path/"clean"/"holiday.png")
    for read in (pictures.open_picture, lambda path: benchmarks.fingerprint([path]), lambda path: photographs.load_photograph(tmp_path/"clean"/"holiday.png", path.parent)):
        with pytest.raises(ValueError, match="holiday.png"): read(tmp_path/"holiday.png")
    assert not (tmp_path/"started").exists()
    with pytest.raises(OSError), Image.open(tmp_path/"holiday.png") as image: image.load()
    assert (tmp_path/"started").exists() # what Pillow does where nobody names the formats


def test_a_bomb_that_pillow_only_warns_of(tmp_path, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 99)
    noise((10, 10)).save(tmp_path/"bomb.png")
    with pytest.raises(ValueError, match="more pixels"): pictures.open_picture(tmp_path/"bomb.png")
    noise((11, 9)).save(tmp_path/"fits.png")
    assert pictures.open_picture(tmp_path/"fits.png").size == (11, 9)


def chained_tiff(path, smaller=False, links=100_000):
    "A TIFF of so many pictures, all of them the first one: each link is a directory of eight entries."
    tags = [(254, 4, 0), (256, 3, 1), (257, 3, 1), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 8), (279, 4, 1)]
    def link(kind, after): return struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", t, k, 1, kind if t == 254 else v) for t, k, v in tags) + struct.pack("<I", after)
    size, start = len(link(0, 0)), 10
    path.write_bytes(b"II*\0" + struct.pack("<I", start) + b"\x80\0" + b"".join(link(int(smaller and i > 0), start + (i + 1)*size if i + 1 < links else 0) for i in range(links)))


def test_a_tiff_of_many_pictures_is_not_counted(tmp_path):
    "A hundred thousand took Pillow a minute; a few smaller copies of the first one are no second picture."
    chained_tiff(tmp_path/"many.tif")
    chained_tiff(tmp_path/"smaller.tif", smaller=True)
    chained_tiff(tmp_path/"overviews.tif", smaller=True, links=4)
    begin = time.monotonic()
    for name in ("many.tif", "smaller.tif"):
        with pytest.raises(ValueError, match="several pictures"): pictures.open_picture(tmp_path/name)
    assert time.monotonic() - begin < 2
    with pytest.warns(UserWarning, match="4 sizes"): assert pictures.open_picture(tmp_path/"overviews.tif").size == (1, 1)


def camera_exif():
    "Of a telephone: camera, rating, exposure, a note of its maker, a place."
    exif = Image.Exif()
    exif[271], exif[274], exif[18246] = "a camera", 6, 4
    exif.get_ifd(ExifTags.IFD.Exif).update({33434: (1, 100), 36867: "2026:11:28 12:00:00", 37500: b"of the maker"})
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (52., 30., 1.)})
    return exif


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_camera_s_picture_goes_into_every_format(tmp_path, form):
    "Exposure and place are kept wherever there is room for them: in all but BMP, which is said."
    source = tmp_path/f"in.{form.lower()}"
    noise((20, 12)).save(source, form, **({"tiffinfo": pictures.pack_tags({"exif": camera_exif().tobytes()})} if form == "TIFF" else {"exif": camera_exif()}))
    picture = pictures.open_picture(source)
    assert picture.size == ((20, 12) if form == "TIFF" else (12, 20))
    entries = pictures.list_exif(picture.info["exif"])
    assert len(entries) == 7 and entries[0, 271] == "a camera" and entries[ExifTags.IFD.GPSInfo, 2] == "(52.0, 30.0, 1.0)"
    for ending in (".jpg", ".png", ".webp", ".tif"):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            back = pictures.open_picture(pictures.save_picture(picture, pictures.check_output(picture, tmp_path/f"out{ending}")))
        assert pictures.list_exif(back.info["exif"]) == entries and back.size == picture.size
    with pytest.warns(UserWarning, match="EXIF"): pictures.save_picture(picture, tmp_path/"out.bmp")


def test_notes_are_kept_or_said(tmp_path):
    "Into every format: each note comes back, or the warning names it. Damaged ones are left out, and that is said too."
    chunks = PngImagePlugin.PngInfo()
    chunks.add(b"gAMA", struct.pack(">I", 100_000))
    chunks.add(b"cICP", bytes([9, 16, 0, 1]))
    chunks.add_itxt("XML:com.adobe.xmp", "<x/>")
    chunks.add_text("Title", "noise")
    chunks.add_text("Comment", "at noon")
    noise().save(tmp_path/"in.png", pnginfo=chunks, dpi=(300, 300))
    noise().save(tmp_path/"in.jpg", comment="at noon", xmp=b"<x/>", dpi=(300, 300), extra=pictures.pack_iptc(b"\x1c\x02\x78\0\6A cat."), exif=camera_exif(), icc_profile=b"no profile, but kept as it is")
    for name, notes in (("in.png", {"dpi", "texts", "comment", "xmp", "colour"}), ("in.jpg", {"dpi", "comment", "xmp", "iptc", "exif", "icc_profile"})):
        picture = pictures.open_picture(tmp_path/name)
        assert set(picture.info) == notes
        for ending in (".jpg", ".png", ".webp", ".tif", ".bmp"):
            with warnings.catch_warnings(record=True) as told:
                warnings.simplefilter("always")
                back = pictures.open_picture(pictures.save_picture(picture, tmp_path/f"out{ending}"))
            said = " ".join(str(w.message) for w in told)
            assert (not said) if ending == name[2:] else (ending == ".tif" or said)
            for note in notes: assert note in back.info or pictures.CARRIED[note] in said, (ending, note, said)
    odd = noise()
    odd.info = {"dpi": (1e9, -1), "exif": b"Exif\0\0II*\0" + b"\xff"*99, "icc_profile": b"no profile", "comment": "x"*70_000, "xmp": "x"*70_000}
    for ending in (".jpg", ".png", ".webp", ".tif", ".bmp"):
        if ending == ".jpg": odd.info["icc_profile"] = b"x"*17_000_000 # more than 255 segments
        else: odd.info["icc_profile"] = b"no profile"
        with pytest.warns(UserWarning, match=f"out{ending}"): pictures.save_picture(odd, pictures.check_output(odd, tmp_path/f"out{ending}"))


def test_transparency_of_sixteen_bits_is_said(tmp_path):
    "A PNG has a grey that is transparent; no mode here has both 16 bits and transparency."
    Image.fromarray(np.arange(64, dtype=np.uint16).reshape(8, 8)*1000).save(tmp_path/"deep.png", transparency=5000)
    with pytest.warns(UserWarning, match="transparent grey is lost"): assert pictures.open_picture(tmp_path/"deep.png").mode == "I;16"


def test_what_cannot_be_written_is_known_before_computing(tmp_path):
    "The network is not asked at all."
    class Restorer:
        def restore(self, *_): raise AssertionError("computed")
    Image.new("L", (16_384, 1)).save(tmp_path/"wide.png")
    for output in (tmp_path/"wide.webp", tmp_path/"wide.txt", tmp_path/"wide.png"/"out.png"):
        with pytest.raises((ValueError, OSError), match="wide"): commands.restore_file(commands.Job(tmp_path/"wide.png", output), Restorer(), ["remove the rain"])
    assert [p.name for p in tmp_path.iterdir()] == ["wide.png"]


@posix
def test_no_temporary_name_can_be_guessed(tmp_path, monkeypatch):
    "Neither a link that lies under the old name nor one under the new, if somebody guesses it, costs the file behind it."
    treasure, out = tmp_path/"treasure", tmp_path/"out.png"
    treasure.write_text("mine")
    (tmp_path/f".out.{os.getpid()}.part.png").symlink_to(treasure)
    pictures.save_picture(noise(), out)
    monkeypatch.setattr("secrets.token_hex", lambda n: "0"*2*n)
    (tmp_path/f".out.{'0'*16}.part.png").symlink_to(treasure)
    before = out.read_bytes()
    with pytest.raises(OSError, match="cannot be written"): pictures.save_picture(noise(seed=1), out)
    assert treasure.read_text() == "mine" and out.read_bytes() == before


@posix
def test_rights_stay_and_long_names_fit(tmp_path):
    private, long = tmp_path/"private.png", tmp_path/("é"*125 + ".png")
    private.touch()
    private.chmod(0o600)
    for path in (private, long): pictures.save_picture(noise(), path)
    assert private.stat().st_mode & 0o777 == 0o600 and long.stat().st_size
    with core.whole_file(tmp_path/"weights.safetensors") as part: safetensors.torch.save_file({"a": torch.zeros(3)}, part) # which makes a file of its own
    (tmp_path/"plain").touch()
    assert (tmp_path/"weights.safetensors").stat().st_mode == (tmp_path/"plain").stat().st_mode
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


@posix
def test_sigterm_leaves_nothing_half_written(tmp_path):
    "The process is asked to end in the middle of writing: status 143, one sentence, no temporary file."
    done = python("""
import os, signal, sys
from pathlib import Path
from unittest.mock import patch
from textpromptir import commands, core
def half(_):
    with core.whole_file(Path(sys.argv[1])/"out.png") as part:
        part.write_text("half")
        os.kill(os.getpid(), signal.SIGTERM)
        part.write_text("not reached")
with patch.object(commands, "run_command", half): sys.exit(commands.main(["understand", "remove the rain"]))
""", tmp_path)
    assert done.returncode == 143 and done.stderr == "textpromptir: stopped\n" and not list(tmp_path.iterdir()), done.stderr


def train(capsys, *arguments):
    "-> status and what was said, by the command line in this process"
    status = commands.main(["train", "--size", "tiny", "--cpu", *map(str, arguments)])
    return status, capsys.readouterr().err


def test_training_leaves_what_is_not_its_own(tmp_path, capsys):
    "A model that no run made, a finished model with its manifest, a checkpoint without one: refused, and nothing is touched."
    for names in (["model.safetensors"], ["config.json"], ["checkpoint.safetensors"], ["model.safetensors", "training.json"]):
        folder = tmp_path/"-".join(names)
        folder.mkdir()
        for name in names: (folder/name).write_text('{"config": {}}')
        status, err = train(capsys, "-o", folder)
        assert status == 2 and err.count("\n") == 1 and "folder of its own" in err, err
        assert sorted(p.name for p in folder.iterdir()) == sorted(names) and all((folder/name).read_text() == '{"config": {}}' for name in names)
    others = [".holiday.0123456789abcdef.part.mov", ".model.part.safetensors", ".part", "a.part"]
    for name in [*others, ".model.0123456789abcdef.part.safetensors", ".training.0123456789abcdef.part.json"]: (tmp_path/name).touch()
    runs.clear_parts(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir() if p.is_file()) == sorted(others)


@pytest.mark.parametrize("text", ["[]", "3", "null", '"config"', '{"config": []}', '{"config": {"steps": "many"}}', '{"config": {"parts": null}}', '{"config": {}, "seconds": {}}', '{"config": {}, "laps": 3}', '{"config', "[" * 100_000, "\udcff"])
def test_a_damaged_manifest_is_one_sentence(tmp_path, capsys, text):
    (tmp_path/"training.json").write_bytes(text.encode(errors="surrogateescape"))
    status, err = train(capsys, "-o", tmp_path)
    assert status == 2 and err.count("\n") == 1 and "training.json" in err, err


@posix
def test_two_processes_do_not_train_in_one_folder(tmp_path, capsys):
    with runs.hold_folder(tmp_path):
        with pytest.raises(ValueError, match="another process"):
            with runs.hold_folder(tmp_path): pass
        with runs.hold_folder(tmp_path, alone=False): pass # the other processes of the same run
    with runs.hold_folder(tmp_path): pass


def test_what_a_second_call_does_not_heed_is_said(tmp_path, monkeypatch, capsys):
    "Other hours, another number of parts; and no parts at all are refused."
    assert train(capsys, "-o", tmp_path/"run", "--parts", 0) == (2, "textpromptir: a batch is taken in at least one part, not in 0\n")
    config = asdict(training.choose_recipe("tiny", True))
    (tmp_path/"training.json").write_text(json.dumps({"config": config, "seconds": 60., "steps_done": 3, "laps": [{"step": 0, "seconds": 0., "hours": .5}]}))
    (tmp_path/"checkpoint.safetensors").touch()
    for name, result in (("read_sources", ([], [])), ("prepare_vectors", {(True, False, False): torch.zeros(1, 384)}), ("start_run", None), ("measure_step", (1., 1.)), ("state_cost", ""), ("train", None)):
        monkeypatch.setattr(training, name, lambda *_, result=result, **__: result)
    status, err = train(capsys, "-o", tmp_path, "--hours", 2, "--parts", 2)
    assert status == 0 and "finishes its own 0.5 hours first" in err and "not with 2" in err and err.count("\n") == 2, err


@posix
def test_a_result_never_lies_on_its_source(tmp_path, capsys):
    "Under the same name, under another name of the same file, in the same folder."
    noise((9, 9)).save(tmp_path/"in.png")
    (tmp_path/"hard.png").hardlink_to(tmp_path/"in.png")
    (tmp_path/"soft.png").symlink_to(tmp_path/"in.png")
    before = (tmp_path/"in.png").read_bytes()
    for source, output in ((tmp_path/"in.png", tmp_path/"in.png"), (tmp_path/"in.png", tmp_path/"hard.png"), (tmp_path/"in.png", tmp_path/"soft.png"), (tmp_path, tmp_path)):
        assert commands.main(["restore", str(source), "remove the rain", "--overwrite", "-o", str(output)]) == 2
        assert "itself; write somewhere else" in capsys.readouterr().err
    assert (tmp_path/"in.png").read_bytes() == before


def spoil_config(source, folder, **changes):
    "A model as it is, under a config that says something else."
    folder.mkdir()
    for path in source.iterdir():
        if path.is_file(): (folder/path.name).symlink_to(path)
    config = json.loads((source/"config.json").read_text(encoding="utf-8"))
    (folder/"config.json").unlink()
    (folder/"config.json").write_text(json.dumps(config | changes))
    return folder


@posix
@pytest.mark.parametrize("changes", [{"refinement": 10**9}, {"blocks": [1, 1, 1, 10**9]}, {"blocks": [10**8]*4, "heads": [1]*4}, {"num_hidden_layers": 10**8}, {"num_hidden_layers": 17, "hidden_size": 10**18}, {"vocab_size": 10**12}], ids=str)
def test_a_stranger_s_config_builds_nothing(tmp_path, monkeypatch, changes):
    "A billion blocks or layers: refused by the header of the weights, in no time and in no memory."
    def fail(*_, **__): raise AssertionError("built")
    bert = not {"refinement", "blocks"} & set(changes)
    monkeypatch.setattr(*(encoder, "Bert", fail) if bert else (network.TextPromptIR, "__init__", fail))
    folder = spoil_config(encoder.shipped_encoder() if bert else restoration.shipped_model(), tmp_path/"model", **changes)
    with pytest.raises(ValueError, match="config.json"): encoder.load_bert(folder) if bert else network.load_network(folder)


@posix
def test_the_cache_is_keyed_by_all_that_decides_a_vector(tmp_path, monkeypatch):
    "Another config, other tokens: other vectors than the shipped encoder's, and neither leaves its own for the other. What was exchanged in the cache is not believed."
    monkeypatch.setenv("TEXTPROMPTIR_CACHE", str(tmp_path/"cache"))
    said, shipped = ["remove the rain"], encoder.shipped_encoder()
    other = spoil_config(shipped, tmp_path/"other", num_attention_heads=6)
    poisoned, clean = encoder.encode_text(said, other), encoder.encode_text(said)
    assert not torch.equal(poisoned, clean)
    twisted = spoil_config(shipped, tmp_path/"twisted")
    words = (shipped/"vocab.txt").read_text(encoding="utf-8").splitlines()
    i, k = words.index("rain"), words.index("snow")
    words[i], words[k] = words[k], words[i]
    (twisted/"vocab.txt").unlink()
    (twisted/"vocab.txt").write_text("\n".join(words) + "\n", encoding="utf-8")
    assert not torch.equal(encoder.encode_text(said, twisted), clean)
    assert len({encoder.cache_key(texts, shipped) for texts in (["a", "b"], ["a\0b"], ["a", "b", ""], ["b", "a"])}) == 4
    file = tmp_path/"cache"/f"vectors-{encoder.cache_key(said, shipped)[:24]}.safetensors"
    notes = safetensors.safe_open(file, "pt").metadata()
    for wrong, kept in ((-clean, notes), (clean, {}), (clean.double(), notes), (clean[:, :8], notes), (clean.expand(3, -1), notes)):
        safetensors.torch.save_file({"vectors": wrong.contiguous()}, file, kept)
        assert torch.equal(encoder.encode_text(said), clean)


def test_threads_that_share_a_restorer_get_their_own_pictures():
    "Four at a time, of different sizes, some in tiles: the same as one after the other."
    torch.manual_seed(0)
    restorer = restoration.Restorer(network.TextPromptIR(network.SIZES["tiny"]).eval())
    images = [torch.rand(3, 40 + 120*k, 560 - 120*k) for k in range(4)]
    alone = [restorer.restore(x, "remove the rain") for x in images]
    with ThreadPoolExecutor(4) as pool: together = list(pool.map(lambda x: restorer.restore(x, "remove the rain"), images))
    assert all(torch.equal(a, b) for a, b in zip(alone, together)) and not torch.equal(alone[0], images[0])


@pytest.mark.parametrize("wrong", [torch.zeros(3, 4, 4, dtype=torch.uint8), torch.ones(3, 4, 4, dtype=torch.int64), torch.ones(3, 4, 4, dtype=torch.bool), torch.ones(3, 4, 4, dtype=torch.complex64)])
def test_tensors_of_whole_numbers_are_not_taken_for_light(wrong):
    "A uint8 tensor of 0 and 1 is a dark picture of 255 levels, or a mask; nobody can tell."
    with pytest.raises(ValueError, match="float"): pictures.as_picture(wrong)


def test_damaged_pictures_through_the_command_line(tmp_path):
    "A part of what `python tests/attack.py` does: each is restored or refused in one sentence; no trace, no hang, no more than 2 GB."
    found = attack(120, tmp_path, make_seeds())
    assert found["restored"] > 20 and found["refused"] > 20 and sum(found.values()) == 120, found
