"A run survives what happens to runs: SIGKILL, a full disk, broken images; and two processes do what one does."
import json
import os
import random
import signal
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

root = Path(__file__).resolve().parent.parent
setting = """
import sys, torch
from dataclasses import replace
from pathlib import Path
from textpromptir.core import free_images
from textpromptir.photographs import Photograph, pack_photographs
from textpromptir.network import save_network
from textpromptir.samples import *
from textpromptir.training import *
torch.set_num_threads(1)
photos = [Photograph(k, (x[0]*255).byte()) for k, x in free_images().items()]
vectors = {tuple(bool(c >> i & 1) for i in range(3)): torch.randn(4, 384, generator=torch.Generator().manual_seed(c)) for c in range(8)}
config = replace(RECIPES["tiny"], steps=20, patches=((1., 16, 2),), parts=2)
sources = [Source(pack_photographs(photos))]
"""
run = setting + "train(config, sources, vectors, sys.argv[1], every=1, cpu=True)"


def python(code, *arguments):
    return subprocess.run([sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True, cwd=root, env={**os.environ, "OMP_NUM_THREADS": "1"})


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    "The weights of a run that nothing happened to."
    folder = tmp_path_factory.mktemp("whole")
    done = python(run, folder)
    assert done.returncode == 0, done.stderr
    return load_file(folder/"model.safetensors")


def same(a, b):
    return a.keys() == b.keys() and all(torch.equal(a[k], b[k]) for k in a)


torn = setting + """
import os, signal
import textpromptir.runs as runs
save, written = runs.save_file, []
def save_half(state, path): # the third checkpoint is cut in half, as if the power had gone
    save(state, path)
    written.append(path)
    if len(written) < 3: return
    Path(path).write_bytes(Path(path).read_bytes()[:Path(path).stat().st_size//2])
    os.kill(os.getpid(), signal.SIGKILL)
runs.save_file = save_half
""" + "train(config, sources, vectors, sys.argv[1], every=1, cpu=True)"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_killed_run_ends_with_the_same_weights(whole, tmp_path):
    "SIGKILL, twice while a checkpoint is half on the disk and twice at a random moment; then the same bits as without."
    delays, steps = random.Random(0), []
    for attempt in range(4):
        if attempt % 2 == 0:
            assert python(torn, tmp_path).returncode == -signal.SIGKILL
            assert len(list(tmp_path.glob(".checkpoint.*.part.safetensors"))) == 1
        else:
            process = subprocess.Popen([sys.executable, "-c", run, str(tmp_path)], cwd=root, stderr=subprocess.DEVNULL, env={**os.environ, "OMP_NUM_THREADS": "1"})
            before = json.loads((tmp_path/"training.json").read_text(encoding="utf-8"))["steps_done"]
            while process.poll() is None and json.loads((tmp_path/"training.json").read_text(encoding="utf-8"))["steps_done"] < before + 2: time.sleep(.01)
            time.sleep(delays.uniform(0, .3))
            process.send_signal(signal.SIGKILL)
            process.wait()
        steps.append(json.loads((tmp_path/"training.json").read_text(encoding="utf-8"))["steps_done"])
    assert steps == sorted(steps) and 2 <= steps[0] and steps[-1] < 20, steps
    done = python(run, tmp_path)
    assert done.returncode == 0, done.stderr
    assert same(load_file(tmp_path/"model.safetensors"), whole)
    assert not list(tmp_path.glob(".*.part*")), "what a killed run left half-written is still there"
    manifest = json.loads((tmp_path/"training.json").read_text(encoding="utf-8"))
    assert manifest["steps_done"] == 20 and [k for k, _ in manifest["curve"]] == list(range(1, 21)) and len(manifest["sittings"]) == 5


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for another process")
def test_ctrl_c_waits_for_the_checkpoint(whole, tmp_path):
    "SIGINT while a thread writes: the file becomes whole, and the run ends with the same bits as without."
    slow = setting + """
import os, signal, time
import textpromptir.runs as runs
save = runs.save_file
def save_slowly(state, path): # the loop is stopped while this is at work
    if "checkpoint" in str(path): os.kill(os.getpid(), signal.SIGINT)
    time.sleep(1)
    save(state, path)
runs.save_file = save_slowly
signal.signal(signal.SIGINT, signal.default_int_handler) # a shell that starts things in the background has them ignore it
try: train(config, sources, vectors, sys.argv[1], every=3, cpu=True)
except KeyboardInterrupt: print(*sorted(p.name for p in Path(sys.argv[1]).iterdir()))
"""
    stopped = python(slow, tmp_path)
    assert stopped.stdout.split() == ["checkpoint.safetensors", "config.json", "curve.png", "model.safetensors", "training.json"], stopped.stdout + stopped.stderr
    assert json.loads((tmp_path/"training.json").read_text(encoding="utf-8"))["steps_done"] == 3
    assert python(run, tmp_path).returncode == 0
    assert same(load_file(tmp_path/"model.safetensors"), whole)


def test_the_loop_of_a_graphics_card_ends_near_that_of_a_processor(whole, tmp_path):
    "Rate and step as tensors, losses looked at late, recorded steps: the weights of the plain loop up to rounding, also stopped and resumed; a NaN is named with its step, and nothing is written after it."
    card = setting + """
import textpromptir.training as t
from functools import partial
def record(work): # no graph, but what is read is in the same place each time
    result = torch.zeros(2)
    def replay(): result.copy_(work())
    return replay, result
t.start_run, t.can_record, t.record_graph = partial(t.start_run, unread=True), lambda *_: True, record
class LateLosses(t.Losses):
    def __init__(self, every): super().__init__(20)
t.Losses = LateLosses
for stop in (0, 0, float("inf")): train(config, sources, vectors, sys.argv[1], every=10, cpu=True, stop=stop)
step, spoilt = t.train_step, []
def spoil(*given): # from the ninth step on
    spoilt.append(step(*given))
    return spoilt[-1]*(float("nan") if len(spoilt) > 8 else 1)
t.train_step = spoil
try: train(config, sources, vectors, sys.argv[1] + "-spoilt", every=5, cpu=True)
except FloatingPointError as e: print(e)
"""
    done = python(card, tmp_path/"run")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("step 8: the loss is nan"), done.stdout
    assert json.loads((tmp_path/"run-spoilt"/"training.json").read_text(encoding="utf-8"))["steps_done"] == 5
    found = load_file(tmp_path/"run"/"model.safetensors")
    assert max((found[k] - whole[k]).abs().max() for k in whole) < 1e-3


def test_another_lap_begins_from_the_average(tmp_path):
    "Killed in its first step and begun again: raw weights are those of the average, and AdamW knows nothing."
    done = python(setting + """
import textpromptir.training as t
from textpromptir.runs import read_manifest
folder = Path(sys.argv[1])
train(config, sources, vectors, folder, cpu=True)
before = read_manifest(folder)
data = sources, pack_vectors(vectors), 0
for hours in (.01, None): # begun, nothing written, begun again
    run = t.open_run(config, data, folder, None, 0, hours, t.start_accelerator(True))
    assert run.step == 20 and run.lap == t.Lap(20, before["seconds"], .01) and not run.learner.optimizer.state
    assert all(torch.equal(a, b) for a, b in zip(run.learner.model.parameters(), run.learner.average.parameters()))
    assert t.schedule_place(20, before["seconds"], run.lap, config) == 0
train(config, sources, vectors, folder, cpu=True, stop=0)
after = read_manifest(folder)
assert after["steps_done"] == 21 and len(after["laps"]) == 2 and 0 < after["progress"] < 1, after
""", tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(os.name == "nt", reason="Windows has no limit on the size of a file")
def test_a_full_disk_is_one_sentence_and_the_run_goes_on(whole, tmp_path):
    "The system refuses to write on, as it does on a full disk; with room again, the run ends as if nothing had been."
    first = python(setting + "train(config, sources, vectors, sys.argv[1], every=1, stop=0, cpu=True)", tmp_path)
    assert first.returncode == 0, first.stderr
    good = (tmp_path/"checkpoint.safetensors").read_bytes()
    full = python("import resource, signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n" + setting + f"""
resource.setrlimit(resource.RLIMIT_FSIZE, ({len(good)//2}, {len(good)//2}))
try: train(config, sources, vectors, sys.argv[1], every=1, cpu=True)
except OSError as e: print(e)
""", tmp_path)
    assert full.returncode == 0 and full.stdout.count("\n") == 1 and "last checkpoint is whole" in full.stdout, full.stdout + full.stderr
    assert (tmp_path/"checkpoint.safetensors").read_bytes() == good and not list(tmp_path.glob(".*.part*"))
    assert python(run, tmp_path).returncode == 0
    assert same(load_file(tmp_path/"model.safetensors"), whole)


def test_a_broken_image_is_one_sentence_on_the_command_line(tmp_path):
    "An image that breaks off is left out, with its name, and the run goes on; where there is no other, exit status 2 and no run."
    from textpromptir.core import free_images
    from textpromptir.pictures import write_image
    photos, torn = tmp_path/"photos", tmp_path/"torn"
    for folder in (photos, torn):
        folder.mkdir()
    write_image(free_images()["chelsea"], photos/"good.png")
    (photos/"torn.png").write_bytes((photos/"good.png").read_bytes()[:5000])
    (torn/"torn.png").write_bytes((photos/"torn.png").read_bytes())
    program = str(Path(sysconfig.get_path("scripts"))/"textpromptir")
    for folder, status in ((photos, 0), (torn, 2)):
        run = tmp_path/f"run-{folder.name}"
        command = [program, "train", "--size", "tiny", "--data", str(folder), "--hours", "0.0003", "--cpu", "-o", str(run)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=root, timeout=120)
        said = [line for line in done.stderr.splitlines() if "torn.png" in line]
        assert done.returncode == status and len(said) == 1 and "Traceback" not in done.stderr, done.stderr
        assert (run/"model.safetensors").exists() == (status == 0)


@pytest.mark.skipif(os.name == "nt", reason="torchrun on Windows lacks libuv")
def test_two_processes_find_the_gradient_of_one(whole, tmp_path):
    "torchrun with two gloo processes: each draws half of the batch, and the averaged gradient is the whole batch's; so are the weights of a run, stopped and resumed."
    script = tmp_path/"two.py"
    script.write_text(setting + """
from accelerate import Accelerator
a = Accelerator(cpu=True)
assert a.num_processes == 2, a.num_processes
sentences = pack_vectors(vectors)
learner = start_run(config)
if a.is_main_process: save_network(learner.average, Path(sys.argv[1]).parent/"begin")
plan = plan_step(0, config)
add_gradients(a.prepare(learner.model), draw_parts(sources, sentences, plan, config, a), a)
shared = [w.grad.clone() for w in learner.model.parameters()]
alone = start_run(config).model
batch = [draw_batch(sources, sentences, plan.batch//2, plan.side, step_generator(config, 0, p), config) for p in range(2)]
x, s, target = map(torch.cat, zip(*batch))
(alone(x, s) - target).abs().mean().backward()
for w, g in zip(alone.parameters(), shared): torch.testing.assert_close(g, w.grad, rtol=1e-3, atol=1e-6)
for stop in (0, 0, float("inf")): train(config, sources, vectors, sys.argv[1], photos, every=10, cpu=True, stop=stop)
train(config, sources, vectors, Path(sys.argv[1]).parent/"clock", every=10, cpu=True, hours=2/3600) # both stop at the same step, or this would never end
""")
    torchrun = [str(Path(sysconfig.get_path("scripts"))/"torchrun"), "--standalone", "--nproc_per_node", "2", str(script), str(tmp_path/"run")]
    done = subprocess.run(torchrun, capture_output=True, text=True, cwd=root, env={**os.environ, "OMP_NUM_THREADS": "1"})
    assert done.returncode == 0, done.stderr[-3000:]
    found = load_file(tmp_path/"run"/"model.safetensors")
    assert json.loads((tmp_path/"run"/"training.json").read_text(encoding="utf-8"))["sittings"][-1]["processes"] == 2
    begin = load_file(tmp_path/"begin"/"model.safetensors")
    length = lambda a, b: torch.stack([(a[k] - b[k]).norm() for k in a]).norm()
    assert length(found, whole) < .02*length(begin, whole), (length(found, whole), length(begin, whole))
