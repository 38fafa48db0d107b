"""Runs verify.py inside its own box and answers the judge's calls. Standard library only; it is mounted as one file.

A call is one JSON line `{"call": name, "args": [...], "blobs": [length, ...]}` followed by the blobs; `{"blob": i}` in
the arguments stands for blob i. An answer is `{"value": ..., "blobs": [...]}` or `{"error": "one line"}`, framed alike.
"""

import json
import os
import sys
from typing import Any, BinaryIO


def pack(value: Any, blobs: list[bytes]) -> Any:
    """The value with every bytes object replaced by a reference into `blobs`."""
    if isinstance(value, bytes | bytearray | memoryview):
        blobs.append(bytes(value))
        return {"blob": len(blobs) - 1}
    if isinstance(value, dict):
        return {"map": [[str(key), pack(item, blobs)] for key, item in value.items()]}
    if isinstance(value, list | tuple):
        return [pack(item, blobs) for item in value]
    return value.item() if type(value).__module__ == "numpy" else value  # one number of numpy's own types


def unpack(value: Any, blobs: list[bytes]) -> Any:
    """The inverse of `pack`."""
    if isinstance(value, dict):
        if "blob" in value:
            return blobs[value["blob"]]
        return {key: unpack(item, blobs) for key, item in value["map"]}
    if isinstance(value, list):
        return [unpack(item, blobs) for item in value]
    return value


def send(stream: BinaryIO, head: dict[str, Any], blobs: list[bytes]) -> None:
    """One framed message."""
    head["blobs"] = [len(blob) for blob in blobs]
    stream.write(json.dumps(head).encode() + b"\n" + b"".join(blobs))
    stream.flush()


def receive(stream: BinaryIO) -> tuple[dict[str, Any], list[bytes]] | None:
    """One framed message, None at the end of the stream."""
    line = stream.readline()
    if not line:
        return None
    head = json.loads(line)
    return head, [stream.read(length) for length in head["blobs"]]


def serve(functions: dict[str, Any], requests: BinaryIO, replies: BinaryIO) -> None:
    """Answers calls until the stream ends. A function that raises gives an error, not an end."""
    while (message := receive(requests)) is not None:
        head, blobs = message
        out: list[bytes] = []
        try:
            value = pack(functions[head["call"]](*unpack(head["args"], blobs)), out)
        except Exception as error:  # noqa: BLE001 - whatever verify.py does wrong is reported to the judge
            send(replies, {"error": f"{head['call']}: {type(error).__name__}: {error}"}, [])
            continue
        send(replies, {"value": value}, out)


def main(verify_path: str, site: str) -> None:
    """Loads verify.py with numpy from `site` and serves. Its own prints go to stderr, never into the protocol."""
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.path[:0] = [site]
    with open(verify_path, encoding="utf-8") as file:  # noqa: PTH123 - start-up time counts here
        source = file.read()
    namespace: dict[str, Any] = {"__name__": "verify"}
    exec(compile(source, "verify.py", "exec"), namespace)  # noqa: S102 - this box exists to run it
    serve(namespace, sys.stdin.buffer, replies)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
