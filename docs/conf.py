"Sphinx reads this; `make site` starts it by book.py, which lays out the pages."
import configparser
import sys
from pathlib import Path

here = Path(__file__).resolve().parent
sys.path.insert(0, str(here))
from book import adapt_source, mathjax_path # noqa: E402

settings = configparser.ConfigParser()
settings.read(here.parent/"settings.ini", encoding="utf-8")
settings = settings["DEFAULT"]

project = settings["title"]
author = settings["author"]
copyright = settings["copyright"]
version = release = settings["version"]

extensions = ["myst_nb"]
exclude_patterns = ["_static"]
myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence"]
myst_heading_anchors = 4
myst_heading_slug_func = "book.anchor_of_title"
nb_execution_mode = "off" # the committed outputs are shown
nb_render_markdown_format = "gfm"
nb_ipywidgets_js = {} # would come from another host
python_maximum_signature_line_length = 70
toc_object_entries_show_parents = "hide"
add_module_names = False
suppress_warnings = ["myst.header"] # a model card begins with its metadata, a notebook may step from # to ###

html_theme = "sphinx_book_theme"
html_title = project
html_favicon = "icon.svg"
html_css_files = ["style.css"]
html_js_files = ["disk.js"]
html_copy_source = True
html_sourcelink_suffix = "" # a notebook is downloaded under its own name
html_show_sphinx = False
html_context = {"default_mode": "auto"} # dark where the reader's system is
html_theme_options = {
    "use_fullscreen_button": False,
    "use_download_button": True,
    "home_page_in_toc": True,
    "show_navbar_depth": 1,
    "show_toc_level": 2,
    "navbar_persistent": [], # the search stands in the sidebar
}
mathjax_path = mathjax_path
mathjax3_config = {"options": {"enableMenu": False}, "svg": {"fontCache": "local"}} # its menu fetches parts that are not here


def setup(app):
    app.config.html_static_path = [str(app.srcdir/"_static")]
    app.connect("source-read", adapt_source)
