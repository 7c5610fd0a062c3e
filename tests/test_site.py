"The book as a site: it builds, needs no other host, leads nowhere wrong, and reads well in a browser."
import json
import re
import shutil
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

root = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(root/"docs"))
from book import build_site, read_chapters # noqa: E402
from links import check_links # noqa: E402

FLAGS = ("--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
         "--disable-component-update --disable-sync").split()


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    assert build_site(folder/"book", folder/"site") == []
    return folder/"site"


@pytest.fixture(scope="module")
def browser():
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium:
        pytest.skip("There is no Chromium here (apt-get install chromium), so no page was looked at.")
    from playwright.sync_api import sync_playwright
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


def test_every_chapter_is_there_in_order_and_can_be_downloaded(site):
    chapters = read_chapters()
    for chapter in chapters:
        page = (site/"nbs"/chapter).with_suffix(".html").read_text(encoding="utf-8")
        assert f"_sources/nbs/{chapter}" in page
        assert (site/"_sources"/"nbs"/chapter).read_bytes() == (root/"nbs"/chapter).read_bytes()
    for before, after in zip(chapters, chapters[1:]):
        page = (site/"nbs"/before).with_suffix(".html").read_text(encoding="utf-8")
        following = re.search(r'<link rel="next"[^>]*href="([^"]+)"', page)[1]
        assert ((site/"nbs"/before).parent/following).resolve() == (site/"nbs"/after).with_suffix(".html").resolve()


def test_nothing_is_executed_and_pictures_are_the_committed_ones(site):
    page = (site/"nbs"/"31_imta.html").read_text(encoding="utf-8")
    cells = json.loads((root/"nbs"/"31_imta.ipynb").read_text(encoding="utf-8"))["cells"]
    pictures = [output for cell in cells for output in cell.get("outputs", []) if "image/png" in output.get("data", {})]
    assert pictures and page.count('<img alt="../_images/') == len(pictures)


def test_reference_has_every_name_with_its_docments(site):
    import textpromptir.tiles as tiles
    page = (site/"api"/"tiles.html").read_text(encoding="utf-8")
    for name in tiles.__all__:
        assert f'id="textpromptir.tiles.{name}"' in page
    assert "pixels that neighbours share at least" in page
    assert "Lay tiles over an image, row by row." in page


def test_results_show_every_table_and_figure(site):
    page = (site/"results"/"index.html").read_text(encoding="utf-8")
    for table in (root/"data"/"results"/"tables").glob("*.md"):
        assert f"data/results/tables/{table.stem}.html" in page
    for figure in (root/"data"/"results"/"figures").glob("*.png"):
        assert figure.stem == "readme" or f'alt="{figure.stem.replace("_", " ")}"' in page


@pytest.mark.parametrize("html, fault", [
    ('<a href="gone.html">', "index.html links to gone.html, which is not there."),
    ('<a href="#gone">', "index.html links to #gone, a page that has no such place."),
    ('<script src="https://cdn.example.org/a.js"></script>', "index.html loads https://cdn.example.org/a.js from another host."),
    ('<img src="//example.org/a.png">', "index.html loads //example.org/a.png from another host."),
])
def test_a_fault_is_named(tmp_path, html, fault):
    (tmp_path/"index.html").write_text(f'<a id="here" href="#here">x</a><a href="https://arxiv.org">paper</a>{html}')
    assert check_links(tmp_path) == [fault]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_): pass


@pytest.fixture(scope="module")
def address(site):
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=site))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.mark.parametrize("width", [390, 1280])
def test_pages_read_well_in_a_browser(address, browser, width):
    names = ["index", "nbs/31_imta", "nbs/10_degradations", "nbs/evaluation/limits", "api/imta", "api/pictures", "results/index",
             "data/results/tables/fig9", "genindex"]
    page = browser.new_page(viewport={"width": width, "height": 844})
    page.set_default_timeout(120_000)
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("response", lambda answer: said.append(f"{answer.url}: {answer.status}") if answer.status >= 400 else None)
    page.on("request", lambda request: asked.append(request.url))
    for name in names:
        page.goto(f"{address}/{name}.html")
        written = page.locator("span.math, div.math").count()
        if written:
            page.wait_for_function("MathJax.startup.promise.then(() => true)")
            assert page.locator("mjx-container").count() == written, name
            assert page.locator("mjx-container").first.bounding_box()["width"] > 0
        assert page.locator("mjx-merror").count() == 0, name
        assert page.evaluate("document.documentElement.scrollWidth") == width, f"{name} is wider than the screen"
        broken = page.evaluate("[...document.images].filter(i => i.complete && !i.naturalWidth).map(i => i.src)")
        assert broken == [], name
    page.goto(f"{address}/search.html?q=haze")
    page.wait_for_selector("ul.search li a")
    page.close()
    assert said == []
    assert [url for url in asked if not url.startswith((address, "data:"))] == []


def test_it_opens_from_the_disk_and_the_dark_keeps_the_colours_of_pictures(site, browser):
    page = browser.new_page(color_scheme="dark")
    page.set_default_timeout(120_000)
    said = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto((site/"nbs"/"31_imta.html").as_uri())
    page.wait_for_selector("mjx-container")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    drawn = page.evaluate("(({filter, padding}) => [filter, padding])(getComputedStyle(document.querySelector('.cell_output img')))")
    assert drawn == ["none", "0px"]
    page.goto((site/"search.html").as_uri() + "?q=haze")
    page.wait_for_selector("ul.search li a")
    page.close()
    assert said == []
