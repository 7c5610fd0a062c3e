"What other code relies on: light imports, whole packages, parameters that exist, no network."
import json
import os
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import papermill
import pytest

root = Path(__file__).resolve().parent.parent


def python(code, **env):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, env={**os.environ, **env})


def test_import_takes_no_torch():
    done = python("import sys, textpromptir; assert 'torch' not in sys.modules; from textpromptir import Restorer; assert 'torch' in sys.modules")
    assert done.returncode == 0, done.stderr


def test_training_runs_on_a_bare_machine():
    "Network, degradations, metrics and training need torch, numpy, scikit-image, Pillow, safetensors and tqdm alone."
    done = python("""
import sys
class Block:
    def find_spec(self, name, path=None, target=None):
        if name.split('.')[0] in {'transformers', 'tokenizers', 'nbdev', 'fastcore', 'execnb', 'IPython', 'ipywidgets', 'matplotlib', 'seaborn', 'pandas', 'papermill', 'sentence_transformers'}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Block())
import torch, tempfile
from textpromptir import network, degradations, metrics, training, datasets
photos = datasets.load_photographs(None)
vectors = {tuple(bool(c >> i & 1) for i in range(3)): torch.randn(4, 384) for c in range(1, 8)}
config = training.TrainingConfig(size='tiny', steps=2, patches=((1., 32, 2),))
with tempfile.TemporaryDirectory() as d: training.train(config, photos, vectors, d)
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
from textpromptir.core import free_images, read_image, write_image
from textpromptir.restoration import main
x = free_images()['coffee'][..., :61, :83]
write_image(x, r'{tmp_path}/in.png')
assert main(['restore', r'{tmp_path}/in.png', 'please remove the rain', '-o', r'{tmp_path}/out.png']) == 0
assert read_image(r'{tmp_path}/out.png').shape == x.shape
""", HOME=str(tmp_path/"home"), TEXTPROMPTIR_CACHE=str(tmp_path/"cache"))
    assert done.returncode == 0, done.stderr


def test_a_mistake_on_the_command_line_is_one_sentence(tmp_path):
    command = [str(Path(sys.executable).parent/"textpromptir"), "restore", str(tmp_path/"missing.png"), "remove the rain"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "Traceback" not in done.stderr and "missing.png" in done.stderr


@pytest.mark.parametrize("notebook", sorted(str(p.relative_to(root)) for p in (root/"nbs"/"evaluation").glob("*.ipynb")))
def test_parameters_that_the_makefile_passes_exist(notebook):
    "papermill only warns of a misspelt parameter, and the default wins."
    passed = {w.split()[0] for w in (root/"Makefile").read_text().split("-p ")[1:]}
    assert passed and passed <= set(papermill.inspect_notebook(root/notebook))


def test_the_shipped_model_fits_its_limits():
    folder = root/"textpromptir"/"weights"/"compact"
    assert (folder/"model.safetensors").stat().st_size <= 12e6
    assert json.loads((folder/"config.json").read_text())["vector"] == 384


def test_notebooks_are_light_and_carry_no_state():
    for path in (root/"nbs").rglob("*.ipynb"):
        assert path.stat().st_size <= 300_000, path
        for cell in json.loads(path.read_text())["cells"]: assert cell.get("execution_count") is None


def test_version_is_one():
    config = ConfigParser()
    config.read(root/"settings.ini")
    import textpromptir
    assert textpromptir.__version__ == config["DEFAULT"]["version"]
