"""Build the book as a static site that needs no network: `make site` -> build/site/index.html.

The notebooks are shown as they are committed and are not run. The pages lie in build/book as they lie in the repository,
so that every link of a notebook or a table holds as it stands; what Sphinx needs otherwise is changed while it reads.
Anything that Sphinx warns of, and any link that leads nowhere, ends the build with exit status 1.
"""
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

root = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(root/"tools"))

from links import check_links # noqa: E402
from readme import links_from_the_top # noqa: E402
from reference import Reference, read_modules # noqa: E402

# Chapters

FLOORS = {"0": "Ground", "1": "The world", "2": "Words", "3": "The network", "4": "Learning", "5": "Using", "6": "Evidence"}


def read_chapters() -> list[str]: # paths of notebooks within nbs, in the order in which they are read
    "Read the order of the notebooks from the table in nbs/index.ipynb, which is the README's."
    cells = json.loads((root/"nbs"/"index.ipynb").read_text(encoding="utf-8"))["cells"]
    text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    chapters = re.findall(r"^\| *\[[^]]+\]\(([^)#]+\.ipynb)\) *\|", text, flags=re.M)
    there = {path.relative_to(root/"nbs").as_posix() for path in (root/"nbs").glob("**/[!_.]*.ipynb")
             if ".ipynb_checkpoints" not in path.parts} - {"index.ipynb"}
    for name in sorted(there - set(chapters)):
        raise SystemExit(f"nbs/{name} has no line in the table of nbs/index.ipynb, so the book has no place for it.")
    for name in sorted(set(chapters) - there):
        raise SystemExit(f"The table of nbs/index.ipynb names {name}, which is not in nbs.")
    return chapters


def name_part(
    chapter:str, # path of a notebook within nbs
) -> str: # "The network"
    "Name the part of the book that a notebook belongs to: its floor, or its folder."
    folder = Path(chapter).parent.name
    if folder:
        return folder.capitalize()
    return FLOORS.get(chapter[0], "Start here")


def write_contents() -> str: # MyST
    "Write the tables of contents, which order the sidebar and the previous and next pages."
    parts = {}
    for chapter in read_chapters():
        title = Path(chapter).stem
        parts.setdefault(name_part(chapter), []).append(f"{title} <nbs/{chapter.removesuffix('.ipynb')}>")
    parts["Results"] = ["Tables and figures <results/index>", "The network that ships <textpromptir/weights/compact/README>",
                        "The sentence encoder <textpromptir/weights/bert/README>"]
    parts["Reference"] = ["API <api/index>", *[path.stem for path in read_notices()]]
    blocks = []
    for caption, pages in parts.items():
        blocks.append("\n".join(["```{toctree}", ":hidden:", f":caption: {caption}", "", *pages, "```"]))
    return "\n\n".join(blocks)


def read_notices() -> list[Path]: # CHANGELOG.md and its like
    return sorted(path for path in root.glob("*.md") if path.name != "README.md")


# What Sphinx reads instead of what is committed

def adapt_notebook(
    text:str, # of a committed notebook
    docname:str, # of Sphinx: its path in build/book without the ending
) -> str: # of the notebook that Sphinx reads
    "Take out what only nbdev reads, mark what is exported, and drop outputs that need a running kernel."
    notebook = json.loads(text)
    module = None
    cells = []
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        directives = re.findall(r"^#\| *(\S+)(.*)$", source, flags=re.M)
        names = {name for name, _ in directives}
        for name, value in directives:
            if name == "default_exp":
                module = value.strip()
        source = re.sub(r"^#\|.*\n?", "", source, flags=re.M)
        if "hide" in names or source.strip() in ("", "%matplotlib inline"):
            continue
        tags = cell["metadata"].setdefault("tags", [])
        if names & {"export", "exporti", "exports"}:
            tags.append("exported")
        if docname == "index":
            tags.append("remove-input")
        outputs = []
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "application/vnd.jupyter.widget-view+json" in data:
                continue
            if "text/markdown" in data: # of nbdev's show_doc
                markdown = "".join(data["text/markdown"]).removeprefix("---\n")
                data["text/markdown"] = re.sub(r"\{target=[^}]*\}", "", markdown)
            outputs.append(output)
        if "outputs" in cell:
            cell["outputs"] = outputs
        if cell["cell_type"] == "markdown":
            source = re.sub(r"\]\(((?:\.\./)*)index\.ipynb", r"](\1../index.ipynb", source) # it lies at the top of the book
            if docname == "index":
                source = links_from_the_top(source)
        cells.append({**cell, "source": source})
    notebook["metadata"].pop("widgets", None)
    if docname == "index":
        cells.append(markdown_cell(write_contents()))
    elif module:
        top = "../"*docname.count("/")
        cells.append(markdown_cell(f"*Everything that this notebook exports, by name: [textpromptir.{module}]({top}api/{module}.md)*"))
    return json.dumps({**notebook, "cells": cells})


def markdown_cell(
    source:str, # MyST
) -> dict: # of a notebook
    return {"cell_type": "markdown", "id": hashlib.sha256(source.encode()).hexdigest()[:8], "metadata": {}, "source": source}


def adapt_source(
    app:object, # of Sphinx
    docname:str, # path in build/book without the ending
    content:list[str], # one text, changed in place
):
    "Change a page between the file and Sphinx."
    if app.env.doc2path(docname, base=False).suffix == ".ipynb":
        content[0] = adapt_notebook(content[0], docname)
    elif docname.startswith("data/results/tables/"):
        content[0] = adapt_table(content[0], Path(docname).name)
    else:
        content[0] = content[0].replace("/data/prompts)", "/data/prompts/index.md)") # a folder has no page of its own


def anchor_of_title(
    title:str, # of a section
) -> str: # its place in a page, as Jupyter names it
    return title.replace(" ", "-")


# Results

figures = root/"data"/"results"/"figures"


def adapt_table(
    text:str, # of a committed table
    name:str, # of it, without .md
) -> str: # MyST
    "Link what a table names as its sources, and show its figures below it."
    def link(match):
        path = match[1]
        return f"[`{path}`](../../../{path})" if (root/path).exists() else match[0]
    text = re.sub(r"`((?:nbs|data)/[\w/.]+\.(?:ipynb|csv|json|md))`", link, text)
    pictures = "\n\n".join(show_figure(figure, "../figures") for figure in figures_of(name))
    return text + "\n\n" + pictures + "\n"


def read_tables() -> list[Path]: # the committed tables
    return sorted((root/"data"/"results"/"tables").glob("*.md"))


def figures_of(
    table:str, # name of a table, "" for figures that belong to none
) -> list[Path]: # the committed figures that are named after it
    "Give every figure to the table with the longest name that its own begins with."
    tables = [path.stem for path in read_tables()]
    mine = []
    for figure in sorted(figures.glob("**/*.png")):
        if figure.stem == "readme" or figure.parent.name == "card": # the first page and the model cards show them
            continue
        owners = [name for name in tables if figure.stem == name or figure.stem.startswith(f"{name}_")]
        if table == max(owners, key=len, default=""):
            mine.append(figure)
    return mine


def show_figure(
    figure:Path, # a committed png
    folder:str, # of all figures, from the page
) -> str: # MyST
    link = f"{folder}/{figure.relative_to(figures).as_posix()}"
    return f":::{{figure}} {link}\n:alt: {figure.stem.replace('_', ' ')}\n:figclass: measured\n\n[{figure.name}]({link})\n:::"


def write_results() -> str: # MyST
    "Write the page that lists every committed table and figure."
    blocks = ["# Tables and figures",
              "Everything here was measured by this code. Each table is made from its rows and from nothing else, and "
              "`make reproduce` makes it again. The tables called *free* need only photographs inside the dependencies."]
    lines = ["| table | made by | rows |", "|---|---|---|"]
    pages = []
    for path in read_tables():
        notebook = re.search(r"`nbs/([\w/]+)\.ipynb`", path.read_text(encoding="utf-8"))
        rows = root/"data"/"results"/"rows"/f"{path.stem}.csv"
        lines.append(f"| [{name_table(path)}](../data/results/tables/{path.name}) "
                     f"| {f'[{Path(notebook[1]).name}](../nbs/{notebook[1]}.ipynb)' if notebook else ''} "
                     f"| {f'[csv](../data/results/rows/{rows.name})' if rows.exists() else ''} |")
        pages.append(f"{name_table(path)} <../data/results/tables/{path.stem}>")
    blocks.append("\n".join(lines))
    for path in read_tables():
        mine = figures_of(path.stem)
        if mine:
            blocks.append(f"## {name_table(path)}")
        for figure in mine:
            blocks.append(show_figure(figure, "../data/results/figures"))
    for figure in figures_of(""):
        blocks += [f"## {figure.stem.replace('_', ' ')}", *name_maker(figure)]
        blocks.append(show_figure(figure, "../data/results/figures"))
    pages += [f"../data/results/{path.stem}" for path in sorted((root/"data"/"results").glob("*.md"))]
    blocks.append("\n".join(["```{toctree}", ":hidden:", "", *pages, "```"]))
    return "\n\n".join(blocks) + "\n"


def write_prompts() -> str: # MyST
    "Write the page that lists the files of sentences."
    lines = ["---", "orphan: true", "---", "# Sentences", "", "[20_prompts](../../nbs/20_prompts.ipynb) says what they are for.", ""]
    for path in sorted((root/"data"/"prompts").glob("*.csv")):
        rows = len(path.read_text(encoding="utf-8").splitlines()) - 1
        lines.append(f"- [{path.name}]({path.name}), {rows:,} rows")
    return "\n".join(lines) + "\n"


def name_table(
    path:Path, # of a committed table
) -> str: # its heading, and on what it was measured where that alone tells it from another
    title = re.search(r"^# (.+)$", path.read_text(encoding="utf-8"), flags=re.M)[1]
    if path.stem.endswith("_free") and "free" not in title:
        return f"{title}, on free photographs"
    return title


def name_maker(
    figure:Path, # that belongs to no table
) -> list[str]: # a sentence, or nothing
    "Name the notebook that a figure is named after."
    makers = [chapter for chapter in read_chapters() if figure.stem.startswith(Path(chapter).stem)]
    if not makers:
        return []
    maker = max(makers, key=len)
    return [f"Made by [{maker.removesuffix('.ipynb')}](../nbs/{maker})."]


# MathJax

mathjax_path = "mathjax/tex-svg.js" # one file, its glyphs inside: no fonts to be fetched
NPM, NPM_SHA256 = "mathjax@3.2.2", "d4295dc33744836935c1399feece5159577b34c5c8ffb9f1c6324cd82e03a882"
PYPI, PYPI_SHA256 = "django-static-mathjax==3.2.2.1", "2af9375000b5a3669be94d436ae1c61159855283cd18b3ee9817fb71c8f94c84"


def fetch_mathjax() -> Path: # folder with tex-svg.js and LICENSE
    "Fetch MathJax once into build/mathjax: from npm or, where npm cannot be reached, the same version from PyPI."
    folder = root/"build"/"mathjax"
    if (folder/"tex-svg.js").exists():
        return folder
    with tempfile.TemporaryDirectory() as there:
        npm = shutil.which("npm")
        if npm and run_quietly([npm, "pack", "--silent", NPM], there):
            with tarfile.open(next(Path(there).glob("*.tgz"))) as archive:
                script = archive.extractfile("package/es5/tex-svg.js").read()
                licence = archive.extractfile("package/LICENSE").read()
            keep_mathjax(folder, script, licence, NPM_SHA256)
        elif run_quietly([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", PYPI], there):
            with zipfile.ZipFile(next(Path(there).glob("*.whl"))) as archive:
                script = archive.read("mathjax/static/mathjax/es5/tex-svg.js")
                licence = archive.read("mathjax/static/mathjax/LICENSE")
            keep_mathjax(folder, script, licence, PYPI_SHA256)
        else:
            raise SystemExit("MathJax could be had neither from npm nor from PyPI: build once with a network, or put its "
                             "es5/tex-svg.js and LICENSE (version 3.2.2) into build/mathjax.")
    return folder


def run_quietly(
    command:list[str],
    folder:str, # to run it in
) -> bool: # whether it worked
    return subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def keep_mathjax(
    folder:Path, # build/mathjax
    script:bytes, # tex-svg.js
    licence:bytes,
    sha256:str, # that the script has to have
):
    if hashlib.sha256(script).hexdigest() != sha256:
        raise SystemExit("The MathJax that was fetched is not the one that was tried: its sha256 is another.")
    folder.mkdir(parents=True, exist_ok=True)
    (folder/"LICENSE").write_bytes(licence)
    (folder/"tex-svg.js").write_bytes(script)


# The site

def lay_out_pages(
    book:Path, # an empty folder, filled as the repository is
):
    "Copy what is shown, and write what is made: API and results."
    pages = [root/"nbs"/chapter for chapter in read_chapters()] + read_notices()
    for pattern in ("data/results/**/*", "data/paper/*.csv", "data/prompts/*.csv", "textpromptir/weights/*/README.md"):
        pages += [path for path in root.glob(pattern) if path.is_file()]
    linked = [path for page in [root/"nbs"/"index.ipynb", *pages] for path in find_linked(page)]
    for path in {*pages, *linked}:
        place = book/path.relative_to(root)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, place)
    shutil.copy2(root/"nbs"/"index.ipynb", book/"index.ipynb")
    modules = read_modules(read_chapters())
    reference = Reference(modules)
    written = {f"api/{module.name}.md": reference.page(module) for module in modules}
    written["api/index.md"] = reference.index(modules)
    written["results/index.md"] = write_results()
    written["data/prompts/index.md"] = write_prompts()
    for page, text in written.items():
        (book/page).parent.mkdir(parents=True, exist_ok=True)
        (book/page).write_text(text, encoding="utf-8")
    shutil.copytree(fetch_mathjax(), book/"_static"/"mathjax")
    for name in ("style.css", "disk.js"):
        shutil.copy2(root/"docs"/name, book/"_static"/name)


def find_linked(
    page:Path, # a file of the repository
) -> list[Path]: # files of the repository to be downloaded from it, be it a licence or a test
    if page.suffix not in (".md", ".ipynb"):
        return []
    found = []
    for link in re.findall(r"\]\(([^)#:\s]+)", page.read_text(encoding="utf-8")):
        path = (page.parent/link).resolve()
        if path.is_file() and path.suffix not in (".md", ".ipynb") and path.is_relative_to(root):
            found.append(path)
    return found


def build_site(
    book:Path, # of the pages, emptied first
    site:Path, # of the html, emptied first
) -> list[str]: # one sentence for each fault
    "Build the site and check it."
    for folder in (book, site):
        shutil.rmtree(folder, ignore_errors=True)
    lay_out_pages(book)
    command = [sys.executable, "-m", "sphinx", "-b", "html", "-c", root/"docs", "-d", f"{book}.doctrees", "-E", "-j", "auto",
               "-q", "-W", "--keep-going", book, site]
    if subprocess.run(command).returncode:
        return ["Sphinx ended with the warnings above."]
    return check_links(site)


if __name__ == "__main__":
    faults = build_site(root/"build"/"book", root/"build"/"site")
    for fault in faults:
        print(fault, file=sys.stderr)
    if faults:
        sys.exit(1)
    print("build/site/index.html is the book.")
