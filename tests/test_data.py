"What 13_benchmarks cannot say itself: that it agrees with later notebooks, is packed, and that every way to spoil a folder is told."
import csv
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from textpromptir.benchmarks import COLUMNS, SETS, USES, check_folder, describe_folder, read_known, write_known
from textpromptir.core import free_images
from textpromptir.photographs import list_images
from textpromptir.pictures import read_image, write_image

root = Path(__file__).resolve().parent.parent


def rows(name):
    with (root/"data"/"results"/"rows"/f"{name}.csv").open(newline="", encoding="utf-8") as f: return list(csv.DictReader(f))


def test_the_registry_counts_as_the_rows_do():
    "As many images as the committed rows have, and published figures for columns that there are."
    used = {c.name: c.used for c in COLUMNS}
    assert used == Counter(r["column"] for r in rows("table1") if r["prompt"] == "right")
    assert used == {c.name: len({r["image"] for r in rows("table3") if r["column"].endswith(f"| {c.name}")}) for c in COLUMNS}
    mixtures, = (c for c in USES if c.table == "Mixtures")
    assert mixtures.used == mixtures.full == len({r["image"] for r in rows("mixtures")})
    with (root/"data"/"paper"/"table1.csv").open(newline="", encoding="utf-8") as f: published = {line["column"] for line in csv.DictReader(f)}
    assert published - {"Average"} <= set(used)


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


NAMES = {"BSD365": "a.png b.png", "BSD365_segments": "a.png b.png", "Photos277": "cid22-1.png", "Urban100": "img_001.png",
         "CBSD68": "0000.png 0001.png 0002.png 0003.png 0004.png", "CBSD68_segments": "0000.png 0001.png 0002.png 0003.png 0004.png",
         "CC15": "input/d600_1.png target/d600_1.png", "Haze68": "input/0000.png input/0001.png",
         "Rain100L": "input/rain-001.png input/rain-002.png target/norain-001.png target/norain-002.png",
         "SOTS outdoor": "hazy/0001_1_0.1.png clear/0001.png", "SOTS indoor": "hazy/1400_1.png clear/1400.png"}


@pytest.fixture(scope="module")
def origin(tmp_path_factory):
    "A miniature of the folder of images, made of crops of a free photograph, each another one; and its manifest."
    folder, photo, i = tmp_path_factory.mktemp("origin").resolve(), free_images()["coffee"], 0
    for s in SETS:
        for name in NAMES[s.name].split():
            path, i = folder/s.folder/name, i + 1
            path.parent.mkdir(parents=True, exist_ok=True)
            write_image(photo[..., 9*i:9*i + 32, 13*i:13*i + 48], path)
    return folder, describe_folder(folder)


@pytest.fixture
def copied(origin, tmp_path):
    "A copy that may be spoiled; its check; its sets and columns by name."
    folder = Path(shutil.copytree(origin[0], tmp_path/"copy")).resolve()
    def check():
        result = check_folder(folder, origin[1])
        return result, {c.dataset.name: c for c in result.sets}, {c.split(": ")[0].split(", ", 1)[1].split(":")[0]: c for c in result.columns}
    return folder, check


def test_a_whole_copy_is_whole(origin, copied, tmp_path):
    result, _, columns = copied[1]()
    assert result.status == 0 and not any(c.faults for c in result.sets) and "All that is there is as here." in str(result)
    assert "on 5 of 68 images; as in the tables here: 5 of their 68" in columns["CBSD68 σ=15"]
    write_known(origin[1], tmp_path/"miniature.csv")
    assert read_known(tmp_path/"miniature.csv") == origin[1] and len(origin[1]) == 28


def test_what_was_tampered_with_is_told(copied):
    "A pixel one level off, a text, a file less, targets saved as JPEG, a stranger."
    folder, check = copied
    cbsd = folder/"test/denoise/CBSD68"
    x = read_image(cbsd/"0001.png")
    x[0, 0, 3, 4] += 1/255 if x[0, 0, 3, 4] < 1 else -1/255
    write_image(x, cbsd/"0001.png")
    (cbsd/"0002.png").write_text("no picture")
    (cbsd/"0004.png").unlink()
    for p in list_images(folder/"test/derain/Rain100L/target"):
        write_image(read_image(p), p.with_suffix(".jpg"))
        p.unlink()
    write_image(x, folder/"test/denoise/Urban100/stranger.png")
    result, sets, columns = check()
    assert result.status == 1
    assert [f.verdict for f in sets["CBSD68"].findings] == ["same", "different", "unreadable", "same", "missing"]
    assert [f.verdict for f in sets["Rain100L"].findings] == ["same", "same", "different", "different"]
    assert str(sets["CBSD68"]) == "CBSD68: 2 of 5 files as here; 1 different (0001.png); 1 not to be read as images (0002.png); 1 missing (0004.png)"
    assert str(sets["Urban100"]) == "Urban100: complete, 1 of 1 files as here; 1 more that are not known here (stranger.png)"
    assert "2 different (target/norain-001.png is norain-001.jpg, target/norain-002.png is norain-002.jpg)" in str(sets["Rain100L"])
    assert columns["CBSD68 σ=15"].endswith("on 4 of 68 images; as in the tables here: 2 of their 68")
    assert columns["Rain100L"].endswith("on 2 of 100 images; as in the tables here: 0 of their 100")


def test_another_form_is_no_fault(copied):
    "CBSD68 as BMP, Rain100L in capitals and in folders of other names."
    folder, check = copied
    for p in list_images(folder/"test/denoise/CBSD68"):
        write_image(read_image(p), p.with_suffix(".bmp"))
        p.unlink()
    rain = folder/"test/derain/Rain100L"
    for p in list_images(rain/"input"): p.rename(p.with_suffix(".PNG"))
    (rain/"input").rename(rain/"rain")
    (rain/"target").rename(rain/"GT")
    result, sets, columns = check()
    assert result.status == 0
    assert [f.verdict for f in sets["CBSD68"].findings] == ["same pixels"]*5 and all(f.verdict == "same" for f in sets["Rain100L"].findings)
    assert "5 of these stored in another way (0000.bmp, 0001.bmp, 0002.bmp and 2 more), with the same pixels, and read all the same" in str(sets["CBSD68"])
    assert columns["CBSD68 σ=15"].endswith("5 of their 68") and columns["Rain100L"].endswith("2 of their 100")


def test_other_names_are_recognised_and_do_not_count(copied):
    "CBSD68 under Berkeley's numbers; segments, which are asked for as .png, as BMP."
    folder, check = copied
    for p, name in zip(list_images(folder/"test/denoise/CBSD68"), ("101085", "101087", "102061", "103070", "105025")): p.rename(p.with_stem(name))
    for p in list_images(folder/"train/BSD365_segments"):
        write_image(read_image(p), p.with_suffix(".bmp"))
        p.unlink()
    result, sets, columns = check()
    assert result.status == 1 and {f.verdict for f in sets["CBSD68"].findings} == {"renamed"}
    assert "0000.png is 101085.png" in str(sets["CBSD68"]) and {f.verdict for f in sets["BSD365_segments"].findings} == {"renamed"}
    assert "no, 0000.png has no target in" in columns["Haze68"] and columns["all cells"].endswith("on 2 of 23 images; as in the tables here: 0 of their 23")


def test_files_in_the_wrong_place_are_found(origin, copied):
    "CBSD68 at the top, Rain100L without its subfolders; then the right layout, but the wrong folder was named."
    folder, check = copied
    (folder/"test/denoise/CBSD68").rename(folder/"CBSD68")
    for side in ("input", "target"):
        for p in list_images(folder/"test/derain/Rain100L"/side): p.rename(folder/"test/derain/Rain100L"/p.name)
    result, _, _ = check()
    assert result.status == 1 and len(result.misplaced) == 3 and "5 of the 5 files of test/denoise/CBSD68 lie in" in result.misplaced[0]
    for inside in ("test", "test/denoise/CBSD68"):
        result = check_folder(origin[0]/inside, origin[1])
        assert result.status == 1 and result.misplaced == (f"the folder to name is {origin[0]}, not {origin[0]/inside}",)
        assert not any(c.here for c in result.sets)


def test_a_folder_that_cannot_be_checked_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.delenv("TEXTPROMPTIR_DATA", raising=False)
    for name in ("empty", "words"): (tmp_path/name).mkdir()
    (tmp_path/"words"/"note.txt").write_text("later")
    for folder, error, words in ((None, ValueError, "no folder of images is named"), (tmp_path/"gone", FileNotFoundError, "is not there"),
                                 (tmp_path/"empty", ValueError, "is empty"), (tmp_path/"words", ValueError, "holds no images"),
                                 (tmp_path/"words"/"note.txt", FileNotFoundError, "is not there")):
        with pytest.raises(error, match=words) as caught: check_folder(folder)
        assert "\n" not in str(caught.value)
