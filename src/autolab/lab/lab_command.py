#!/usr/bin/python3 -I
"""The command `lab` of the bench: hands its words to the lab and prints the answer. Standard library only."""

import json
import socket
import sys


def main() -> int:
    """Exit codes: 0 done, 1 refused, 2 wrong usage, 3 the budget is spent, 69 no lab there."""
    words = [word for word in sys.argv[1:] if word != "--json"]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as lab:
            lab.connect("/lab/socket")
            lab.sendall(json.dumps({"words": words}).encode() + b"\n")
            with lab.makefile("rb") as stream:
                reply = json.loads(stream.readline())
    except (OSError, ValueError) as error:
        print(f"lab: the laboratory does not answer ({error})", file=sys.stderr)
        return 69
    if "--json" in sys.argv[1:]:
        print(json.dumps(reply["data"], indent=2))
    else:
        print(reply["text"], file=sys.stderr if reply["code"] else sys.stdout)
    return int(reply["code"])


if __name__ == "__main__":
    sys.exit(main())
