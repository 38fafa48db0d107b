"""Solves 4x4 Connect-3 exactly, runs a declared graph of operations on every decisive state, and counts its parameters.

The submission is data: numbers in safetensors and a graph in JSON, both read here, with no code of anybody else's.
environment/app/graph.md is what this follows.
"""

import json
import math
import re
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np

WEIGHTS, GRAPH = "weights.safetensors", "graph.json"
NEEDED = 0.95  # share of decisive states with an optimal move

MAX_WEIGHT_BYTES = 512 << 10
MAX_HEADER_BYTES = 32 << 10
MAX_GRAPH_BYTES = 16 << 10
MAX_PARAMETERS = 100_000
MAX_MAGNITUDE = 10_000.0
MAX_NODES = 40
MAX_ELEMENTS = 65_536  # of all values of a graph, and of what operations lay out for them, for one state
MAX_PRODUCTS = 1_000_000  # multiplications of the whole graph for one state
CHUNK = 256  # states at a time

SIDE = 4
CELLS = SIDE * SIDE  # bit row * 4 + column, row 0 is the lowest
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,39}")


class Refused(Exception):
    """The submission breaks the format; the text says where and why."""


def check(files: dict[str, bytes], seed: int) -> str | None:
    """None if the player moves well enough, else what is wrong. The same for every seed: all decisive states count."""
    try:
        share = accuracy(read_graph(files), read_weights(files))
    except Refused as refused:
        return str(refused)
    if share < NEEDED:
        return f"{100 * share:.2f} % of the {len(decisive().optimal):,} decisive states get an optimal move; at least {100 * NEEDED:.0f} % have to"
    return None


def count(files: dict[str, bytes], seed: int) -> int:
    """Numbers in the weights, used or not."""
    return sum(tensor.size for tensor in read_weights(files).values())


# The game


class States(NamedTuple):
    """States in which some legal move is worse than another; `own` are the stones of who is to move."""

    own: np.ndarray  # (states, 16) of 0 and 1
    other: np.ndarray
    legal: np.ndarray  # (states, 4)
    optimal: np.ndarray


def _lines() -> list[int]:
    found = []
    for row in range(SIDE):
        for column in range(SIDE):
            for down, right in ((0, 1), (1, 0), (1, 1), (1, -1)):
                ends = row + 2 * down, column + 2 * right
                if all(0 <= end < SIDE for end in ends):
                    found.append(sum(1 << ((row + k * down) * SIDE + column + k * right) for k in range(3)))
    return found


LINES = _lines()


def moves(own: int, other: int) -> list[tuple[int, int, bool]]:
    """Each legal move: its column, the mover's stones after it, and whether it wins."""
    found = []
    for column in range(SIDE):
        for row in range(SIDE):
            place = 1 << (row * SIDE + column)
            if not (own | other) & place:
                stones = own | place
                found.append((column, stones, any(stones & line == line for line in LINES)))
                break
    return found


@cache
def decisive() -> States:
    """All decisive states that legal play can reach, sorted; the game ends with three in a row or a full board."""
    layers = [{(0, 0)}]
    for _ in range(CELLS):
        layers.append(
            {(other, stones) for own, other in layers[-1] for _, stones, wins in moves(own, other) if not wins}
        )
    worth = dict.fromkeys(layers.pop(), 0)  # full boards
    found = []
    for layer in layers[::-1]:
        for own, other in layer:
            results = {column: 1 if wins else -worth[other, stones] for column, stones, wins in moves(own, other)}
            best = worth[own, other] = max(results.values())
            if min(results.values()) < best:
                found.append(
                    (
                        own,
                        other,
                        [column in results for column in range(SIDE)],
                        [results.get(column) == best for column in range(SIDE)],
                    )
                )
    own, other, legal, optimal = zip(*sorted(found), strict=True)
    bits = np.arange(CELLS)
    planes = [np.array(each)[:, None] >> bits & 1 for each in (own, other)]
    return States(planes[0], planes[1], np.array(legal), np.array(optimal))


def inputs(own: np.ndarray, other: np.ndarray) -> dict[str, np.ndarray]:
    """What a graph sees of states: `planes` (states, 2, 4, 4) and `cells` (states, 16), 3 where a stone may fall next."""
    full = own + other
    below = np.concatenate([np.ones_like(full[:, :SIDE]), full[:, :-SIDE]], axis=1)
    planes = np.stack([own, other], axis=1).reshape(-1, 2, SIDE, SIDE).astype(np.float32)
    return {"planes": planes, "cells": own + 2 * other + 3 * ((1 - full) * below)}


def accuracy(graph: dict[str, Any], weights: dict[str, np.ndarray]) -> float:
    """Share of decisive states in which the highest output of a legal column is an optimal move; the leftmost of equals."""
    states = decisive()
    right = 0
    for begin in range(0, len(states.own), CHUNK):
        part = slice(begin, begin + CHUNK)
        scores = run(graph, weights, inputs(states.own[part], states.other[part]))
        chosen = np.where(states.legal[part], scores, -np.inf).argmax(axis=1)
        right += int(states.optimal[part][np.arange(len(chosen)), chosen].sum())
    return right / len(states.own)


# The graph


class Operation(NamedTuple):
    """How many inputs it may have, its attributes with their largest value (0: a list), and what it does."""

    inputs: tuple[int, ...]
    attributes: dict[str, int]
    does: Callable[..., np.ndarray]


def run(graph: dict[str, Any], weights: dict[str, np.ndarray], given: dict[str, np.ndarray]) -> np.ndarray:
    """The output for each state: (states, 4). Raises Refused."""
    values = {**given, **weights}
    laid_out = products = 0
    with np.errstate(all="ignore"):
        for node in graph["nodes"]:
            name, rest = node["name"], {key: node[key] for key in OPERATIONS[node["op"]].attributes}
            for one in node["inputs"]:
                if one not in values:
                    raise Refused(f"node {name!r}: there is no value {one!r} before it")
            chosen = [values[one] for one in node["inputs"]]
            _places(node, weights, chosen)
            try:
                needs = _needs(node["op"], chosen, rest)
                laid_out, products = laid_out + needs[0], products + needs[1]
                if laid_out > MAX_ELEMENTS or products > MAX_PRODUCTS:
                    raise Refused(
                        f"node {name!r}: the graph is too large: {laid_out:,} numbers and {products:,} multiplications for a state by here"
                    )
                found = OPERATIONS[node["op"]].does(*chosen, **rest)
            except (ValueError, IndexError, TypeError) as error:
                raise Refused(
                    f"node {name!r}: {node['op']} does not fit its inputs of shapes {[each.shape[1:] for each in chosen]}"
                ) from error
            if found.shape[:1] != chosen[0].shape[:1]:
                raise Refused(f"node {name!r}: {node['op']} mixes states")
            values[name] = found
    output = values[graph["output"]]
    if output.shape[1:] != (SIDE,):
        raise Refused(f"output {graph['output']!r} has shape {output.shape[1:]} for a state; (4,) is needed")
    if not np.isfinite(output).all():
        raise Refused(f"output {graph['output']!r} has numbers that are not finite")
    return output


def _places(node: dict[str, Any], weights: dict[str, np.ndarray], given: list[np.ndarray]) -> None:
    """Keeps states apart: what comes from the state has axis 0 for states, and no weight stands where that is."""
    op, (first, *others) = node["op"], node["inputs"]
    if first in weights:
        raise Refused(f"node {node['name']!r}: its first input is a tensor; it has to come from the state")
    for one, value in zip(others, given[1:], strict=True):
        if op in {"add", "mul"}:
            fits = value.ndim < given[0].ndim if one in weights else value.ndim == given[0].ndim
        else:
            fits = (one in weights) == (op != "attention")
        if not fits:
            raise Refused(f"node {node['name']!r}: {op} does not take {one!r} in this place")


def _needs(op: str, given: list[np.ndarray], rest: dict[str, Any]) -> tuple[int, int]:
    """Numbers that an operation lays out for one state, and its multiplications, before it is done."""
    x = given[0]
    size = x[:1].size
    if op == "embed":
        return size * given[1].shape[1], 0
    if op == "linear":
        return size // x.shape[-1] * given[1].shape[0], size * given[1].shape[0]
    if op == "conv2d":
        outputs, channels, high, wide = given[1].shape
        places = (x.shape[2] + 2 * rest["pad_rows"] - high + 1) * (x.shape[3] + 2 * rest["pad_columns"] - wide + 1)
        window = channels * high * wide
        return abs(places) * max(window, outputs), abs(places) * window * outputs
    if op == "attention":
        return max(size, x.shape[1] ** 2 * rest["heads"]), 2 * size * x.shape[1]
    return size, size


def _shape(wanted: bool) -> None:
    if not wanted:
        raise ValueError


def _embed(cells: np.ndarray, table: np.ndarray) -> np.ndarray:
    _shape(cells.dtype.kind == "i" and table.ndim == 2 and len(table) == 4)
    return table[cells]


def _linear(x: np.ndarray, weight: np.ndarray, bias: np.ndarray | None = None) -> np.ndarray:
    _shape(weight.ndim == 2 and x.ndim >= 2 and (bias is None or bias.shape == weight.shape[:1]))
    found: np.ndarray = x @ weight.T
    return found if bias is None else found + bias


def _conv2d(
    x: np.ndarray, weight: np.ndarray, bias: np.ndarray | None = None, *, pad_rows: int, pad_columns: int
) -> np.ndarray:
    _shape(
        x.ndim == 4
        and weight.ndim == 4
        and x.shape[1] == weight.shape[1]
        and (bias is None or bias.shape == weight.shape[:1])
    )
    padded = np.pad(x, ((0, 0), (0, 0), (pad_rows, pad_rows), (pad_columns, pad_columns)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, weight.shape[2:], axis=(2, 3))
    found: np.ndarray = np.moveaxis(np.tensordot(windows, weight, axes=([1, 4, 5], [1, 2, 3])), -1, 1)
    return found if bias is None else found + bias[:, None, None]


def _layernorm(x: np.ndarray, gain: np.ndarray, bias: np.ndarray) -> np.ndarray:
    _shape(gain.shape == bias.shape == x.shape[-1:])
    middle = x - x.mean(axis=-1, keepdims=True)
    found: np.ndarray = middle / np.sqrt((middle**2).mean(axis=-1, keepdims=True) + 1e-5) * gain + bias
    return found


def _attention(q: np.ndarray, k: np.ndarray, v: np.ndarray, *, heads: int) -> np.ndarray:
    _shape(q.ndim == 3 and q.shape == k.shape == v.shape and q.shape[2] % heads == 0)
    states, places, width = q.shape
    q, k, v = (each.reshape(states, places, heads, width // heads).transpose(0, 2, 1, 3) for each in (q, k, v))
    found: np.ndarray = _softmax(q @ k.transpose(0, 1, 3, 2) / math.sqrt(width // heads)) @ v
    return found.transpose(0, 2, 1, 3).reshape(states, places, width)


def _softmax(x: np.ndarray) -> np.ndarray:
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    found: np.ndarray = powers / powers.sum(axis=-1, keepdims=True)
    return found


def _gelu(x: np.ndarray) -> np.ndarray:
    return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


def _axis(function: Callable[..., Any]) -> Callable[..., np.ndarray]:
    def along(x: np.ndarray, *, axis: int) -> np.ndarray:
        _shape(axis >= 1)
        return np.asarray(function(x, axis=axis))

    return along


def _reshape(x: np.ndarray, *, shape: list[int]) -> np.ndarray:
    return x.reshape(len(x), *shape)


def _transpose(x: np.ndarray, *, axes: list[int]) -> np.ndarray:
    return x.transpose(0, *axes)


def _add(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    _shape(np.broadcast_shapes(x.shape, y.shape) == x.shape)
    return x + y


def _mul(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    _shape(np.broadcast_shapes(x.shape, y.shape) == x.shape)
    return x * y


OPERATIONS = {
    "embed": Operation((2,), {}, _embed),
    "linear": Operation((2, 3), {}, _linear),
    "conv2d": Operation((2, 3), {"pad_rows": 6, "pad_columns": 6}, _conv2d),
    "layernorm": Operation((3,), {}, _layernorm),
    "attention": Operation((3,), {"heads": 16}, _attention),
    "softmax": Operation((1,), {}, _softmax),
    "relu": Operation((1,), {}, lambda x: np.maximum(x, 0)),
    "gelu": Operation((1,), {}, _gelu),
    "tanh": Operation((1,), {}, np.tanh),
    "add": Operation((2,), {}, _add),
    "mul": Operation((2,), {}, _mul),
    "mean": Operation((1,), {"axis": 4}, _axis(np.mean)),
    "max": Operation((1,), {"axis": 4}, _axis(np.max)),
    "reshape": Operation((1,), {"shape": 0}, _reshape),
    "transpose": Operation((1,), {"axes": 0}, _transpose),
}


# Files


def read_weights(files: dict[str, bytes]) -> dict[str, np.ndarray]:
    """The tensors, as safetensors lays them out: length of the header, header, numbers, with nothing between or behind."""
    content = _content(files, WEIGHTS, MAX_WEIGHT_BYTES)
    length = int.from_bytes(content[:8], "little")
    if len(content) < 8 or not 2 <= length <= min(MAX_HEADER_BYTES, len(content) - 8):
        raise Refused(
            f"{WEIGHTS}: the header's length is {length}, of {len(content):,} bytes; at most {MAX_HEADER_BYTES:,}"
        )
    header, numbers = _json(content[8 : 8 + length], WEIGHTS), content[8 + length :]
    tensors: dict[str, np.ndarray] = {}
    end = 0
    for name, about in header.items():
        if not _NAME.fullmatch(name):
            raise Refused(
                f"{WEIGHTS}: {name[:40]!r} is not a name: letters, digits, _ and ., a letter first, at most 40"
            )
        if not isinstance(about, dict) or set(about) != {"dtype", "shape", "data_offsets"} or about["dtype"] != "F32":
            raise Refused(f"{WEIGHTS}: {name!r} needs dtype F32, shape and data_offsets, nothing else")
        shape, offsets = about["shape"], about["data_offsets"]
        if not _whole(shape, 1, MAX_PARAMETERS) or not 1 <= len(shape) <= 4 or math.prod(shape) > MAX_PARAMETERS:
            raise Refused(f"{WEIGHTS}: {name!r} has no shape of one to four sizes from 1 on")
        if not _whole(offsets, 0, MAX_WEIGHT_BYTES) or offsets != [end, end + 4 * math.prod(shape)]:
            raise Refused(
                f"{WEIGHTS}: {name!r} has to be at bytes {end} to {end + 4 * math.prod(shape)}, behind the one before it"
            )
        end = offsets[1]
        if end > len(numbers):
            break
        tensors[name] = np.frombuffer(numbers[offsets[0] : end], dtype="<f4").reshape(shape).astype(np.float32)
        if not (np.abs(tensors[name]) <= MAX_MAGNITUDE).all():
            raise Refused(f"{WEIGHTS}: {name!r} has a number that is not within {MAX_MAGNITUDE:,.0f} of 0")
    if end != len(numbers) or not 0 < end <= 4 * MAX_PARAMETERS:
        raise Refused(
            f"{WEIGHTS}: the header speaks of {end:,} bytes, {len(numbers):,} follow; 1 to {MAX_PARAMETERS:,} numbers are allowed"
        )
    return tensors


def read_graph(files: dict[str, bytes]) -> dict[str, Any]:
    """The graph, its form checked; shapes are checked when it runs."""
    graph = _json(_content(files, GRAPH, MAX_GRAPH_BYTES), GRAPH)
    if set(graph) != {"nodes", "output"} or not isinstance(graph["nodes"], list):
        raise Refused(f"{GRAPH}: needs a list 'nodes' and 'output', nothing else")
    if not 1 <= len(graph["nodes"]) <= MAX_NODES:
        raise Refused(f"{GRAPH}: {len(graph['nodes'])} nodes; 1 to {MAX_NODES} are allowed")
    names: set[str] = set(read_weights(files)) | {"planes", "cells"}
    if len(names) < 2 + len(read_weights(files)):
        raise Refused(f"{WEIGHTS}: 'planes' and 'cells' are the names of the inputs")
    nodes = set()
    for number, node in enumerate(graph["nodes"], 1):
        _node(node, f"{GRAPH}: node {number}")
        if node["name"] in names:
            raise Refused(f"{GRAPH}: node {number}: the name {node['name']!r} is taken")
        names.add(node["name"])
        nodes.add(node["name"])
    if not isinstance(graph["output"], str) or graph["output"] not in nodes:
        raise Refused(f"{GRAPH}: the output is not the name of a node")
    return graph


def _node(node: Any, where: str) -> None:
    if not isinstance(node, dict) or not isinstance(node.get("op"), str) or node["op"] not in OPERATIONS:
        raise Refused(f"{where}: needs an 'op', one of {', '.join(OPERATIONS)}")
    operation = OPERATIONS[node["op"]]
    if set(node) != {"name", "op", "inputs", *operation.attributes}:
        raise Refused(
            f"{where}: {node['op']} has name, op, inputs{''.join(f', {each}' for each in operation.attributes)}, nothing else"
        )
    if not isinstance(node["name"], str) or not _NAME.fullmatch(node["name"]):
        raise Refused(f"{where}: its name is not one of letters, digits, _ and ., a letter first, at most 40")
    given = node["inputs"]
    if (
        not isinstance(given, list)
        or len(given) not in operation.inputs
        or not all(isinstance(one, str) for one in given)
    ):
        raise Refused(f"{where}: {node['op']} takes {' or '.join(map(str, operation.inputs))} inputs, by name")
    for attribute, most in operation.attributes.items():
        value = node[attribute]
        if most and not _whole([value], 1 if attribute in {"axis", "heads"} else 0, most):
            raise Refused(f"{where}: {attribute} has to be a whole number up to {most}")
        if not most and not (_whole(value, 1, MAX_ELEMENTS) and 1 <= len(value) <= 4):
            raise Refused(f"{where}: {attribute} has to be a list of one to four whole numbers from 1 on")


def _whole(values: Any, least: int, most: int) -> bool:
    return isinstance(values, list) and all(type(value) is int and least <= value <= most for value in values)


def _content(files: dict[str, bytes], name: str, most: int) -> bytes:
    if name not in files:
        raise Refused(f"{name} is missing")
    if len(files[name]) > most:
        raise Refused(f"{name} has {len(files[name]):,} bytes; at most {most:,} are allowed")
    return files[name]


def _json(content: bytes, name: str) -> dict[str, Any]:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            raise Refused(f"{name}: a key stands twice")
        return found

    try:
        value = json.loads(content.decode("ascii"), object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        raise Refused(f"{name}: not JSON in ASCII ({' '.join(str(error).split())[:80]})") from error
    if not isinstance(value, dict):
        raise Refused(f"{name}: not a JSON object")
    return value


def write_weights(tensors: dict[str, np.ndarray]) -> bytes:
    """The inverse of `read_weights`."""
    header: dict[str, Any] = {}
    numbers = b""
    for name, tensor in tensors.items():
        data = np.asarray(tensor, dtype="<f4").tobytes()
        header[name] = {
            "dtype": "F32",
            "shape": list(tensor.shape),
            "data_offsets": [len(numbers), len(numbers) + len(data)],
        }
        numbers += data
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + numbers


# Wrong submissions


def wrong(files: dict[str, bytes]) -> dict[str, dict[str, bytes]]:
    """Wrong submissions made from the reference's: worse players, broken rules, broken format."""
    weights, text = files[WEIGHTS], files[GRAPH]
    tensors = read_weights(files)
    length = int.from_bytes(weights[:8], "little")
    header, numbers = weights[8 : 8 + length], weights[8 + length :]

    def framed(text: bytes, data: bytes = numbers) -> bytes:
        return len(text).to_bytes(8, "little") + text + data

    def about(**changes: Any) -> bytes:
        first, *rest = json.loads(header).items()
        return framed(json.dumps({first[0]: {**first[1], **changes}, **dict(rest)}).encode())

    def nodes(change: Callable[[list[dict[str, Any]]], Any], **other: Any) -> bytes:
        graph = json.loads(text)
        change(graph["nodes"])
        return json.dumps({**graph, **other}).encode()

    def changed(tensor: Callable[[np.ndarray], np.ndarray]) -> bytes:
        return write_weights({name: tensor(each) for name, each in tensors.items()})

    others_weights = {
        "zero": changed(np.zeros_like),
        "ones": changed(np.ones_like),
        "turned": changed(lambda each: -each),
        "upside down": changed(lambda each: each[..., ::-1] * 1),
        "not a number": changed(lambda each: each * np.nan),
        "infinite": changed(lambda each: each + np.inf),
        "large": changed(lambda each: each + 1e9),
        "empty": b"",
        "seven bytes": weights[:7],
        "header alone": weights[: 8 + length],
        "a byte less": weights[:-1],
        "a byte more": weights + b"\0",
        "a number more": weights + bytes(4),
        "huge header": b"\xff" * 8 + weights[8:],
        "header too long": (length + 4).to_bytes(8, "little") + weights[8:],
        "no header": (0).to_bytes(8, "little") + weights[8:],
        "metadata": framed(header[:-1] + b', "__metadata__": {"a": "b"}}'),
        "list": framed(b"[" + header + b"]"),
        "key twice": framed(header[:-1] + b", " + header[1:]),
        "pickle": b"\x80\x04." + weights,
        "half precision": about(dtype="F16"),
        "whole numbers": about(dtype="I32"),
        "negative shape": about(shape=[-1]),
        "no shape": about(shape=[]),
        "shape as text": about(shape="4"),
        "true as a size": about(shape=[True]),
        "five axes": about(shape=[1, 1, 1, 1, 1]),
        "overlap": about(data_offsets=[0, 0]),
        "beyond the end": about(data_offsets=[0, 1 << 40]),
        "gap": about(data_offsets=[4, 8]),
        "no tensors": framed(b"{}", b""),
        "deep": framed(b'{"a": ' + b"[" * 10_000 + b"]" * 10_000 + b"}"),
    }
    others_graph = {
        "graph empty": b"",
        "graph a list": b"[]",
        "graph not JSON": text[:-3],
        "graph in utf-16": text.decode().encode("utf-16"),
        "no nodes": nodes(lambda each: each.clear()),
        "many nodes": nodes(
            lambda each: each.extend({"name": f"x{n}", "op": "relu", "inputs": ["planes"]} for n in range(MAX_NODES))
        ),
        "unknown operation": nodes(lambda each: each[0].update(op="gather")),
        "code": nodes(lambda each: each[0].update(op="python", code="print(1)")),
        "attribute more": nodes(lambda each: each[0].update(table=[1, 2, 3])),
        "no such input": nodes(lambda each: each[0].update(inputs=["nothing", *each[0]["inputs"][1:]])),
        "input from later": nodes(lambda each: each.reverse()),
        "inputs too few": nodes(lambda each: each[0].update(inputs=[])),
        "inputs are numbers": nodes(lambda each: each[0].update(inputs=[0, 1])),
        "same name": nodes(lambda each: each.append(dict(each[0]))),
        "name of an input": nodes(lambda each: each[-1].update(name="planes")),
        "odd name": nodes(lambda each: each[-1].update(name="a b")),
        "weight first": nodes(lambda each: each[0].update(inputs=each[0]["inputs"][::-1])),
        "output a weight": nodes(lambda each: None, output=next(iter(tensors))),
        "output the board": nodes(lambda each: None, output="planes"),
        "output nothing": nodes(lambda each: None, output=""),
        "output of another shape": nodes(lambda each: None, output=json.loads(text)["nodes"][0]["name"]),
        "key more": nodes(lambda each: None, states=[[0, 1], [2, 3]]),
        "over all states": nodes(
            lambda each: each.append({"name": "over", "op": "mean", "inputs": [each[-1]["name"]], "axis": 0}),
            output="over",
        ),
        "shape of zero": nodes(
            lambda each: each.append({"name": "over", "op": "reshape", "inputs": [each[-1]["name"]], "shape": [0]}),
            output="over",
        ),
        "graph huge": text + b" " * MAX_GRAPH_BYTES,
    }
    results = {name: {**files, WEIGHTS: content} for name, content in others_weights.items()}
    results |= {name: {**files, GRAPH: content} for name, content in others_graph.items()}
    results |= {
        f"no {name}": {other: content for other, content in files.items() if other != name} for name in (WEIGHTS, GRAPH)
    }
    return results
