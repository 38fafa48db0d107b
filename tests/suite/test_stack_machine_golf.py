"""The stack-machine task: the judge's machine against the agent's, its anchors, its bound, its wrong submissions."""

import re
import runpy
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from autolab.task.load import load_task

FOLDER = Path(__file__).parents[2] / "tasks" / "stack_machine_golf"
APP = FOLDER / "environment" / "app"
VERIFY = runpy.run_path(str(FOLDER / "tests" / "verify.py"))
AGENTS = runpy.run_path(str(APP / "simulate.py"))
check, count, wrong = (VERIFY[name] for name in ("check", "count", "wrong"))
SPEC = load_task(FOLDER)

NAMES = sorted(VERIFY["_EFFECTS"])
JUMPS, MOST = VERIFY["_JUMPS"], VERIFY["_MOST"]
WORDS = st.integers(0, 20) | st.integers(0, 300) | st.integers(0, (1 << 64) - 1)


def submission(text: str | bytes) -> dict[str, bytes]:
    return {"dot.asm": text if isinstance(text, bytes) else text.encode()}


def judges(content: bytes, memory: list[int]) -> object:
    """What the judge's machine says: result and executed instructions, or its complaint."""
    try:
        return VERIFY["run"](VERIFY["read"](submission(content)), list(memory))
    except VERIFY["Refused"] as refused:
        return str(refused)


def agents(content: bytes, memory: list[int]) -> object:
    """The same of the agent's machine."""
    try:
        return AGENTS["run"](AGENTS["assemble"](content), list(memory))
    except AGENTS["Fault"] as fault:
        return str(fault)


@st.composite
def programs(draw: st.DrawFn) -> bytes:
    """Programs that assemble: they begin with a few numbers, so that what follows has something to take."""
    start = [f"push {draw(WORDS)}" for _ in range(draw(st.integers(0, 12)))]
    length = draw(st.integers(1, 40))
    lines = [draw(_instruction(length)) for _ in range(length)]
    return "\n".join([*start, *(f"l{at}: {line}" for at, line in enumerate(lines)), "halt"]).encode()


def _instruction(length: int) -> st.SearchStrategy[str]:
    def with_argument(name: str) -> st.SearchStrategy[str]:
        if name in JUMPS:
            return st.integers(0, length - 1).map(lambda at: f"{name} l{at}")
        if name in MOST:
            return (
                st.integers(0, MOST[name]).map(lambda number: f"{name} {number}")
                if name != "push"
                else WORDS.map(lambda number: f"push {number}")
            )
        return st.just(name)

    return st.sampled_from(NAMES).flatmap(with_argument)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(programs(), st.integers(0, 2**32))
@example(b"push 1\n" * 17, 1)
@example(b"push 5\npush 7\npush 3\nl0: sub\njnz l0\nhalt", 1)
@example(b"l0: jump l0", 1)
@example(b"l0: push 0\njump l0", 1)
@example(b"l0: call l0", 1)
@example(b"push 255\nsetx\nloadx+\nloadx+\nhalt", 1)
@example(b"push 9\nloady-\nstorey-\nhalt", 1)
@example(b"push 256\nsetx\n" + b"push 1\n" * 16 + b"loadx\nhalt", 1)
@example(b"push 1\ncall two\nhalt\ntwo: call one\none: dup\nadd\nret", 1)
def test_both_machines_say_the_same(program: bytes, seed: int) -> None:
    dice = Random(seed)
    memory = [dice.getrandbits(dice.choice((1, 8, 64))) for _ in range(256)]
    assert judges(program, memory) == agents(program, memory)


@pytest.mark.parametrize("name", NAMES)
def test_both_machines_agree_on_each_instruction(name: str) -> None:
    """With every depth of the stack; what executes does so on numbers that tell it from the others."""
    argument = " here" if name in JUMPS else f" {MOST[name]}" if name in MOST else ""
    memory = [Random(1).getrandbits(64) for _ in range(256)]
    for depth in range(17):
        start = "".join(f"push {Random(at).getrandbits(64)}\n" for at in range(depth))
        program = f"push 3\nsetx\npush 200\nsety\n{start}{name}{argument}\n" + "xor\n" * (depth // 2) + "here: halt"
        for text in (program, program.replace("here: halt", "here: getx\ngety\nadd\nadd\nhalt")):
            assert judges(text.encode(), memory) == agents(text.encode(), memory)


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=200)
    | st.lists(
        st.sampled_from(
            [*NAMES, "push", "a:", "a", ":", "#", "\n", "\n", " ", "\t", "0", "01", "-1", "9" * 20, "9" * 21, "x", "A:"]
        )
    ).map(lambda parts: " ".join(parts).encode())
)
def test_no_file_breaks_the_checker(content: bytes) -> None:
    """Any bytes get one line from either machine, and the same one."""
    complaint = check(submission(content), 1)
    assert isinstance(complaint, str)
    assert "\n" not in complaint
    memory = VERIFY["memory_of"](VERIFY["draw"](1)[0])
    assert judges(content, memory) == agents(content, memory)


@pytest.mark.parametrize("seed", [0, 1, 2**63 - 1])
def test_anchors_are_what_task_toml_says(seed: int) -> None:
    baseline, reference = dict(SPEC.baseline_files), dict(SPEC.reference_files)
    assert check(baseline, seed) is None
    assert check(reference, seed) is None
    assert count(baseline, seed) == SPEC.optimization.baseline.score == 7944
    assert count(reference, seed) == SPEC.optimization.reference.score == 269


def test_the_floor_follows_from_the_bound() -> None:
    """The argument rests on what the instructions do to the stack: nothing lowers it by two, readings push one word."""
    effects = VERIFY["_EFFECTS"]
    assert min(grows for _, grows in effects.values()) == -1
    assert all(effects[name] == (0, 1) for name, (loads, _, _) in VERIFY["_ACCESS"].items() if loads)
    readings = 2 * VERIFY["WORDS"]
    assert SPEC.optimization.floor is not None
    assert SPEC.optimization.floor.score == readings + (readings - 1) + 1 == 256


def test_every_step_of_reference_md_counts_what_it_says() -> None:
    rows = re.findall(
        r"^\| `(\S+\.asm)`[^|]*\| ([\d,]+) \|", (FOLDER / "solution" / "reference.md").read_text(), re.MULTILINE
    )
    steps = {path.name: path for path in (FOLDER / "solution" / "steps").iterdir()}
    said = {name: int(figure.replace(",", "")) for name, figure in rows if name in steps}
    assert said.keys() == steps.keys()
    for name, figure in said.items():
        files = submission(steps[name].read_bytes())
        assert check(files, 5) is None
        assert count(files, 5) == figure


def test_lanes_never_run_over() -> None:
    """What lets products of whole words be added as they are."""
    lanes, largest, words = VERIFY["LANES"], VERIFY["LARGEST"], VERIFY["WORDS"]
    assert words * lanes * largest**2 < 1 << VERIFY["LANE_BITS"]


def test_vectors_come_from_the_seed_and_stand_where_the_instruction_says() -> None:
    one, again, other = VERIFY["draw"](1), VERIFY["draw"](1), VERIFY["draw"](2)
    assert [VERIFY["memory_of"](each) for each in one] == [VERIFY["memory_of"](each) for each in again]
    assert [VERIFY["memory_of"](each) for each in one] != [VERIFY["memory_of"](each) for each in other]
    for each in one:
        memory = VERIFY["memory_of"](each)
        assert memory == AGENTS["memory_of"](each.a.tolist(), each.b.tolist())
        assert memory[127] >> 48 == each.b[0]
        assert memory[64] & 0xFFFF == each.b[255]
        assert memory[1] >> 16 & 0xFFFF == each.a[5]
        assert memory[128:] == [0] * 128
        assert 0 <= min(each.a.min(), each.b.min()) <= max(each.a.max(), each.b.max()) <= 15


def test_the_worst_run_counts() -> None:
    files = submission((FOLDER / "attacks" / "short_way_for_some" / "app" / "dot.asm").read_bytes())
    program = VERIFY["read"](files)
    executed = [VERIFY["run"](program, VERIFY["memory_of"](each))[1] for each in VERIFY["draw"](3)]
    assert min(executed) < max(executed) == count(files, 3)


def test_every_wrong_submission_is_refused() -> None:
    made = wrong(dict(SPEC.reference_files))
    assert len({files.get("dot.asm") for files in made.values()}) == len(made) >= 20
    assert [name for name, files in made.items() if check(files, 1) is None] == []


@pytest.mark.parametrize("attack", SPEC.attacks, ids=lambda attack: attack.name)
def test_attacks_get_their_verdict_from_the_checker(attack) -> None:
    complaint = check(submission((attack.folder / "app" / "dot.asm").read_bytes()), 1)
    assert (complaint is None) == (attack.verdict == "ok")


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("halt\n\nhalt 1\n", "line 3: halt takes nothing, 1 given"),
        ("push\n", "line 1: push takes one argument, 0 given"),
        ("push 18446744073709551616\n", "line 1: '18446744073709551616' is not a number"),
        ("push -1\n", "line 1: '-1' is not a number"),
        ("# x\n shl 64\n", "line 2: '64' is not a number from 0 to 63"),
        ("div\n", "line 1: 'div' is not an instruction"),
        ("jump a\n", "line 1: there is no label 'a'"),
        ("a:\na: halt\n", "line 2: label 'a' stands at line 1 already"),
        ("halt\nb:\n", "line 2: no instruction follows label 'b'"),
        ("A: halt\n", "line 1: 'A' is not a label"),
        ("push 1\r\n", "line 1: byte 0x0d is not allowed"),
        ("push 1\n" * 65, "line 65: the program has 65 instructions"),
        ("#" * 16_385, "dot.asm has 16,385 bytes"),
        ("push 1\nadd\n", "line 2: add needs 2 on the data stack, which holds 1 (step 2)"),
        ("push 1\n" * 17, "line 17: push would put more than 16 on the data stack (step 17)"),
        ("loadx-\nloadx\n", "line 2: loadx at address 18446744073709551615"),
        ("a: call a\n", "line 1: call would put more than 16 on the return stack (step 17)"),
        ("ret\n", "line 1: ret finds the return stack empty"),
        ("push 1\ndup\nhalt\n", "line 3: halt finds 2 on the data stack"),
        ("push 1\n", "line 1: the run goes beyond the last instruction"),
        ("a: jump a\n", "line 1: more than 50,000 instructions executed"),
        ("push 0\nhalt\n", "the result 0 is not the dot product, on vectors of the kind 'uniform'"),
    ],
)
def test_complaints_name_the_line_and_the_reason(text: str, start: str) -> None:
    assert check(submission(text), 1).startswith(start)


def test_isa_md_lists_every_instruction_and_limit() -> None:
    text = (APP / "isa.md").read_text()
    quoted = {each.split()[0] for each in re.findall(r"`([^`]+)`", text)}
    assert set(NAMES) <= quoted
    for name, figure in (
        ("MAX_INSTRUCTIONS", "64"),
        ("MAX_STEPS", "50,000"),
        ("MAX_STACK", "16"),
        ("MAX_BYTES", "16,384"),
        ("MEMORY", "256"),
    ):
        assert f"{VERIFY[name]:,}" == figure
        assert figure in text


@pytest.mark.parametrize(
    ("words", "seen"),
    [
        (("dot.asm",), "dot.asm: right, 63 instructions long, 7,944 executed"),
        (("--trace", "20"), "storex"),
        (("--lines",), "   256  lane:"),
        (("--seed", "5", "../../solution/dot.asm"), "269 executed"),
    ],
)
def test_the_agents_simulator_runs(words: tuple[str, ...], seen: str) -> None:
    done = subprocess.run([sys.executable, "-I", "simulate.py", *words], cwd=APP, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert seen in done.stdout


def test_the_agents_simulator_says_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "bad.asm").write_text("push 1\nadd\nhalt\n")
    (tmp_path / "zero.asm").write_text("push 0\nhalt\n")
    command = [sys.executable, "-I", str(APP / "simulate.py"), "bad.asm", "zero.asm", "none.asm"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "")
    bad, zero, none = done.stdout.splitlines()
    assert bad.startswith("bad.asm: line 2: add needs 2")
    assert zero.startswith("zero.asm: uniform: wrong, 0 where ")
    assert none.startswith("none.asm: ")
