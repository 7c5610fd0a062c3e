"""Write README.md from nbs/index.ipynb: its prose, pictures and tables, with links that hold at the top of the repository.

nbdev's own `nbdev_readme` renders through Quarto, a program that pip does not install, and leaves links as they are in
nbs; the README needs no code cells, so this is all there is to do.
"""
import base64
import re
from pathlib import Path

import nbformat

root = Path(__file__).resolve().parent.parent
picture = root/"data"/"results"/"figures"/"readme.png"
link_to_picture = f"![photographs before and after](../{picture.relative_to(root).as_posix()})"


def links_from_the_top(
    text:str, # of nbs/index.ipynb
) -> str: # with links that hold at the top of the repository
    text = text.replace("](../", "](") # links out of nbs
    return re.sub(r"\]\(((?:(?:evaluation|ablation)/)?[0-9a-z_]+\.ipynb)\)", r"](nbs/\1)", text) # to notebooks


def readme() -> tuple[str, bytes]: # markdown, png
    "The text of the README, and its one picture."
    parts, png = [], b""
    for cell in nbformat.read(root/"nbs"/"index.ipynb", as_version=4).cells:
        if cell.cell_type == "markdown":
            parts.append(cell.source)
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "text/markdown" in data:
                parts.append("".join(data["text/markdown"]).strip())
            elif "image/png" in data:
                png = base64.b64decode(data["image/png"])
                parts.append(link_to_picture)
    text = links_from_the_top("\n\n".join(parts))
    return "<!-- made from nbs/index.ipynb by `make readme` -->\n\n" + text + "\n", png


if __name__ == "__main__":
    text, png = readme()
    (root/"README.md").write_text(text, encoding="utf-8")
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.write_bytes(png)
