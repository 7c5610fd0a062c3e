"""Write the model cards, README.md beside each of the weights that ship, from committed figures.

They are text around numbers that notebooks have measured, so they are templates in a script: nbs/evaluation measures
(table1, mixtures, limits) and shows; here nothing is computed, and a figure of other weights stops it.
"""
import csv
import json
from pathlib import Path

from safetensors.torch import load_file

from textpromptir.encoder import hash_weights, shipped_encoder
from textpromptir.network import load_network
from textpromptir.restoration import shipped_model
from textpromptir.results import Row, check_rows, hash_model, read_rows

root = Path(__file__).resolve().parent.parent
results = root/"data"/"results"
limits = results/"rows"/"limits.json" # made by nbs/evaluation/limits.ipynb
up = "../../.." # from a folder of weights to the top of the repository
HEAD = """---
license: apache-2.0
library_name: textpromptir
language: en
{more}
---
<!-- made by tools/model_card.py -->

"""


def read_table(
    name: str, # of a file in data/results/tables, without .md
    heading: str = "# ", # below which the table stands
) -> list[list[str]]: # cells, line by line; the head first
    "Read the first table below a heading."
    text = (results/"tables"/f"{name}.md").read_text(encoding="utf-8")
    start = text.index("|", text.index(heading))
    head, _, *lines = text[start:].split("\n\n")[0].splitlines() # the second line is the ruler
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in (head, *lines)]


def write_table(
    lines: list[list[str]], # cells, line by line; the head first
    column: str = "---:", # alignment of all columns but the first
) -> str: # GitHub markdown
    "Lay out a table."
    rows = ["| " + " | ".join(line) + " |" for line in lines]
    ruler = "|---" + f"|{column}"*(len(lines[0]) - 1) + "|"
    return "\n".join([rows[0], ruler, *rows[1:]])


def name_images(rows: list[Row]) -> str:
    "Say which pictures each column was measured on."
    images = {}
    for r in rows:
        if r.prompt == "right":
            images.setdefault(r.column.split(" σ")[0], set()).add(r.image)
    said = []
    for column, found in images.items():
        names = sorted(found)
        if len(names) < 6:
            said.append(f"{column} " + ", ".join(f"`{n}`" for n in names))
        else:
            said.append(f"{column} `{names[0]}` to `{names[-1]}`, {len(names)} of them")
    return "; ".join(said)


def what_happened(
    case: dict, # of limits.json
) -> str:
    "Say what became of a picture."
    if case["refused"]:
        return "refused: the picture came back as it was"
    return "left alone" if case["psnr_kept"] > 40 else "changed"


def check_weights(
    file: str, # in data/results/rows
    found: str, # weights that it was measured with
    ships: str, # weights that ship
    measure: str, # what measures it again
):
    "Refuse figures of other weights."
    if found != ships:
        raise ValueError(f"data/results/rows/{file} is of the weights {found}, and {ships} ship: "
                         f"measure again ({measure})")


def compact_card() -> str:
    "The card of the network; its figures have to be those of the weights that ship."
    network = load_network(shipped_model())
    note = json.loads((shipped_model()/"training.json").read_text(encoding="utf-8"))
    rows = read_rows(results/"rows"/"table1.csv")
    beyond = json.loads(limits.read_text(encoding="utf-8"))
    weights = hash_model(network)
    again = "make reproduce FULL=1, then make cards"
    check_weights("table1.csv", check_rows(rows), weights, again)
    check_weights("mixtures.csv", check_rows(read_rows(results/"rows"/"mixtures.csv")), weights, again)
    check_weights("limits.json", beyond["checkpoint"], weights, again)
    shown = ("Input", "**", "TextPromptIR", "spread", "images", "sha256")
    main, *lines = read_table("table1")
    main = [main] + [line for line in lines if line[0].startswith(shown)]
    said = [line for line in read_table("table1", "## Other sentences") if not line[0].startswith("refused")]
    mixtures = (results/"tables"/"mixtures.md").read_text(encoding="utf-8")
    obeyed = next(line for line in mixtures.splitlines() if " cells the right request " in line)
    cases = [["beyond training", "photograph", "sentence", "before, dB", "after, dB", "what happened"]]
    for c in beyond["cases"]:
        before, after = f"{c['psnr_input']:.2f}", f"{c['psnr']:.2f}"
        cases.append([c["case"], c["scene"], c["sentence"], before, after, what_happened(c)])
    drawn = dict.fromkeys(c["picture"] for c in beyond["cases"])
    pictures = "\n\n".join(f"![before and after: {p}]({up}/data/results/figures/card/{p}.png)" for p in drawn)
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

{write_table(main)}

Mean of per-image PSNR and SSIM, protocol `promptir`, whole images. Images, by their place in the sorted set or their names: {name_images(rows)}. From [table1.md]({up}/data/results/tables/table1.md), which `make reproduce` checks.

### Other sentences

{write_table(said)}

On a fixed part of each set; in brackets the PSNR between output and input, high where the picture was left alone. Of several degradations in one picture, a sentence can name some ([mixtures.md]({up}/data/results/tables/mixtures.md)). {obeyed}

## Limits

{write_table(cases, "---")}

PSNR to the picture without the degradation, on pieces of 240×320 pixels; *left alone*: output and input agree to more than 40 dB. What should have happened is a higher second figure; in the line *blur*, a refusal.

{pictures}

*Each pair: the degraded picture, and what this model made of it under the sentence above. Photographs that scikit-image carries: astronaut (NASA) and rocket (SpaceX) in the public domain, chelsea and coffee under CC0. Made by [limits]({up}/nbs/evaluation/limits.ipynb) with the weights `{weights}`, noise and rain from fixed seeds.*

- Rain and haze are learned from synthesis alone; heavy rain keeps a part of its veil, and where haze has swallowed the distance it stays ([real photographs]({up}/nbs/evaluation/real.ipynb)).
- Where rain hardly shows, more is lost, in highlights that are taken for streaks, than is gained.
- Only sentences in English are understood, and not all of them: see the [encoder's card](../bert/README.md).

## Licence

Apache License 2.0, code and weights; see `LICENSE` and `NOTICE` at the top of the repository. The method is its authors': cite their paper, as [CITATION.cff]({up}/CITATION.cff) says.
"""


def bert_card() -> str:
    "The card of the sentence encoder."
    folder = shipped_encoder()
    beyond = json.loads(limits.read_text(encoding="utf-8"))
    note = json.loads((folder/"tuning.json").read_text(encoding="utf-8"))
    weights = hash_weights(folder)[:12]
    with (results/"rows"/"fig9.csv").open(newline="", encoding="utf-8") as f:
        measured = {row["weights"] for row in csv.DictReader(f) if row["reader"] == "all three, more negations"}
    check_weights("fig9.csv", ", ".join(sorted(measured)), weights, "nbs/ablation/fig9_bert.ipynb")
    parameters = sum(w.numel() for w in load_file(folder/"model.safetensors").values())
    head, *lines = read_table("fig9", "| held out")
    readers = [head] + [line for line in lines if line[0].startswith(("keywords", "published", "**", "sentences"))]
    text = (results/"tables"/"fig9.md").read_text(encoding="utf-8")
    development = text[text.index("## Development sentences"):]
    wrong = [line[2:] for line in development.splitlines() if line.startswith("- ")]
    stages = "\n".join(f"- {s['config']['steps']:,} steps, {s['minutes']} minutes: {s['note']}" for s in note["stages"])
    read = [["sentence", "read as"]] + [[s, r.split(":")[0]] for s, r in beyond["sentences"].items()]
    return HEAD.format(more="base_model: sentence-transformers/all-MiniLM-L6-v2\ntags: [bert, sentence-embeddings, image-restoration]") + f"""# textpromptir sentence encoder

> A BERT that reads what a sentence wants gone from a photograph, and what it wants kept

{parameters:,} parameters in half precision, weights `{weights}`: {note["base"]} (six layers, 384 wide), fine-tuned. Its mean-pooled vector steers the [restoration network](../compact/README.md); a linear head on the same vector says of noise, rain and haze whether each is to be removed, to be kept or not mentioned, and whether the sentence asks for any of it at all.

```sh
textpromptir understand "the mist can stay but the grain has to go"
```

## Training

On the English sentences in [data/prompts]({up}/data/prompts), written for this project, and on sentences composed of their phrases: masked words, next sentence, and what a sentence asks for. Device: {note["device"]}. `tuning.json` holds every number of the {len(note["stages"])} stages:

{stages}

## What it measures

{write_table(readers)}

Sentences that taught nothing and chose nothing, with three readers: words alone, the published encoder under a head of the same form, and this one. Shares of sentences read exactly right; *off* columns: refused as they should be; *on-task refused*: real requests refused by mistake. Columns and the other ways of fine-tuning: [fig9.md]({up}/data/results/tables/fig9.md).

## Limits

{write_table(read, "---")}

- English only, and short: sentences are cut at 512 tokens.
- Of the development sentences it still gets {len(wrong)} wrong; [fig9.md]({up}/data/results/tables/fig9.md) lists them, for example: {wrong[0]} and: {wrong[-1]}.
- It knows three degradations. Snow, blur or scratches are refused when all goes well, and read as one of the three when not.

![confusion]({up}/data/results/figures/fig9_confusion.png)

*Held-out requests, the states of all tasks: rows what is said, columns what was read.*

## Licence

Apache License 2.0; `NOTICE` in this folder says what it derives from and what was changed.
"""


def cards() -> dict[Path, str]: # where -> text
    "Make all cards."
    return {shipped_model()/"README.md": compact_card(), shipped_encoder()/"README.md": bert_card()}


if __name__ == "__main__":
    for path, text in cards().items():
        path.write_text(text, encoding="utf-8")
