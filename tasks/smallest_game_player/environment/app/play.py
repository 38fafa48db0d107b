"""Plays: `python3 play.py [STATES]` runs the graph on that many decisive states (default 300) and prints how many moves are optimal.

Plain Python, one state at a time, so it is slow: the judge has an interpreter of its own. Values are lists of numbers with a shape.
It does not check the limits of graph.md.
"""

import itertools
import json
import math
import random
import struct
import sys
from pathlib import Path

from game import decisive


class Value:
    """Numbers in the order of their places, last axis fastest."""

    def __init__(self, shape, numbers):
        self.shape, self.numbers = tuple(shape), list(numbers)
        if math.prod(self.shape) != len(self.numbers):
            raise ValueError(f"{len(self.numbers)} numbers do not fill shape {self.shape}")

    def rows(self):
        """The numbers along the last axis, row by row."""
        wide = self.shape[-1]
        return [self.numbers[at : at + wide] for at in range(0, len(self.numbers), wide)]

    def at(self, *place):
        """One number; places beyond an axis of one are that one's."""
        index = 0
        for size, each in zip(self.shape, place):
            index = index * size + (each if size > 1 else 0)
        return self.numbers[index]


def places(shape):
    return itertools.product(*map(range, shape))


def by_row(function):
    return lambda x: Value(x.shape, [number for row in x.rows() for number in function(row)])


def embed(cells, table):
    rows = table.rows()
    return Value((16, table.shape[1]), [number for cell in cells.numbers for number in rows[cell]])


def linear(x, weight, bias=None):
    shift = bias.numbers if bias else [0.0] * weight.shape[0]
    found = [sum(map(float.__mul__, row, line)) + b for row in x.rows() for line, b in zip(weight.rows(), shift)]
    return Value((*x.shape[:-1], weight.shape[0]), found)


def conv2d(x, weight, bias=None, pad_rows=0, pad_columns=0):
    (channels, height, width), (outputs, _, high, wide) = x.shape, weight.shape
    rows, columns = height + 2 * pad_rows - high + 1, width + 2 * pad_columns - wide + 1
    found = []
    for o, row, column in places((outputs, rows, columns)):
        total = bias.numbers[o] if bias else 0.0
        for c, i, j in places((channels, high, wide)):
            r, s = row + i - pad_rows, column + j - pad_columns
            if 0 <= r < height and 0 <= s < width:
                total += x.at(c, r, s) * weight.at(o, c, i, j)
        found.append(total)
    return Value((outputs, rows, columns), found)


def layernorm(x, gain, bias):
    def norm(row):
        mean = sum(row) / len(row)
        scale = math.sqrt(sum((each - mean) ** 2 for each in row) / len(row) + 1e-5)
        return [(each - mean) / scale * g + b for each, g, b in zip(row, gain.numbers, bias.numbers)]

    return by_row(norm)(x)


def soften(row):
    top = max(row)
    powers = [math.exp(each - top) for each in row]
    return [power / sum(powers) for power in powers]


def attention(q, k, v, heads):
    count, width = q.shape
    part = width // heads
    found = [0.0] * (count * width)
    for head in range(heads):
        own = slice(head * part, (head + 1) * part)
        for place, row in enumerate(q.rows()):
            seen = soften([sum(map(float.__mul__, row[own], other[own])) / math.sqrt(part) for other in k.rows()])
            for j in range(part):
                found[place * width + head * part + j] = sum(s * other[own][j] for s, other in zip(seen, v.rows()))
    return Value(q.shape, found)


def gelu(number):
    return 0.5 * number * (1 + math.tanh(math.sqrt(2 / math.pi) * (number + 0.044715 * number**3)))


def each(function):
    return lambda x: Value(x.shape, map(function, x.numbers))


def both(function):
    def done(x, y):
        shorter = len(x.shape) - len(y.shape)
        return Value(x.shape, [function(x.at(*place), y.at(*place[shorter:])) for place in places(x.shape)])

    return done


def along(function):
    def done(x, axis):
        rest = [size for number, size in enumerate(x.shape, 1) if number != axis]
        lines = [[x.at(*place[: axis - 1], k, *place[axis - 1 :]) for k in range(x.shape[axis - 1])] for place in places(rest)]
        return Value(rest, map(function, lines))

    return done


def transpose(x, axes):
    shape = [x.shape[axis - 1] for axis in axes]
    where = [axes.index(number) for number in range(1, len(axes) + 1)]
    return Value(shape, [x.at(*(place[axis] for axis in where)) for place in places(shape)])


OPERATIONS = {
    "embed": embed,
    "linear": linear,
    "conv2d": conv2d,
    "layernorm": layernorm,
    "attention": attention,
    "softmax": by_row(soften),
    "relu": each(lambda number: max(number, 0.0)),
    "gelu": each(gelu),
    "tanh": each(math.tanh),
    "add": both(lambda a, b: a + b),
    "mul": both(lambda a, b: a * b),
    "mean": along(lambda line: sum(line) / len(line)),
    "max": along(max),
    "reshape": lambda x, shape: Value(shape, x.numbers),
    "transpose": transpose,
}


def tensors(content):
    """The tensors of a safetensors file."""
    (length,) = struct.unpack("<Q", content[:8])
    found = {}
    for name, about in json.loads(content[8 : 8 + length]).items():
        begin, end = (8 + length + offset for offset in about["data_offsets"])
        found[name] = Value(about["shape"], struct.unpack(f"<{(end - begin) // 4}f", content[begin:end]))
    return found


def board(own, other):
    """What a graph sees of a state."""
    planes = [float(stones >> bit & 1) for stones in (own, other) for bit in range(16)]
    cells = []
    for bit in range(16):
        full, rests = (own | other) >> bit & 1, bit < 4 or (own | other) >> (bit - 4) & 1
        cells.append(1 if own >> bit & 1 else 2 if full else 3 if rests else 0)
    return {"planes": Value((2, 4, 4), planes), "cells": Value((16,), cells)}


def scores(graph, weights, own, other):
    """The output for one state."""
    values = {**board(own, other), **weights}
    for node in graph["nodes"]:
        attributes = {key: value for key, value in node.items() if key not in {"name", "op", "inputs"}}
        values[node["name"]] = OPERATIONS[node["op"]](*(values[name] for name in node["inputs"]), **attributes)
    return values[graph["output"]].numbers


def move(graph, weights, own, other):
    """The open column with the highest score, the leftmost of equals."""
    found = scores(graph, weights, own, other)
    return max((column for column in range(4) if not (own | other) >> (12 + column) & 1), key=lambda column: found[column])


def main(count):
    graph, weights = json.loads(Path("graph.json").read_text()), tensors(Path("weights.safetensors").read_bytes())
    chosen = random.Random(1).sample(sorted(decisive().items()), count)
    right = sum(move(graph, weights, *state) in optimal for state, optimal in chosen)
    print(f"{sum(len(each.numbers) for each in weights.values())} parameters, {right} of {count} moves optimal")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
