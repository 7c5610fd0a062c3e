"""Build the book as a static site that needs no network: `make site` -> build/site/index.html.

The notebooks are shown as they are committed and are not run. The pages lie in build/book as they lie in the repository,
so that every link of a notebook or a table holds as it stands; what Sphinx needs otherwise is changed while it reads.
Anything that Sphinx warns of, and any link that leads nowhere, ends the build with exit status 1.
"""
import ast
import hashlib
import importlib
import inspect
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

root = Path(__file__).resolve().parent.parent

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
    parts["Reference"] = ["API <api/index>", "Changes <CHANGELOG>", "Contributing <CONTRIBUTING>"]
    blocks = []
    for caption, pages in parts.items():
        blocks.append("\n".join(["```{toctree}", ":hidden:", f":caption: {caption}", "", *pages, "```"]))
    return "\n\n".join(blocks)


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


def links_from_the_top(
    text:str, # of a cell in nbs/index.ipynb
) -> str: # of a page at the top of the book
    "Change the links as `make readme` does."
    sys.path.insert(0, str(root/"tools"))
    from readme import links_from_the_top as change
    return change(text)


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

def adapt_table(
    text:str, # of a committed table
    name:str, # of it, without .md
) -> str: # MyST
    "Link what a table names as its sources, and show its figures below it."
    def link(match):
        path = match[1]
        return f"[`{path}`](../../../{path})" if (root/path).exists() else match[0]
    text = re.sub(r"`((?:nbs|data)/[\w/.]+\.(?:ipynb|csv|json|md))`", link, text)
    pictures = "\n\n".join(show_figure(figure, f"../figures/{figure.name}") for figure in figures_of(name))
    return text + "\n\n" + pictures + "\n"


def read_tables() -> list[Path]: # the committed tables
    return sorted((root/"data"/"results"/"tables").glob("*.md"))


def figures_of(
    table:str, # name of a table, "" for figures that belong to none
) -> list[Path]: # the committed figures that are named after it
    "Give every figure to the table with the longest name that its own begins with."
    tables = [path.stem for path in read_tables()]
    mine = []
    for figure in sorted((root/"data"/"results"/"figures").glob("*.png")):
        if figure.stem == "readme":
            continue
        owners = [name for name in tables if figure.stem == name or figure.stem.startswith(f"{name}_")]
        if table == max(owners, key=len, default=""):
            mine.append(figure)
    return mine


def show_figure(
    figure:Path, # a committed png
    link:str, # to it from the page
) -> str: # MyST
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
        figures = figures_of(path.stem)
        if figures:
            blocks.append(f"## {name_table(path)}")
        for figure in figures:
            blocks.append(show_figure(figure, f"../data/results/figures/{figure.name}"))
    for figure in figures_of(""):
        blocks += [f"## {figure.stem.replace('_', ' ')}", *name_maker(figure)]
        blocks.append(show_figure(figure, f"../data/results/figures/{figure.name}"))
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
    "Name the notebook that writes a figure, where one notebook alone has its name."
    makers = [chapter for chapter in read_chapters() if f"{figure.name}" in (root/"nbs"/chapter).read_text(encoding="utf-8")]
    if len(makers) != 1:
        return []
    return [f"Made by [{makers[0].removesuffix('.ipynb')}](../nbs/{makers[0]})."]


# API

@dataclass(frozen=True)
class Module:
    "A module of the library, as its page needs it."
    name:str # without the package
    source:str # its text
    notebook:str # path within nbs
    doc:str # its docstring
    nodes:dict # name -> syntax tree, of what __all__ names


def read_modules() -> list[Module]: # in the order of their notebooks
    "Read what the library exports."
    modules = []
    for path in (root/"textpromptir").glob("[!_]*.py"):
        source = path.read_text(encoding="utf-8")
        notebook = re.search(r"File to edit: \.\./nbs/(\S+\.ipynb)", source)[1]
        tree = ast.parse(source)
        exported = list(importlib.import_module(f"textpromptir.{path.stem}").__all__)
        found = {}
        for node in tree.body:
            targets = [node] if isinstance(node, (ast.FunctionDef, ast.ClassDef)) else getattr(node, "targets", [])
            for target in targets:
                name = getattr(target, "name", getattr(target, "id", None))
                if name in exported:
                    found[name] = node
        modules.append(Module(path.stem, source, notebook, ast.get_docstring(tree), found))
    order = read_chapters()
    return sorted(modules, key=lambda module: order.index(module.notebook))


class Reference:
    "Writes a page a module, from signatures, docments and docstrings."
    def __init__(self,
        modules:list[Module], # of the library
    ):
        self.homes = {name: module.name for module in modules for name in module.nodes}

    def prose(self,
        text:str|None, # docment or docstring
    ) -> str: # MyST, in one line
        "Keep code spans, link those that name something of the library, and show everything else as it stands."
        parts = re.split(r"(`[^`]+`)", " ".join((text or "").split()))
        shown = []
        for part in parts:
            name = part.strip("`").removesuffix("()")
            if part.startswith("`") and name in self.homes:
                shown.append(f"{{py:obj}}`{name} <textpromptir.{self.homes[name]}.{name}>`")
            elif part.startswith("`"):
                shown.append(part.replace("|", "\\|"))
            else:
                shown.append(re.sub(r"([\\$*_\[\]<>|{}^~#])", r"\\\1", part))
        return "".join(shown)

    def table(self,
        rows:list[tuple[str, str, str]], # name, type, meaning
    ) -> str: # MyST
        if not rows:
            return ""
        lines = ["| | type | meaning |", "|---|---|---|"]
        for name, kind, meaning in rows:
            code = f"`{kind}`".replace("|", "\\|") if kind else ""
            lines.append(f"| {name} | {code} | {self.prose(meaning)} |")
        return "\n".join(lines)

    def parameters(self,
        node:ast.FunctionDef, # a function or method
        thing:object, # itself
    ) -> str: # MyST
        "Tabulate parameters and return with their docments."
        from fastcore.docments import docments
        said = docments(inspect.unwrap(thing), full=True, returns=True)
        rows = []
        for argument in all_arguments(node):
            if argument.arg in ("self", "cls"):
                continue
            meaning = said.get(argument.arg, {}).get("docment")
            rows.append((f"**{self.prose(argument.arg)}**", unparse(argument.annotation), meaning))
        meaning = said.get("return", {}).get("docment")
        if meaning or node.returns:
            rows.append(("*returns*", unparse(node.returns), meaning))
        return self.table(rows)

    def function(self,
        node:ast.FunctionDef, # its syntax tree
        thing:object, # itself
        kind:str="function", # or "method"
    ) -> str: # MyST
        decorators = [unparse(decorator) for decorator in node.decorator_list]
        options = [f":{name}:" for name in ("classmethod", "staticmethod") if name in decorators]
        if "property" in decorators:
            kind, signature = "property", f"{node.name}\n:type: {unparse(node.returns)}"
            thing = thing.fget
        else:
            signature = node.name + write_signature(node.args, node.returns)
        body = [self.prose(ast.get_docstring(node)), self.parameters(node, thing)]
        return directive(kind, signature, options, body, "```")

    def klass(self,
        node:ast.ClassDef, # its syntax tree
        thing:type, # itself
    ) -> str: # MyST
        from fastcore.docments import docments
        methods = {child.name: child for child in node.body if isinstance(child, ast.FunctionDef)}
        fields = [child for child in node.body if isinstance(child, ast.AnnAssign)]
        signature, rows = node.name, ""
        if "__init__" in methods:
            signature += write_signature(methods["__init__"].args, None)
            rows = self.parameters(methods["__init__"], thing.__init__)
        elif fields:
            said = docments(thing, full=True)
            shown, table = [], []
            for field in fields:
                value = f"={unparse(field.value)}" if field.value else ""
                shown.append(f"{field.target.id}: {unparse(field.annotation)}{value}")
                meaning = said.get(field.target.id, {}).get("docment")
                table.append((f"**{self.prose(field.target.id)}**", unparse(field.annotation), meaning))
            signature += f"({', '.join(shown)})"
            rows = self.table(table)
        body = [self.prose(ast.get_docstring(node)), rows]
        for name, child in methods.items():
            if not name.startswith("_") or name == "__call__":
                body.append(self.function(child, inspect.getattr_static(thing, name), "method"))
        return directive("class", signature, [], body, "````")

    def constant(self,
        name:str,
        node:ast.Assign, # its syntax tree
        module:Module, # that has it
    ) -> str: # MyST
        value = unparse(node.value)
        options = [f":value: {value}"] if len(value) <= 80 and "\n" not in value else []
        last = module.source.splitlines()[node.end_lineno - 1]
        comment = last.encode()[node.end_col_offset:].decode().strip().removeprefix("#").strip()
        return directive("data", name, options, [self.prose(comment)], "```")

    def page(self,
        module:Module,
    ) -> str: # MyST
        "Write the page of a module."
        here = importlib.import_module(f"textpromptir.{module.name}")
        taught = module.notebook.removesuffix(".ipynb")
        blocks = [f"# {module.name}", self.prose(module.doc) + f". Taught in [{taught}](../nbs/{module.notebook}).",
                  f"```{{py:module}} textpromptir.{module.name}\n```"]
        for name, node in module.nodes.items():
            thing = getattr(here, name)
            if isinstance(node, ast.FunctionDef):
                blocks.append(self.function(node, thing))
            elif isinstance(node, ast.ClassDef):
                blocks.append(self.klass(node, thing))
            else:
                blocks.append(self.constant(name, node, module))
        return "\n\n".join(blocks) + "\n"

    def index(self,
        modules:list[Module], # of the library
    ) -> str: # MyST
        lines = ["# API", "A page a module, in the order of the notebooks that export them. What most people need is "
                 f"{self.prose('`Restorer`')}: load, then call it with a picture and a sentence.", ""]
        lines += ["| module | what it holds |", "|---|---|"]
        for module in modules:
            lines.append(f"| [{module.name}]({module.name}.md) | {self.prose(module.doc)} |")
        lines += ["", "```{toctree}", ":hidden:", "", *[module.name for module in modules], "```"]
        return "\n".join(lines) + "\n"


def all_arguments(
    node:ast.FunctionDef,
) -> list[ast.arg]:
    arguments = node.args
    starred = [argument for argument in (arguments.vararg, arguments.kwarg) if argument]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *starred]


def unparse(
    node:ast.AST|None, # an annotation or a default
) -> str: # as somebody would write it, "" where there is none
    return ast.unparse(node).replace(" | ", "|") if node else ""


def write_signature(
    arguments:ast.arguments, # of a function
    returns:ast.expr|None, # its annotation
) -> str: # "(x: Tensor, n: int=3) -> Tensor"
    "Write a signature in one line, without self."
    shown = re.sub(r"^(self|cls)(, |$)", "", ast.unparse(arguments).replace(" | ", "|"))
    return f"({shown})" + (f" -> {unparse(returns)}" if returns else "")


def directive(
    kind:str, # of Sphinx's Python domain
    signature:str,
    options:list[str], # ":name: value"
    body:list[str], # MyST; empty ones are left out
    fence:str, # longer than the fences within
) -> str: # MyST
    head = "\n".join([f"{fence}{{py:{kind}}} {signature}", *options])
    return "\n\n".join([head, *[block for block in body if block], fence])


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


# Links

class Links(HTMLParser):
    "What a page loads, what it links to, and which places it has."
    def __init__(self,
        text:str, # html
    ):
        super().__init__()
        self.loaded, self.linked, self.ids = [], [], set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if "id" in attributes:
            self.ids.add(attributes["id"])
        if tag == "a":
            self.ids.add(attributes.get("name"))
            self.linked.append(attributes.get("href"))
        elif tag == "link" and attributes.get("rel") not in ("canonical", "next", "prev", "index", "search", "author"):
            self.loaded.append(attributes.get("href"))
        elif tag == "link" or tag == "form":
            self.linked.append(attributes.get("href", attributes.get("action")))
        for name in ("src", "poster", "data", "srcset"):
            self.loaded.append(attributes.get(name))
        for address in re.findall(r"url\(([^)]*)\)", attributes.get("style") or ""):
            self.loaded.append(address.strip("'\""))


def check_links(
    site:Path, # folder of html
) -> list[str]: # one sentence for each fault
    "Hold every link and every loaded file of every page against what is there."
    pages = {path: Links(path.read_text(encoding="utf-8")) for path in sorted(site.glob("**/*.html"))
             if "_static" not in path.parts} # where the theme has templates
    faults = []
    for page, links in pages.items():
        name = page.relative_to(site).as_posix()
        for address in links.loaded:
            if address and is_elsewhere(address):
                faults.append(f"{name} loads {address} from another host.")
        for address in [*links.loaded, *links.linked]:
            if not address or is_elsewhere(address) or urlsplit(address).scheme:
                continue
            parts = urlsplit(address)
            path, place = unquote(parts.path), unquote(parts.fragment)
            target = (page.parent/path).resolve() if path else page
            if target.is_dir():
                target = target/"index.html"
            if not target.exists():
                faults.append(f"{name} links to {address}, which is not there.")
            elif place and target in pages and place not in pages[target].ids:
                faults.append(f"{name} links to {address}, a page that has no such place.")
    for sheet in sorted(site.glob("**/*.css")):
        text = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.S)
        for address in re.findall(r"url\(\s*['\"]?([^'\")]+)|@import\s+['\"]([^'\"]+)", text):
            address = "".join(address)
            if is_elsewhere(address):
                faults.append(f"{sheet.relative_to(site).as_posix()} loads {address} from another host.")
    return faults


def is_elsewhere(
    address:str, # of a link
) -> bool: # on another host
    return bool(urlsplit(address).netloc)


# The site

def lay_out_pages(
    book:Path, # an empty folder, filled as the repository is
):
    "Copy what is shown, and write what is made: API and results."
    pages = [f"nbs/{chapter}" for chapter in read_chapters()]
    pages += ["CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "NOTICE", "CITATION.cff"]
    for pattern in ("data/results/**/*", "data/paper/*.csv", "data/prompts/*.csv", "textpromptir/weights/*/README.md"):
        pages += [path.relative_to(root).as_posix() for path in root.glob(pattern) if path.is_file()]
    for page in pages:
        (book/page).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(root/page, book/page)
    shutil.copy2(root/"nbs"/"index.ipynb", book/"index.ipynb")
    modules = read_modules()
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
