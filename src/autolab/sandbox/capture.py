"""Collects what a box writes, up to a limit over all streams together."""

import os

_AT_ONCE = 1 << 16


class Capture:
    """Bytes by descriptor. Never holds more than `limit` bytes, however much is written."""

    def __init__(self, limit: int) -> None:
        self._left = limit
        self._kept: dict[int, bytearray] = {}
        self.overflowed = False

    def read(self, descriptor: int) -> bool:
        """Takes what is there; False at the end of the stream. A descriptor that would block holds nothing now."""
        try:
            data = os.read(descriptor, _AT_ONCE)
        except BlockingIOError:
            return True
        self._keep(descriptor, data)
        return bool(data)

    def drain(self, descriptor: int) -> None:
        """Takes what is left of a stream whose writers are all gone, or as much as fits; never waits for more."""
        os.set_blocking(descriptor, False)
        while not self.overflowed and self._take(descriptor):
            pass

    def _take(self, descriptor: int) -> bool:
        """Takes what is there; False if that is nothing."""
        try:
            data = os.read(descriptor, _AT_ONCE)
        except BlockingIOError:
            return False
        self._keep(descriptor, data)
        return bool(data)

    def _keep(self, descriptor: int, data: bytes) -> None:
        self._kept.setdefault(descriptor, bytearray()).extend(data[: self._left])
        self.overflowed = self.overflowed or len(data) > self._left
        self._left -= min(len(data), self._left)

    def kept(self, descriptor: int) -> bytes:
        """All that was kept of one stream."""
        return bytes(self._kept.get(descriptor, b""))
