#!/usr/bin/python3 -I
"""The command `forward` of the bench: runs another with the gateway's socket on a port of loopback. Standard library only.

forward PORT TOKEN COMMAND... ; its exit code is the command's, or 75 where the gateway said that nothing is left.
"""

import asyncio
import contextlib
import sys

SOCKET = "/gateway/socket"
LAST_WORDS_S = 3.0
STOPPED = 75


async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Bytes from one end to the other, until one of them closes."""
    with contextlib.suppress(OSError):
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
    with contextlib.suppress(OSError, RuntimeError):
        writer.write_eof()


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One connection."""
    try:
        above, below = await asyncio.open_unix_connection(SOCKET)
    except OSError:
        writer.close()
        return
    await asyncio.gather(copy(reader, below), copy(above, writer))
    for end in (below, writer):
        end.close()


async def over(token: str) -> None:
    """Returns when the gateway says that nothing is left; never where there is no gateway."""
    try:
        reader, writer = await asyncio.open_unix_connection(SOCKET)
        writer.write(f"GET /over HTTP/1.1\r\nHost: lab\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
        await writer.drain()
        if b" 200 " in await reader.readline():
            return
    except OSError:
        pass
    await asyncio.Event().wait()


async def main(port: int, token: str, argv: list[str]) -> int:
    """The exit code."""
    await asyncio.start_server(serve, "127.0.0.1", port)
    try:
        child = await asyncio.create_subprocess_exec(*argv)
    except OSError as error:
        print(f"forward: {argv[0]}: {error.strerror}", file=sys.stderr)
        return 127
    ended, stopped = asyncio.ensure_future(child.wait()), asyncio.ensure_future(over(token))
    await asyncio.wait({ended, stopped}, return_when=asyncio.FIRST_COMPLETED)
    if not ended.done():
        await asyncio.wait({ended}, timeout=LAST_WORDS_S)
    if not ended.done():
        child.kill()
        await ended
        return STOPPED
    code = ended.result()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]), sys.argv[2], sys.argv[3:])))
