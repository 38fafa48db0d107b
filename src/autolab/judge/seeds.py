"""Seeds: where inputs come from, and who may know them.

A *development* seed is a small number that a trial keeps for all its measures; a *hidden* seed is drawn for a grade after
the submission is fixed, and recorded so that the grade can be replayed. `case_seed` spreads either over families and
repetitions, so that no two cases share an input.
"""

import hashlib
import secrets

_SEED_BITS = 63  # fits a signed 64-bit integer in any language that reads a ledger


def hidden_seeds(count: int) -> tuple[int, ...]:
    """`count` seeds nobody could have known."""
    return tuple(secrets.randbits(_SEED_BITS) | (1 << (_SEED_BITS - 1)) for _ in range(count))


def case_seed(seed: int, family: str, size: str, index: int = 0) -> int:
    """The seed that verify.py draws one case from."""
    text = f"{seed}/{family}/{size}/{index}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> (64 - _SEED_BITS)
