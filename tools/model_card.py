"Write the model cards, README.md beside each of the weights that ship: figures from data/results, pictures of limits made by the model."
import csv
import io
import json
import warnings
from pathlib import Path

import torch
from PIL import Image, ImageDraw, ImageFont
from safetensors.torch import load_file
from torch import Tensor

from textpromptir.encoder import hash_weights, shipped_encoder
from textpromptir.core import free_images, seed_generator, show_images
from textpromptir.pictures import to_tensor, to_uint8
from textpromptir.degradations import add_haze, add_noise, add_rain, degrade, draw_realisation, streak_kernel, to_levels, transmission
from textpromptir.metrics import psnr
from textpromptir.network import load_network
from textpromptir.restoration import Restorer, shipped_model
from textpromptir.results import check_rows, hash_model, read_rows
from textpromptir.understanding import understand_text

root = Path(__file__).resolve().parent.parent
results, limits = root/"data"/"results", root/"data"/"results"/"rows"/"limits.json"
up = "../../.." # from a folder of weights to the top of the repository
SENTENCES = ("please remove the rain", "the mist can stay but the grain has to go", "it is the rain that bothers me, not the noise", "I don't mind the fog",
             "everything but the haze may stay", "make it sharp", "remove the train", "bitte den Regen entfernen", "quita la niebla, por favor")
HEAD = """---
license: apache-2.0
library_name: textpromptir
language: en
{more}
---
<!-- made by tools/model_card.py -->

"""


def scenes() -> dict[str, Tensor]: # name -> (1,3,240,320)
    "Cut a piece out of each free photograph, and draw a page of text."
    corners = {"astronaut": (0, 100), "chelsea": (30, 60), "coffee": (80, 140), "rocket": (100, 160)}
    cut = {name: x[..., corners[name][0]:, corners[name][1]:][..., :240, :320] for name, x in free_images().items()}
    page = Image.new("RGB", (320, 240), "white")
    pen = ImageDraw.Draw(page)
    for i in range(9): pen.text((12, 8 + 25*i), "Restore a photograph by saying what is wrong.", "black", ImageFont.load_default(10 + i//2))
    for i in range(14): pen.line((230 + 6*i, 120, 230 + 2*i, 235), "black")
    return cut | {"page": to_tensor(page)}


def impulses(x: Tensor) -> Tensor:
    "Turn four pixels of a hundred black and as many white."
    u = torch.rand(1, 1, *x.shape[2:], generator=seed_generator("card", "impulses"))
    return torch.where(u < .04, 0., torch.where(u > .96, 1., x))


def pack_as_jpeg(x: Tensor, quality: int) -> Tensor:
    file = io.BytesIO()
    Image.fromarray(to_uint8(x)).save(file, "JPEG", quality=quality)
    return to_tensor(Image.open(file))


def add_air(x: Tensor, beta: float, airlight: tuple[float, float, float]) -> Tensor:
    "Haze that grows towards the top of the picture."
    depth = torch.linspace(1, .25, x.shape[2]).reshape(1, 1, -1, 1).expand(1, 1, *x.shape[2:])
    return to_levels(add_haze(x, transmission(depth, torch.tensor([beta])), torch.tensor(airlight).reshape(1, 3, 1, 1)))


def add_long_rain(x: Tensor) -> Tensor:
    "Streaks of 140 pixels, far from upright."
    shape = x.shape[2:]
    kernel = streak_kernel(shape, torch.tensor([140.]), torch.tensor([1.2]), torch.tensor([.9]))
    seeds = (torch.rand(1, *shape, generator=seed_generator("card", "long rain")) < 7e-4).float()
    rain = torch.fft.irfft2(torch.fft.rfft2(seeds)*torch.fft.rfft2(kernel), s=shape).clamp(0, 1)[:, None]
    return to_levels(add_rain(x, .5*rain, torch.zeros(1)).clamp(0, 1))


def add_drops(x: Tensor) -> Tensor:
    "Drops on the lens: round, each showing the scene upside down and out of focus."
    image, drops = Image.fromarray(to_uint8(x)), Image.new("L", (x.shape[3], x.shape[2]))
    for u, v, r in torch.rand(45, 3, generator=seed_generator("card", "drops")).tolist():
        ImageDraw.Draw(drops).ellipse((320*u - 4 - 9*r, 240*v - 4 - 9*r, 320*u + 4 + 9*r, 240*v + 5 + 11*r), 255)
    return to_tensor(Image.composite(image.resize((20, 15)).resize(image.size).transpose(Image.Transpose.FLIP_TOP_BOTTOM), image, drops))


def cases() -> list[tuple[str, str, str, str, Tensor, Tensor]]: # picture, case, scene, sentence, clean, degraded
    "List what lies beyond the training, two cases a picture."
    s, noise = scenes(), lambda x, sigma: to_levels(add_noise(x, sigma, seed_generator("card", sigma)), truncate=True)
    dark, soft = .25*s["coffee"], torch.nn.functional.avg_pool2d(s["rocket"], 5, 1, 2)
    rainy = degrade(s["coffee"], draw_realisation(s["coffee"], seed_generator("card", "rain")), torch.tensor([[False, True, False]]))
    made = [("noise", "noise of σ = 75; training ends at 55", "chelsea", "remove the noise", None, noise(s["chelsea"], 75)),
            ("noise", "black and white pixels", "coffee", "remove the noise", None, impulses(s["coffee"])),
            ("haze", "haze with β = 3.5; training ends at 3.2", "rocket", "remove the haze", None, add_air(s["rocket"], 3.5, (.9, .9, .9))),
            ("haze", "haze at night", "coffee", "remove the haze", dark, add_air(dark, 1.2, (.32, .26, .2))),
            ("rain", "flat streaks of 140 pixels; training ends at 63", "astronaut", "remove the rain", None, add_long_rain(s["astronaut"])),
            ("rain", "drops on the lens", "chelsea", "remove the rain", None, add_drops(s["chelsea"])),
            ("other", "JPEG, quality 8", "astronaut", "remove the noise", None, pack_as_jpeg(s["astronaut"], 8)),
            ("other", "blur", "rocket", "make it sharp", None, soft),
            ("words", "noise on a page of text", "page", "remove the noise", None, noise(s["page"], 25)),
            ("words", "rain, asked in German", "coffee", "bitte den Regen entfernen", None, rainy)]
    return [(picture, case, scene, sentence, s[scene] if clean is None else clean, x) for picture, case, scene, sentence, clean, x in made]


def measure() -> dict[str, object]: # what goes into limits.json
    "Restore every case, draw the pictures, and read some sentences."
    restorer, shown, rows = Restorer.from_pretrained(), {}, []
    for picture, case, scene, sentence, clean, x in cases():
        with warnings.catch_warnings(record=True) as refused:
            warnings.simplefilter("always")
            y = restorer(x, sentence)
        before, after, kept = (min(psnr(a, b).item(), 99.) for a, b in ((x, clean), (y, clean), (y, x)))
        rows.append(dict(picture=picture, case=case, scene=scene, sentence=sentence, psnr_input=round(before, 2), psnr=round(after, 2), psnr_kept=round(kept, 1), refused=bool(refused)))
        shown.setdefault(picture, []).extend([(x, case.split(";")[0]), (y, f"“{sentence}”")])
    folder = results/"figures"/"card"
    folder.mkdir(parents=True, exist_ok=True)
    for picture, each in shown.items(): show_images(*map(list, zip(*each)), width=2, dpi=72).save(folder/f"{picture}.png", optimize=True)
    return {"checkpoint": hash_model(restorer.network), "cases": rows, "sentences": {s: str(understand_text(s)) for s in SENTENCES}}


def block(name: str, heading: str = "# ") -> list[list[str]]: # cells, line by line; head first
    "Read the first table below a heading of data/results/tables/NAME.md."
    text = (results/"tables"/f"{name}.md").read_text(encoding="utf-8")
    lines = text[text.index("|", text.index(heading)):].split("\n\n")[0].splitlines()
    return [[c.strip() for c in line.strip("|").split("|")] for i, line in enumerate(lines) if i != 1]


def lay_out(lines: list[list[str]], column: str = "---:") -> str: # GitHub markdown
    head, *rest = ["| " + " | ".join(line) + " |" for line in lines]
    return "\n".join([head, "|---" + f"|{column}"*(len(lines[0]) - 1) + "|", *rest])


def name_images(rows: list) -> str: # of `Row`
    "Say which pictures each column was measured on."
    said = {}
    for column in dict.fromkeys(r.column for r in rows):
        names = sorted(r.image for r in rows if r.column == column and r.prompt == "right")
        said[column.split(" σ")[0]] = ", ".join(f"`{n}`" for n in names) if len(names) < 6 else f"`{names[0]}` to `{names[-1]}`, {len(names)} of them"
    return "; ".join(f"{column} {names}" for column, names in said.items())


def what_happened(case: dict) -> str:
    if case["refused"]: return "refused: the picture came back as it was"
    return "left alone" if case["psnr_kept"] > 40 else "changed"


def compact_card() -> str:
    "The card of the network; its figures have to be those of the weights that ship."
    network, note = load_network(shipped_model()), json.loads((shipped_model()/"training.json").read_text(encoding="utf-8"))
    rows, beyond, weights = read_rows(results/"rows"/"table1.csv"), json.loads(limits.read_text(encoding="utf-8")), hash_model(network)
    for where, found in (("table1.csv", check_rows(rows)), ("mixtures.csv", check_rows(read_rows(results/"rows"/"mixtures.csv"))), ("limits.json", beyond["checkpoint"])):
        if found != weights: raise ValueError(f"data/results/rows/{where} is of the weights {found}, and {weights} ship: measure again (make reproduce FULL=1, then tools/model_card.py)")
    main, said, mixtures = block("table1"), block("table1", "## Other sentences"), (results/"tables"/"mixtures.md").read_text(encoding="utf-8")
    main = [main[0]] + [line for line in main if line[0].startswith(("Input", "**", "TextPromptIR", "spread", "images", "sha256"))]
    said = [line for line in said if not line[0].startswith("refused")]
    obeyed = next(line for line in mixtures.splitlines() if " cells the right request " in line)
    table = lay_out([["beyond training", "photograph", "sentence", "before, dB", "after, dB", "what happened"]]
                    + [[c["case"], c["scene"], c["sentence"], f"{c['psnr_input']:.2f}", f"{c['psnr']:.2f}", what_happened(c)] for c in beyond["cases"]], "---")
    pictures = "\n\n".join(f"![before and after: {p}]({up}/data/results/figures/card/{p}.png)" for p in dict.fromkeys(c["picture"] for c in beyond["cases"]))
    stages = "\n".join(f"- {s}" for s in note["stages"])
    return HEAD.format(more="pipeline_tag: image-to-image\ntags: [image-restoration, denoising, deraining, dehazing, text-guided]\nmetrics: [psnr, ssim]") + f"""# textpromptir compact

> One network that removes noise, rain or haze from a photograph, whichever a sentence names

{sum(p.numel() for p in network.parameters()):,} parameters, weights `{weights}`: the U of ITBlocks of the paper *Textual Prompt Guided Image Restoration* ([arXiv:2312.06162](https://arxiv.org/abs/2312.06162)), a tenth of its size. The vector of the sentence comes from the [encoder beside it](../bert/README.md).

```python
from textpromptir import Restorer

restored = Restorer.from_pretrained()(image, "please remove the rain")
```

**For** photographs with noise, rain streaks or haze, alone or mixed, and for teaching and research on restoration by words. **Not for** evidence, medicine or measurement: what it paints in place of a streak is plausible, not recorded.

## Training

{note["photographs"]}; noise, rain and haze synthesised from equations on the spot. No picture of the test sets below was among them. {note["steps"]:,} steps, {note["crops"]:,} crops, on {note["device"]}. Sentence vectors {note["vectors"]}. `training.json` holds the loss; in stages:

{stages}

Most of the photographs are those of the Berkeley Segmentation Dataset (BSDS500), whose authors offer it for non-commercial research and education; the others (CID22, CLIC 2025, gb82) come under CC BY-SA 4.0, the Unsplash licence and CC0. None of them is in this repository or can be had from these weights; whoever wants to use the weights for trade should weigh that themselves.

## What it measures

{lay_out(main)}

Mean of per-image PSNR and SSIM, protocol `promptir`, whole images. Images, by their place in the sorted set or their names: {name_images(rows)}. From [table1.md]({up}/data/results/tables/table1.md), which `make reproduce` checks.

### Other sentences

{lay_out(said)}

On a fixed part of each set; in brackets the PSNR between output and input, high where the picture was left alone. Of several degradations in one picture, a sentence can name some ([mixtures.md]({up}/data/results/tables/mixtures.md)). {obeyed}

## Limits

{table}

PSNR to the picture without the degradation, on pieces of 240×320 pixels; *left alone*: output and input agree to more than 40 dB. What should have happened is a higher second figure; in the line *blur*, a refusal.

{pictures}

*Each pair: the degraded picture, and what this model made of it under the sentence above. Photographs that scikit-image carries: astronaut (NASA) and rocket (SpaceX) in the public domain, chelsea and coffee under CC0. Made by `tools/model_card.py` with the weights `{weights}`, noise and rain from fixed seeds.*

- Rain and haze are learned from synthesis alone; heavy rain keeps a part of its veil, and where haze has swallowed the distance it stays ([real photographs]({up}/nbs/evaluation/real.ipynb)).
- Where rain hardly shows, more is lost, in highlights that are taken for streaks, than is gained.
- Only sentences in English are understood, and not all of them: see the [encoder's card](../bert/README.md).

## Licence

Apache License 2.0, code and weights; see `LICENSE` and `NOTICE` at the top of the repository. The method is its authors': cite their paper, as [CITATION.cff]({up}/CITATION.cff) says.
"""


def bert_card() -> str:
    "The card of the sentence encoder."
    folder, beyond = shipped_encoder(), json.loads(limits.read_text(encoding="utf-8"))
    note, weights = json.loads((folder/"tuning.json").read_text(encoding="utf-8")), hash_weights(folder)[:12]
    with (results/"rows"/"fig9.csv").open(newline="", encoding="utf-8") as f: measured = {row["weights"] for row in csv.DictReader(f) if row["reader"] == "all three, more negations"}
    if measured != {weights}: raise ValueError(f"data/results/rows/fig9.csv is of the encoders {', '.join(sorted(measured))}, and {weights} ships: measure again (nbs/ablation/fig9_bert.ipynb)")
    pick = lambda lines: [lines[0]] + [line for line in lines if line[0].startswith(("keywords", "published", "**", "sentences"))]
    text = (results/"tables"/"fig9.md").read_text(encoding="utf-8")
    wrong = [line for line in text[text.index("## Development sentences"):].splitlines() if line.startswith("- ")]
    stages = "\n".join(f"- {s['config']['steps']:,} steps, {s['minutes']} minutes: {s['note']}" for s in note["stages"])
    read = lay_out([["sentence", "read as"]] + [[s, r.split(":")[0]] for s, r in beyond["sentences"].items()], "---")
    return HEAD.format(more="base_model: sentence-transformers/all-MiniLM-L6-v2\ntags: [bert, sentence-embeddings, image-restoration]") + f"""# textpromptir sentence encoder

> A BERT that reads what a sentence wants gone from a photograph, and what it wants kept

{sum(w.numel() for w in load_file(folder/"model.safetensors").values()):,} parameters in half precision, weights `{weights}`: {note["base"]} (six layers, 384 wide), fine-tuned. Its mean-pooled vector steers the [restoration network](../compact/README.md); a linear head on the same vector says of noise, rain and haze whether each is to be removed, to be kept or not mentioned, and whether the sentence asks for any of it at all.

```sh
textpromptir understand "the mist can stay but the grain has to go"
```

## Training

On the English sentences in [data/prompts]({up}/data/prompts), written for this project, and on sentences composed of their phrases: masked words, next sentence, and what a sentence asks for. Device: {note["device"]}. `tuning.json` holds every number of the {len(note["stages"])} stages:

{stages}

## What it measures

{lay_out(pick(block("fig9", "| held out")))}

Sentences that taught nothing and chose nothing, with three readers: words alone, the published encoder under a head of the same form, and this one. Shares of sentences read exactly right; *off* columns: refused as they should be; *on-task refused*: real requests refused by mistake. Columns and the other ways of fine-tuning: [fig9.md]({up}/data/results/tables/fig9.md).

## Limits

{read}

- English only, and short: sentences are cut at 512 tokens.
- Of the development sentences it still gets {len(wrong)} wrong; [fig9.md]({up}/data/results/tables/fig9.md) lists them, for example: {wrong[0][2:]} and: {wrong[-1][2:]}.
- It knows three degradations. Snow, blur or scratches are refused when all goes well, and read as one of the three when not.

![confusion]({up}/data/results/figures/fig9_confusion.png)

*Held-out requests, the states of all tasks: rows what is said, columns what was read.*

## Licence

Apache License 2.0; `NOTICE` in this folder says what it derives from and what was changed.
"""


def cards() -> dict[Path, str]: # where -> text
    return {shipped_model()/"README.md": compact_card(), shipped_encoder()/"README.md": bert_card()}


if __name__ == "__main__":
    limits.write_text(json.dumps(measure(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for path, text in cards().items(): path.write_text(text, encoding="utf-8")
