"Take the picture of the playground that nbs/53_playground.ipynb shows: start it, wait for the result, and look at it in Chromium."
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

root = Path(__file__).resolve().parent.parent
picture = root/"data"/"results"/"figures"/"playground.png"


def take(path):
    server = subprocess.Popen([Path(sysconfig.get_path("scripts"))/"textpromptir", "play"], stdout=subprocess.PIPE, text=True)
    try:
        address = re.search(r"http://\S+", server.stdout.readline())[0]
        with sync_playwright() as p, p.chromium.launch(executable_path=shutil.which("chromium"), args=["--headless", "--no-sandbox", "--disable-gpu"]) as browser:
            page = browser.new_page(viewport={"width": 1180, "height": 780})
            page.set_default_timeout(400_000)
            page.goto(address, wait_until="commit")
            page.wait_for_function("document.body.innerText.includes('in the network')")
            page.wait_for_timeout(1000)
            page.screenshot(path=path)
    finally:
        server.terminate()
        server.wait()
    Image.open(path).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    take(sys.argv[1] if sys.argv[1:] else picture)
