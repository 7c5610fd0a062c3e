"""What the pages of a site load and link to, held against what is there."""
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


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
