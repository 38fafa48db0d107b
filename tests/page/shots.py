"""The README's pictures, of runs/demo (scripts/demo makes it): `scripts/page shots`."""

import re
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

SHOTS = {
    "trial.png": "#/trial/demo/gaussian_blur__climb__1?n=6&tab=diff",
    "run.png": "#/run/demo",
}


def main(out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    server = subprocess.Popen([sys.executable, "-m", "autolab.cli.main", "view", "runs", "--no-open"], stderr=subprocess.PIPE, text=True)
    assert server.stderr
    said = re.search(r"http://\S+", server.stderr.readline())
    assert said, "autolab view did not start"
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            for name, place in SHOTS.items():
                height = 1180 if name == "trial.png" else 520
                page = browser.new_page(viewport={"width": 1180, "height": height}, color_scheme="light")
                page.goto(said[0] + place)
                page.wait_for_selector("h1")
                page.wait_for_selector(".marks, table.trials", timeout=60_000)
                page.wait_for_timeout(800)
                page.screenshot(path=out / name)
                page.close()
            browser.close()
    finally:
        server.terminate()
        server.wait(timeout=20)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
