"""Draws logs of JSON lines with queries, and checks the answers byte by byte against Python's own JSON reader."""

import json
import struct
import zlib
from random import Random

FNV_BASIS, FNV_PRIME, WORD = 0xCBF29CE484222325, 0x100000001B3, (1 << 64) - 1

LEVELS = ("debug", "info", "warn", "error")
SERVICES = ("auth", "cart", "search", "mail", "café", "größe", "支付", "feed-2", "edge", "batch/nightly")
WORDS = (
    "request done", "cache miss for", "retry after", "user said", "timeout of", "naïve", "€", "日本", "🙂", "path",
    "C:\\temp", 'he said "no"', "a/b", "tab\there", "new\nline", "back\\slash", "id", "ok", "slow", "disk full",
)  # fmt: skip

# family -> size -> records of each log. Sizes are fixed, only contents come from the seed.
TINY = (0, 1, 2, 3, 0, 5, 1, 4, 2, 6, 1, 3)
SIZES = {
    "typical": {"count": (260,), "time": (2_600,)},
    "skewed": {"count": (200,), "time": (2_000,)},
    "adversarial": {"count": (160,), "time": (1_600,)},
    "tiny": {"count": TINY, "time": TINY * 10},
}


def draw(seed: int, family: str, size: str) -> bytes:
    """A batch: u32 number of logs, u32 lengths of queries and log of each, then queries and log of each."""
    rng = Random(f"{zlib.crc32(f'{family}/{size}'.encode())}/{seed}")
    pairs = []
    for records in SIZES[family][size]:
        made = [_record(rng, family, number) for number in range(records)]
        pairs.append((_queries(rng, family, made), _lines(rng, family, made)))
    return _join(pairs)


def check(input: bytes, output: bytes) -> str | None:
    """None if every answer is right. The complaint tells which log and which query, never the answer."""
    at = 0
    for number, (queries, log) in enumerate(_read(input)):
        if len(output) < at + 4:
            return f"the output ends before the answers of log {number}"
        (length,) = struct.unpack_from("<I", output, at)
        given, at = output[at + 4 : at + 4 + length], at + 4 + length
        if len(given) != length:
            return f"log {number}: {len(given)} bytes of answers, {length} announced"
        rest = given
        for place, expected in enumerate(_answers(queries, log)):
            if not rest.startswith(expected):
                return f"log {number}, query {place} ({json.loads(queries)[place]['op']}): the answer is wrong"
            rest = rest[len(expected) :]
        if rest:
            return f"log {number}: {len(rest)} bytes after the last answer"
    return None if at == len(output) else f"{len(output) - at} bytes after the last log's answers"


def wrong(input: bytes, output: bytes) -> dict[str, bytes]:
    """Wrong outputs made from a right one: what shortcuts, slips and cheats would write."""
    pairs = _read(input)

    def answered(change=lambda record: record, lines=lambda log: log, text=lambda answers: answers) -> bytes:
        """What a program says that reads the log in another way."""
        every = [text(_answers(queries, lines(log), change)) for queries, log in pairs]
        return b"".join(struct.pack("<I", len(b"".join(each))) + b"".join(each) for each in every)

    def part(name: str, made):
        """The same with one field of every record changed."""
        def change(record: dict) -> dict:
            owner = record.get("ctx") if name == "user" else record
            if not isinstance(owner, dict) or name not in owner:
                return record
            mended = {**owner, name: made(owner[name])}
            return {**record, "ctx": mended} if name == "user" else mended

        return answered(change)

    def of_text(made):
        return lambda value: made(value) if isinstance(value, str) else value

    results = {
        "nothing": b"",
        "one byte short": output[:-1],
        "one byte more": output + b"\n",
        "twice": output * 2,
        "zeros": bytes(len(output)),
        "the input": input[: len(output)],
        "no answers": b"".join(struct.pack("<I", 0) for _ in pairs),
        "empty lines": b"".join(struct.pack("<I", 6) + b"0\n" * 3 for _ in pairs),
        "last digit changed": output[:-2] + bytes([output[-2] ^ 1]) + output[-1:],
        "lengths big-endian": struct.pack(">I", len(output) - 4) + output[4:],
        "last record left out": answered(lines=lambda log: log.rstrip().rpartition(b"\n")[0] or b"{}"),
        "first record left out": answered(lines=lambda log: log.partition(b"\n")[2]),
        "every record twice": answered(lines=lambda log: log + b"\n" + log),
        "an empty record more": answered(lines=lambda log: log + b'\n{"level":"info","ctx":{"user":""},"service":"auth"}'),
        "escapes left as they are": answered(lines=lambda log: log.replace(b"\\", b"\\\\\\\\").replace(b'\\\\\\\\"', b'\\\\\\"')),
        "messages without their last byte": part("msg", of_text(lambda text: text[:-1] + "?")),
        "messages in lower case": part("msg", of_text(lambda text: text.lower() + " ")),
        "messages lost": part("msg", lambda _: ""),
        "bytes one more": part("bytes", lambda value: value + 1 if isinstance(value, int) else 1),
        "bytes lost": part("bytes", lambda _: 0),
        "bytes in 16 bits": part("bytes", lambda value: value & 0xFFFF if isinstance(value, int) else 7),
        "users lost": part("user", lambda _: None),
        "users cut": part("user", of_text(lambda text: text[:3])),
        "services without accents": part("service", of_text(lambda text: text.encode("ascii", "ignore").decode())),
        "levels in upper case": part("level", of_text(str.upper)),
        "user of the record, not of ctx": answered(lambda record: {**record, "ctx": {"user": record.get("user", "none")}}),
        "answers in the opposite order": answered(text=lambda answers: answers[::-1]),
        "last answer left out": answered(text=lambda answers: answers[:-1]),
        "first answer for all": answered(text=lambda answers: answers[:1] * len(answers)),
        "groups in the opposite order": answered(text=lambda answers: [_reversed(each) for each in answers]),
        "groups without their number": answered(text=lambda answers: [each.partition(b"\n")[2] or each for each in answers]),
        "one more in every answer": answered(text=lambda answers: [b"1" + each for each in answers]),
    }
    return {name: wrong for name, wrong in results.items() if wrong != output}


def _answers(queries: bytes, log: bytes, change=lambda record: record) -> list[bytes]:
    """The answer to each query, with its line ends."""
    lines = [line for line in log.split(b"\n") if line.strip(b" \t\r")]
    records = []
    for line in lines:
        try:
            records.append(change(json.loads(line)))
        except ValueError:  # what `wrong` spoiled
            records.append({})
    return [_answer(query, records) for query in json.loads(queries)]


def _answer(query: dict, records: list[dict]) -> bytes:
    if query["op"] == "contains":
        return b"%d\n" % sum(query["value"] in _message(record) for record in records)
    if query["op"] == "group":
        groups: dict[bytes, list[int]] = {}
        for record in records:
            if (value := _field(record, query["field"])) is not None:
                group = groups.setdefault(value.encode(), [0, 0])
                group[0] += 1
                group[1] += _bytes(record)
        lines = [b"%s\t%d\t%d\n" % (_printable(value), *groups[value]) for value in sorted(groups)]
        return b"%d\n" % len(groups) + b"".join(lines)
    found = [record for record in records if _field(record, query["field"]) == query["value"]]
    match query["op"]:
        case "count":
            return b"%d\n" % len(found)
        case "sum":
            return b"%d\n" % sum(map(_bytes, found))
        case "longest":
            return b"%d\n" % max((len(_message(record)) for record in found), default=0)
        case _:
            return b"%d\n" % _hash("".join(_message(record) + "\n" for record in found).encode())


def _field(record: dict, name: str) -> str | None:
    owner = record.get("ctx") if name == "user" else record
    value = owner.get(name) if isinstance(owner, dict) else None
    return value if isinstance(value, str) else None


def _message(record: dict) -> str:
    return _field(record, "msg") or ""


def _bytes(record: dict) -> int:
    value = record.get("bytes", 0)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _hash(content: bytes) -> int:
    figure = FNV_BASIS
    for byte in content:
        figure = (figure ^ byte) * FNV_PRIME & WORD
    return figure


def _printable(value: bytes) -> bytes:
    return b"".join(b"\\x%02x" % byte if byte < 32 or byte in (127, 92) else bytes([byte]) for byte in value)


def _reversed(answer: bytes) -> bytes:
    first, *rest = answer.splitlines(keepends=True)
    return first + b"".join(rest[::-1])


def _join(pairs: list[tuple[bytes, bytes]]) -> bytes:
    lengths = [length for queries, log in pairs for length in (len(queries), len(log))]
    return struct.pack(f"<{len(lengths) + 1}I", len(pairs), *lengths) + b"".join(queries + log for queries, log in pairs)


def _read(case: bytes) -> list[tuple[bytes, bytes]]:
    (count,) = struct.unpack_from("<I", case)
    lengths = struct.unpack_from(f"<{2 * count}I", case, 4)
    at, pairs = 4 + 8 * count, []
    for queries, log in zip(lengths[::2], lengths[1::2], strict=True):
        pairs.append((case[at : at + queries], case[at + queries : at + queries + log]))
        at += queries + log
    return pairs


def _queries(rng: Random, family: str, records: list[dict]) -> bytes:
    """Nine queries of all kinds about values that are there, and about one that is not."""
    def value(field: str) -> str:
        known = [found for record in records if (found := _field(record, field)) is not None]
        return rng.choice(known) if known else "nobody"

    needle = rng.choice(WORDS)
    asked = [
        {"op": "count", "field": "level", "value": value("level")},
        {"op": "sum", "field": "service", "value": value("service")},
        {"op": "hash", "field": "service", "value": value("service")},
        {"op": "hash", "field": "level", "value": value("level")},
        {"op": "longest", "field": "user", "value": value("user")},
        {"op": "count", "field": "user", "value": "nobody at all"},
        {"op": "contains", "value": needle},
        {"op": "group", "field": "user"},
        {"op": "group", "field": "service"},
    ]
    rng.shuffle(asked)
    return _dump(rng, asked, family == "adversarial")


def _record(rng: Random, family: str, number: int) -> dict:
    users = {"typical": 60, "skewed": 400, "adversarial": 120, "tiny": 3}[family]
    pick = int(users * rng.random() ** (4 if family == "skewed" else 1))
    words = [rng.choice(WORDS) for _ in range(rng.randint(0, 9 if family != "skewed" else 2))]
    if family == "skewed" and rng.random() < 0.05:
        words *= 12
    record: dict = {
        "ts": 1_700_000_000 + 7 * number,
        "level": rng.choice(LEVELS),
        "service": rng.choice(SERVICES),
        "msg": " ".join(words),
        "bytes": int(2 ** rng.uniform(0, 40)),
        "ctx": {"user": f"u{pick:04}" + ("é" if pick % 7 == 0 else ""), "ip": f"10.0.{pick % 256}.{number % 256}"},
        "ms": rng.choice([0, 1.5, -2e-3, 12, 3.25e5]),
        "tags": rng.sample(["a", "b", "c d", "€"], rng.randint(0, 3)),
    }
    if family == "adversarial":
        _spoil(rng, record)
    if rng.random() < 0.5:
        record = dict(rng.sample(list(record.items()), len(record)))
    return record


def _spoil(rng: Random, record: dict) -> None:
    """Missing and foreign values, decoys that look like fields, deep nesting, text that looks like JSON."""
    match rng.randrange(10):
        case 0:
            del record["msg"]
        case 1:
            record["level"] = None
        case 2:
            record["ctx"] = rng.choice([None, [], "user", {"user": 7}, {"users": "u0001"}])
        case 3:
            del record["bytes"]
        case 4:
            record["nested"] = {"msg": "decoy", "bytes": 5, "ctx": {"user": "decoy"}, "deep": [[[[{"level": "error"}]]]]}
        case 5:
            record["msg"] = '{"level":"error","bytes":1}, "service":"auth" ] } \\'
        case 6:
            record["user"] = "u0001"
        case 7:
            record["ctx"]["user"] = "\x01\x7f tab\t\\ end"
        case 8:
            record["note"] = '\\"' * rng.randint(1, 6)
        case _:
            record["service"] = record["service"] + "\\" * rng.randint(0, 2)


def _lines(rng: Random, family: str, records: list[dict]) -> bytes:
    lines = [_dump(rng, record, family == "adversarial") for record in records]
    if family == "adversarial":
        lines = [rng.choice([b"", b"  ", b"\t"]) + line + rng.choice([b"", b" ", b"\r"]) for line in lines]
        for _ in range(len(lines) // 20):
            lines.insert(rng.randrange(len(lines)), rng.choice([b"", b"  \t"]))
    return b"\n".join(lines) + (b"\n" if lines and rng.random() < 0.7 else b"")


def _dump(rng: Random, value: object, hostile: bool) -> bytes:
    """JSON in one of the ways to write it: with or without spaces, and any character escaped or not."""
    if isinstance(value, dict):
        colon, comma = (rng.choice([":", " : "]), rng.choice([",", " ,\t"])) if hostile else (":", ",")
        items = [_text(rng, key, hostile and rng.random() < 0.1) + colon.encode() + _dump(rng, each, hostile) for key, each in value.items()]
        return b"{" + comma.encode().join(items) + b"}"
    if isinstance(value, list):
        return b"[" + (b", " if hostile else b",").join(_dump(rng, each, hostile) for each in value) + b"]"
    if isinstance(value, str):
        return _text(rng, value, hostile and rng.random() < 0.5)
    return json.dumps(value).encode()


def _text(rng: Random, text: str, escaped: bool) -> bytes:
    if not escaped:
        return json.dumps(text, ensure_ascii=rng.random() < 0.2).encode()
    parts = ['"']
    for character in text:
        if rng.random() < 0.5 or character in '"\\' or ord(character) < 32:
            units = character.encode("utf-16-be")
            hexes = (rng.choice(["{:04x}", "{:04X}"]).format(unit) for unit in struct.unpack(f">{len(units) // 2}H", units))
            parts.extend("\\u" + each for each in hexes)
        else:
            parts.append("\\/" if character == "/" else character)
    return ("".join(parts) + '"').encode()
