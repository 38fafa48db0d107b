"""Every page in Debian's chromium, live and as files, on a small real run. Run by scripts/page, not with the other tests."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright
from small_tasks import make_small_task

CHROMIUM = "/usr/bin/chromium"
HOSTILE = "<img src=x onerror=window.broken=1><script>window.broken=1</script>\u202e${window.broken=1}"
AGENT = f"""
class Hostile:
    name = "hostile"

    def run(self, bench):
        path = bench.task.optimization.editable[0]
        program = bench.read(path)
        payload = {HOSTILE!r}
        bench.measure(payload, expected=1.5)
        bench.note(payload)
        bench.exec(("/bin/echo", payload))
        bench.write(path, b"/* " + payload.encode() + b" */" + program)
        bench.measure("again " + payload, expected=1.1)
        bench.write(path, payload.encode())
        bench.measure("does not build")
"""
PAGES = {
    "runs": "#/",
    "run": "#/run/first",
    "trial": "#/trial/first/small__climb__1",
    "lineage": "#/trial/first/small__climb__1?more=lineage",
    "setbacks": "#/trial/first/small__climb__1?more=resilience",
    "time": "#/trial/first/small__climb__1?more=time",
    "provenance": "#/trial/first/small__climb__1?more=origin",
    "diff": "#/trial/first/small__climb__1?n=2&tab=diff&against=start",
    "hostile": "#/trial/first/small__hostile__1?n=2&tab=diff",
    "task": "#/task/small",
    "tasks": "#/tasks",
    "leaderboard": "#/leaderboard",
    "compare": "#/compare?t=first/small__climb__1&t=first/small__oracle__1",
    "agents": "#/compare?a=climb&a=oracle",
    "contribute": "#/contribute",
}
QUICK = ("run", "hostile", "diff", "leaderboard", "compare")


def autolab(*words: str, cwd: Path) -> str:
    done = subprocess.run([sys.executable, "-m", "autolab.cli.main", *words], cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def ended(server: "subprocess.Popen[str]") -> None:
    server.terminate()
    server.wait(timeout=20)
    assert server.stderr
    server.stderr.close()


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory, sandbox: object) -> Path:
    """A folder with a finished run of three agents, and its site."""
    folder = tmp_path_factory.mktemp("page")
    make_small_task(folder / "small")
    (folder / "hostile.py").write_text(AGENT)
    autolab("run", "./small", "-a", "climb,oracle,hostile.py:Hostile", "--experiments", "6", "--name", "first", cwd=folder)
    autolab("publish", "runs/first", "--out", "site", cwd=folder)
    return folder


@pytest.fixture(scope="session")
def live(place: Path) -> Iterator[str]:
    server = subprocess.Popen(
        [sys.executable, "-m", "autolab.cli.main", "view", "runs", "--no-open"], cwd=place, stderr=subprocess.PIPE, text=True
    )
    assert server.stderr
    found = re.search(r"http://127\.0\.0\.1:\d+/", server.stderr.readline())
    assert found
    yield found[0]
    ended(server)


@pytest.fixture(scope="session", params=["live", "files"])
def start(request: pytest.FixtureRequest, place: Path) -> str:
    """The page's address: of the server, or of the site as files."""
    return request.getfixturevalue("live") if request.param == "live" else f"{(place / 'site' / 'index.html').as_uri()}"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that fails the test if it complains, or loads anything from elsewhere."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    found = context.new_page()
    found.set_default_timeout(30_000)
    wrong: list[str] = []
    found.on("pageerror", lambda error: wrong.append(str(error)))
    found.on("console", lambda said: wrong.append(said.text) if said.type in {"error", "warning"} else None)
    found.on("request", lambda asked: None if asked.url.startswith(("http://127.0.0.1", "file:", "data:")) else wrong.append(asked.url))
    yield found
    context.close()
    assert wrong == []


def until(page: Page, true: str) -> None:
    """Waits until an expression holds. Asked from here: the page's policy forbids a script that evaluates text."""
    end = time.monotonic() + 30
    while not page.evaluate(true):
        assert time.monotonic() < end, f"never came true: {true}"
        time.sleep(0.05)


def show(page: Page, start: str, name: str) -> None:
    """Opens a page and waits until nothing is loading."""
    page.goto(start + PAGES[name])
    page.wait_for_selector("h1")
    until(page, "!document.querySelector('.loading')")
    if name not in {"runs", "run", "tasks", "task", "contribute", "leaderboard"}:
        page.wait_for_timeout(400)
        until(page, "!document.querySelector('.loading')")


def settings() -> Iterator[Any]:
    for name in PAGES:
        marks = [] if name in QUICK else [pytest.mark.long]
        yield pytest.param(name, id=name, marks=marks)


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.long)])
@pytest.mark.parametrize("name", list(settings()))
def test_page_is_accessible_and_fits_a_small_screen(page: Page, start: str, name: str, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    show(page, start, name)
    found = Axe().run(page, options={"preload": False, "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
    assert [(each["id"], [node["html"][:150] for node in each["nodes"]][:3]) for each in found.response["violations"]] == []
    page.set_viewport_size({"width": 380, "height": 800})
    page.wait_for_timeout(150)
    assert page.evaluate("document.documentElement.scrollWidth") <= 380


def test_figures_of_the_run_are_those_of_the_command_line(page: Page, start: str, place: Path) -> None:
    show(page, start, "run")
    rows = {trial["agent"]: trial for trial in json.loads(autolab("show", "runs/first", "--json", cwd=place))["trials"]}
    for agent, trial in rows.items():
        row = page.locator("table.trials tbody tr").filter(has_text=f"{agent} ·")
        score = f"{trial['score']:.3f}".replace("-", "\u2212")
        assert row.locator("td").nth(3).inner_text() == score
        assert row.locator("td").nth(5).inner_text() == str(trial["experiments"])


def test_figures_of_a_trial_are_those_of_the_command_line(page: Page, start: str, place: Path) -> None:
    show(page, start, "trial")
    trial = json.loads(autolab("show", "runs/first/trials/small__climb__1", "--json", cwd=place))
    assert page.locator(".stat .big").inner_text() == f"{trial['score']:.3f}"
    assert page.locator(".stat").nth(1).locator("dd").inner_text().startswith(f"{trial['metric']:,.0f}")
    listed = page.locator(".experiment .score").all_inner_texts()
    told = ["\u2212" + f"{-each['score']:.3f}" if (each["score"] or 0) < 0 else f"{each['score']:.3f}" if each["score"] is not None else each["verdict"].replace("_", " ") for each in trial["history"]]
    assert listed == told


def test_experiment_can_be_reached_by_keyboard_alone(page: Page, start: str) -> None:
    show(page, start, "trial")
    page.keyboard.press("Home")
    assert page.locator("#experiment-title").inner_text() == "#1"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("d")
    page.wait_for_selector(".diff table, .diff .muted")
    assert page.locator("#experiment-title").inner_text() == "#2"
    assert "n=2" in page.url
    assert "tab=diff" in page.url
    page.keyboard.press("/")
    page.keyboard.type("no such idea")
    page.wait_for_selector(".experiments >> text=None of them matches")


def test_playback_shows_what_was_known_then(page: Page, start: str) -> None:
    show(page, start, "trial")
    slider = page.locator("#playhead")
    slider.fill("2")
    assert page.locator(".playback output").inner_text() == "2 / 6"
    assert page.locator(".veil").is_visible()
    assert page.locator(".experiment").count() == 2
    page.get_by_role("button", name="Show all").click()
    assert page.locator(".experiment").count() == 6
    page.get_by_role("button", name="max").click()
    page.get_by_role("button", name="Play").click()
    until(page, "document.querySelector('.playback output').textContent.startsWith('6 / 6')")


def test_diff_shows_what_was_changed(page: Page, start: str, place: Path) -> None:
    page.goto(start + "#/trial/first/small__oracle__1?n=1&tab=diff&against=start")
    page.wait_for_selector(".code .new")
    shown = "\n".join(page.locator(".code tr.new .text").all_inner_texts())
    assert "sum -= in[i - 256];" in shown
    assert "sum -= in[i - 256];" in autolab("show", "runs/first/trials/small__oracle__1", "--diff", cwd=place)


def test_what_an_agent_writes_is_text_and_nothing_else(page: Page, start: str) -> None:
    show(page, start, "hostile")
    for tab in ("Figures", "Output", "Diff"):
        page.get_by_role("button", name=tab, exact=True).click()
        page.wait_for_timeout(250)
    assert "onerror=window.broken" in page.locator(".experiments").inner_text()
    assert "onerror=window.broken" in page.locator(".steps").inner_text()
    for name in ("task", "run", "lineage"):
        page.goto(start + PAGES[name].replace("climb", "hostile"))
        page.wait_for_timeout(400)
    assert page.evaluate("window.broken") is None
    assert page.locator("main img, main script, main iframe").count() == 0


def test_leaderboard_and_command_line_agree(page: Page, start: str, place: Path) -> None:
    show(page, start, "leaderboard")
    agents = json.loads(autolab("analyze", "runs/first", "--json", cwd=place))["agents"]
    shown = {row.locator("td").nth(1).inner_text(): row.locator("td").nth(2).inner_text() for row in page.locator("table.plain").first.locator("tbody tr").all()}
    assert shown == {each["agent"]: f"{each['iqm']['value']:.3f}" for each in agents}


def test_search_filters_the_agents_steps(page: Page, start: str) -> None:
    show(page, start, "hostile")
    page.locator(".steps input[type=search]").fill("/bin/echo")
    until(page, "document.querySelectorAll('.steps li').length === 1")
    page.locator(".steps details summary").click()
    assert "onerror" in page.locator(".steps pre").inner_text()


def test_single_file_opens_from_the_disk(page: Page, place: Path) -> None:
    autolab("publish", "runs/first/trials/small__climb__1", "--out", "one.html", cwd=place)
    page.goto((place / "one.html").as_uri())
    page.wait_for_selector(".experiment-panel")
    page.keyboard.press("d")
    page.wait_for_selector(".diff table, .diff .muted")


def test_a_running_trial_appears_is_told_of_and_stops(page: Page, live: str, place: Path) -> None:
    run = subprocess.Popen(
        [sys.executable, "-m", "autolab.cli.main", "run", "./small", "-a", "climb", "--wall", "300", "--name", "second"],
        cwd=place, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        page.goto(live)
        page.wait_for_selector("text=second")
        page.goto(f"{live}#/run/second")
        page.get_by_role("link", name="small").click()
        until(page, "document.querySelectorAll('.experiment').length >= 2")
        page.get_by_role("button", name="Veto").click()
        page.get_by_role("textbox").last.fill("a person's reason")
        page.get_by_role("button", name="Veto", exact=True).click()
        page.wait_for_selector(".told")
        page.wait_for_selector(".experiment.k-vetoed")
        page.get_by_role("button", name="Stop…").click()
        page.get_by_role("button", name="Stop", exact=True).click()
        page.wait_for_selector("text=final score", timeout=60_000)
        assert run.wait(timeout=60) == 0
    finally:
        run.kill()
    ledger = (place / "runs/second/trials/small__climb__1/ledger.jsonl").read_text()
    assert "a person's reason" in ledger
    assert '"type":"stop_asked"' in ledger


def test_empty_folder_says_what_to_type(page: Page, tmp_path: Path) -> None:
    server = subprocess.Popen([sys.executable, "-m", "autolab.cli.main", "view", str(tmp_path), "--no-open"], stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr
        found = re.search(r"http://\S+", server.stderr.readline())
        assert found
        page.goto(found[0])
        page.wait_for_selector("text=No run is here yet")
        assert "autolab run" in page.locator("main").inner_text()
        page.goto("about:blank")  # it would tell of the lost connection
    finally:
        ended(server)
