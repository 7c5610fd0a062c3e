"""The API reference: a page a module, from signatures, docments and docstrings."""
import ast
import importlib
import inspect
import re
from dataclasses import dataclass
from pathlib import Path

from fastcore.docments import docments

root = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Module:
    "A module of the library, as its page needs it."
    name:str # without the package
    source:str # its text
    notebook:str # path within nbs
    doc:str # its docstring
    nodes:dict # name -> syntax tree, of what __all__ names


def read_modules(
    chapters:list[str], # paths of notebooks within nbs, in the order of the book
) -> list[Module]: # in the order of their notebooks
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
    return sorted(modules, key=lambda module: chapters.index(module.notebook))


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
