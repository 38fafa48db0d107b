"""What the page takes on made-up ledgers: first paint, scrubbing, index, live update, memory. Needs Debian's chromium."""

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from page_ledgers import many, trial, write
from playwright.sync_api import Page, sync_playwright

from autolab.ledger import chain
from autolab.ledger.reader import read_ledger

TARGETS = {
    "first_paint_s": 1.5, "frame_median_ms": 33, "frame_most_ms": 150, "index_s": 1.0, "live_ms": 500, "server_mb": 200,
}  # fmt: skip
DRAG_S = 10
FRAMES = """() => new Promise(done => {
  const frames = []; let last = performance.now(); const end = last + %d;
  const slider = document.getElementById("playhead"); const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;
  const step = now => {
    frames.push(now - last); last = now;
    set.call(slider, String(1 + Math.floor((0.5 + 0.5 * Math.sin(now / 800)) * (slider.max - 1))));
    slider.dispatchEvent(new Event("input", {bubbles: true}));
    if (now < end) requestAnimationFrame(step); else done(frames.slice(2));
  };
  requestAnimationFrame(step);
})"""


def first_paint(page: Page, address: str) -> float:
    """From the navigation to the whole curve and list on the screen."""
    page.goto("about:blank")
    begun = time.monotonic()
    page.goto(f"{address}#/trial/long/made_up__climb__1")
    page.wait_for_selector(".plot canvas")
    page.wait_for_selector(".experiment")
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return time.monotonic() - begun


def index(page: Page, address: str) -> float:
    """From the navigation to the list of runs, one of which has all the trials."""
    page.goto("about:blank")
    begun = time.monotonic()
    page.goto(address)
    page.wait_for_selector("li.run")
    return time.monotonic() - begun


def live_update(page: Page, address: str, ledger: Path, records: list[Any]) -> float:
    """Milliseconds from a line on disk to its row in the list; the median of those appended."""
    page.goto(f"{address}#/trial/live/made_up__climb__1")
    page.wait_for_selector(".experiment")
    page.wait_for_timeout(1500)
    last = read_ledger(ledger)[-1]
    seq, prev, found = last.seq + 1, last.hash, []
    for record in records:
        before = page.locator(".experiments footer").inner_text()
        line, prev = chain.encode(seq, "2026-01-05T09:30:00.000Z", prev, record)
        with ledger.open("ab") as file:
            file.write(line)
        begun, seq = time.monotonic(), seq + 1
        while page.locator(".experiments footer").inner_text() == before:
            pass
        found.append((time.monotonic() - begun) * 1000)
    return statistics.median(found)


def measured(folder: Path) -> dict[str, float]:
    """All figures, on ledgers in `folder`."""
    server = subprocess.Popen(
        [sys.executable, "-m", "autolab.cli.main", "view", str(folder), "--no-open"], stderr=subprocess.PIPE, text=True
    )
    assert server.stderr
    said = re.search(r"http://\S+", server.stderr.readline())
    assert said
    address = said[0]
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.set_default_timeout(120_000)
            cold = index(page, address)
            first = first_paint(page, address)
            warm = [first_paint(page, address) for _ in range(3)]
            frames = page.evaluate(FRAMES % (DRAG_S * 1000))
            everything = list(trial("made_up", "climb", 1, 60, ended=False))
            live = live_update(page, address, folder / "live" / "trials" / "made_up__climb__1" / "ledger.jsonl", everything[52:])
            page.goto(f"{address}#/run/many")
            page.wait_for_selector("table.trials tbody tr")
            browser.close()
        memory = int(re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{server.pid}/status").read_text())[1]) / 1024  # type: ignore[index]
    finally:
        server.terminate()
        server.wait(timeout=30)
    return {
        "index_s": cold, "first_paint_cold_s": first, "first_paint_s": statistics.median(warm),
        "frame_median_ms": statistics.median(frames), "frame_most_ms": max(frames), "live_ms": live, "server_mb": memory,
        "load": float(Path("/proc/loadavg").read_text().split()[0]),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="autolab-page-") as name:
        folder = Path(name)
        write(folder / "long" / "trials" / "made_up__climb__1", trial("made_up", "climb", 1, 10_000))
        write(folder / "live" / "trials" / "made_up__climb__1", iter(list(trial("made_up", "climb", 1, 60, ended=False))[:52]))
        many(folder / "many", 2000, 20)
        found = measured(folder)
    if options.json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        print(f"{name:<20} {value:>8.2f}   {'target ' + str(TARGETS[name]) if name in TARGETS else ''}")


if __name__ == "__main__":
    main()
