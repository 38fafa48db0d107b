"""The smallest player's task: the judge's game against the agent's, its graph, its reader, its wrong submissions."""

import json
import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autolab.task.load import load_task

FOLDER = Path(__file__).parents[2] / "tasks" / "smallest_game_player"
VERIFY = runpy.run_path(str(FOLDER / "tests" / "verify.py"))
APP = FOLDER / "environment" / "app"
AGENTS = runpy.run_path(str(APP / "game.py"))
with pytest.MonkeyPatch.context() as patch:
    patch.syspath_prepend(APP)  # play.py imports game.py
    PLAY = runpy.run_path(str(APP / "play.py"))
check, count, wrong, run, Refused = (VERIFY[name] for name in ("check", "count", "wrong", "run", "Refused"))
SPEC = load_task(FOLDER)
REFERENCE = dict(SPEC.reference_files)
RANDOM = np.random.default_rng(1)


def bits(planes: np.ndarray) -> list[int]:
    return [int(each) for each in planes @ (1 << np.arange(16))]


def test_both_solvers_find_the_same_states_and_moves() -> None:
    states = VERIFY["decisive"]()
    moves = [[column for column in range(4) if each[column]] for each in states.optimal]
    assert dict(zip(zip(bits(states.own), bits(states.other), strict=True), moves, strict=True)) == AGENTS["decisive"]()
    assert len(moves) == 13_586


def test_the_cells_are_what_the_page_says() -> None:
    own, other = np.zeros((2, 1, 16), dtype=int)
    own[0, 0], other[0, 4], own[0, 3] = 1, 1, 1
    cells = VERIFY["inputs"](own, other)["cells"]
    assert cells.reshape(4, 4).tolist() == [[1, 3, 3, 1], [2, 0, 0, 3], [3, 0, 0, 0], [0, 0, 0, 0]]


def test_anchors_are_what_task_toml_says() -> None:
    for files, anchor in ((SPEC.baseline_files, SPEC.optimization.baseline), (REFERENCE, SPEC.optimization.reference)):
        assert check(dict(files), 1) is None
        assert count(dict(files), 1) == anchor.score


def test_the_judge_solves_the_game_itself_and_says_what_a_player_reaches() -> None:
    weights = {"w": np.zeros((4, 32))}
    graph = {"nodes": [node("x", "reshape", "planes", shape=[32]), node("y", "linear", "x", "w")], "output": "y"}
    said = check({"weights.safetensors": VERIFY["write_weights"](weights), "graph.json": json.dumps(graph).encode()}, 1)
    states = VERIFY["decisive"]()
    leftmost = states.optimal[np.arange(len(states.legal)), states.legal.argmax(axis=1)].mean()
    assert said == f"{100 * leftmost:.2f} % of the 13,586 decisive states get an optimal move; at least 95 % have to"


def node(name: str, op: str, *inputs: str, **attributes: Any) -> dict[str, Any]:
    return {"name": name, "op": op, "inputs": list(inputs), **attributes}


def result(weights: dict[str, np.ndarray], *nodes: dict[str, Any], states: int = 3) -> np.ndarray:
    """What the last node gives, of random boards."""
    own = RANDOM.integers(0, 2, (states, 16))
    given_boards = VERIFY["inputs"](own, 0 * own)
    kept: np.ndarray = run({"nodes": list(nodes), "output": nodes[-1]["name"]}, weights, given_boards)
    return kept


SUMS = np.ones((4, 2, 4, 4))
MISFITS = {
    "a weight first": (node("y", "linear", "w", "w"),),
    "a node as a weight": (node("x", "reshape", "planes", shape=[32]), node("y", "linear", "x", "x")),
    "a weight over the states": (
        node("x", "mean", "planes", axis=1),
        node("z", "mean", "x", axis=1),
        node("y", "add", "z", "w"),
    ),
    "shapes that do not fit": (node("y", "linear", "planes", "w"),),
    "a mean over states": (node("y", "mean", "planes", axis=0),),
    "an axis too many": (node("y", "mean", "planes", axis=4),),
    "the output's shape": (node("y", "relu", "planes"),),
    "a transposition of states": (node("y", "transpose", "planes", axes=[2, 1, 1]),),
    "no such value": (node("y", "relu", "nothing"),),
}


@pytest.mark.parametrize("nodes", MISFITS.values(), ids=list(MISFITS))
def test_a_graph_that_does_not_fit_is_refused(nodes: tuple[dict[str, Any], ...]) -> None:
    with pytest.raises(Refused):
        result({"w": np.ones((3, 4))}, *nodes)


@pytest.mark.parametrize(
    ("weights", "nodes"),
    [
        ({"w": np.ones((50_000, 2))}, (node("y", "embed", "cells", "w"),)),
        ({"w": np.ones((25_000, 4))}, (node("y", "linear", "planes", "w"),)),
        ({"w": np.ones((600, 2, 9, 9))}, (node("y", "conv2d", "planes", "w", pad_rows=6, pad_columns=6),)),
        (
            {"w": np.ones((4, 1_000)), "v": np.ones((60, 1_000))},
            (node("x", "embed", "cells", "w"), node("z", "linear", "x", "v"), node("y", "linear", "z", "v")),
        ),
    ],
    ids=["embed", "linear", "conv2d", "products"],
)
def test_a_graph_that_is_too_large_is_refused_before_it_runs(
    weights: dict[str, np.ndarray], nodes: tuple[dict[str, Any], ...]
) -> None:
    with pytest.raises(Refused):
        result(weights, *nodes)


def test_operations_are_what_the_page_says() -> None:
    planes = {"planes": RANDOM.normal(size=(5, 2, 4, 4))}
    weight, bias = RANDOM.normal(size=(3, 2, 2, 3)), RANDOM.normal(size=3)
    found = VERIFY["OPERATIONS"]["conv2d"].does(planes["planes"], weight, bias, pad_rows=1, pad_columns=2)
    padded = np.pad(planes["planes"], ((0, 0), (0, 0), (1, 1), (2, 2)))
    assert found.shape == (5, 3, 5, 6)
    for row, column in ((0, 0), (4, 5), (2, 3)):
        window = padded[:, :, row : row + 2, column : column + 3]
        assert np.allclose(found[:, :, row, column], np.einsum("nchw,ochw->no", window, weight) + bias)
    q, k, v = RANDOM.normal(size=(3, 5, 6, 4))
    seen = VERIFY["OPERATIONS"]["attention"].does(q, k, v, heads=2)
    for head in (slice(0, 2), slice(2, 4)):
        powers = np.exp(np.einsum("nad,nbd->nab", q[..., head], k[..., head]) / np.sqrt(2))
        assert np.allclose(seen[..., head], powers / powers.sum(-1, keepdims=True) @ v[..., head])
    normed = VERIFY["OPERATIONS"]["layernorm"].does(q, np.full(4, 2.0), np.full(4, 1.0))
    assert np.allclose(normed.mean(-1), 1)
    assert np.allclose(normed.std(-1), 2, atol=1e-3)


def test_weights_read_back() -> None:
    tensors = {"a": RANDOM.normal(size=(2, 3)).astype("f4"), "b.c": np.zeros(1, "f4")}
    kept = VERIFY["read_weights"]({"weights.safetensors": VERIFY["write_weights"](tensors)})
    assert list(kept) == list(tensors)
    assert all(np.array_equal(kept[name], tensors[name]) for name in tensors)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 2**64 - 1), st.integers(0, 400), st.binary(min_size=1, max_size=3))
def test_no_file_breaks_the_reader(content: bytes, length: int, at: int, put: bytes) -> None:
    """Any bytes, any length of a header, and any few bytes put into the reference's files."""
    whole = REFERENCE["weights.safetensors"]
    for changed in (content, length.to_bytes(8, "little") + content, whole[:at] + put + whole[at + len(put) :]):
        _one_line({**REFERENCE, "weights.safetensors": changed})
    graph = REFERENCE["graph.json"]
    for changed in (content, graph[:at] + put + graph[at + len(put) :]):
        _one_line({**REFERENCE, "graph.json": changed})


def _one_line(files: dict[str, bytes]) -> None:
    try:
        weights, graph = VERIFY["read_weights"](files), VERIFY["read_graph"](files)
        output = run(graph, weights, VERIFY["inputs"](np.eye(16, dtype=int), 1 - np.eye(16, dtype=int)))
    except Refused as refused:
        said = str(refused)
    else:
        said = ""
        assert output.shape == (16, 4)
        assert np.isfinite(output).all()
    assert "\n" not in said


def test_wrong_submissions_are_refused() -> None:
    results = wrong(REFERENCE)
    assert len(results) >= 20
    assert [name for name, files in results.items() if check(files, 1) is None] == []


def judged(graph: dict[str, Any], files: dict[str, bytes], own: np.ndarray, other: np.ndarray) -> np.ndarray:
    """What the judge's interpreter gives, in 64 bits, so that the two can be compared closely."""
    values = (VERIFY["inputs"](own, other), VERIFY["read_weights"](files))
    boards, weights = (
        {name: each.astype(np.float64) if name != "cells" else each for name, each in part.items()} for part in values
    )
    kept: np.ndarray = run(graph, weights, boards)
    return kept


def in_the_bench(graph: dict[str, Any], weights: bytes, own: int, other: int) -> list[float]:
    """What the agent's own interpreter gives."""
    kept: list[float] = PLAY["scores"](graph, PLAY["tensors"](weights), own, other)
    return kept


@pytest.mark.parametrize("files", [dict(SPEC.baseline_files), REFERENCE], ids=["baseline", "reference"])
def test_both_interpreters_give_the_same_scores(files: dict[str, bytes]) -> None:
    states = VERIFY["decisive"]()
    chosen = RANDOM.integers(0, len(states.own), 4)
    graph = VERIFY["read_graph"](files)
    judges = judged(graph, files, states.own[chosen], states.other[chosen])
    for score, own, other in zip(judges, bits(states.own[chosen]), bits(states.other[chosen]), strict=True):
        assert np.allclose(score, in_the_bench(graph, files["weights.safetensors"], own, other), atol=1e-6)


STEPS: dict[
    str, list[tuple[str, tuple[str, ...], dict[str, Any]]]
] = {  # what each step makes of (2, 4, 4) and gives back in that shape
    "softmax": [("softmax", (), {})],
    "relu": [("relu", (), {})],
    "gelu": [("gelu", (), {})],
    "tanh": [("tanh", (), {})],
    "add": [("add", ("row",), {})],
    "mul": [("mul", ("plane",), {})],
    "linear": [("linear", ("square", "row"), {})],
    "layernorm": [("layernorm", ("row", "row"), {})],
    "conv2d": [("conv2d", ("kernel", "two"), {"pad_rows": 1, "pad_columns": 0})],
    "transpose": [("transpose", (), {"axes": [1, 3, 2]})],
    "reshape": [("reshape", (), {"shape": [4, 2, 4]}), ("transpose", (), {"axes": [2, 1, 3]})],
}
SHAPES = {"row": (4,), "plane": (4, 1), "square": (4, 4), "kernel": (2, 2, 3, 1), "two": (2,)}


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from(sorted(STEPS)), max_size=6),
    st.sampled_from(["mean", "max"]),
    st.permutations([1, 2]),
    st.integers(0, 2**16 - 1),
    st.integers(0, 2**16 - 1),
    st.integers(0, 99),
)
def test_both_interpreters_say_the_same_of_any_graph(
    steps: list[str], last: str, axes: list[int], own: int, other: int, seed: int
) -> None:
    other &= ~own
    dice = np.random.default_rng(seed)
    weights = VERIFY["write_weights"]({name: dice.normal(size=shape) for name, shape in SHAPES.items()})
    nodes: list[dict[str, Any]] = []
    at = "planes"
    for op, more, attributes in [part for step in steps for part in STEPS[step]] + [
        (last, (), {"axis": axis}) for axis in [*axes[:1], 1]
    ]:
        nodes.append(node(f"n{len(nodes)}", op, at, *more, **attributes))
        at = nodes[-1]["name"]
    graph = {"nodes": nodes, "output": at}
    boards = [np.array([[stones >> bit & 1 for bit in range(16)]]) for stones in (own, other)]
    judges = judged(graph, {"weights.safetensors": weights}, *boards)
    assert np.allclose(judges[0], in_the_bench(graph, weights, own, other), rtol=1e-6, atol=1e-6)
