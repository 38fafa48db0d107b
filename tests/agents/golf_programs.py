"""Programs for the task stack_machine_golf: a whole word of four lanes is one product, so many words in one turn of the loop."""

_HEAD = "        push 127\n        sety\n        push 0\n"
_WORD = "        loadx+\n        loady-\n        mul\n        add\n"
_TAIL = "        getx\n        push 64\n        sub\n        jnz word\n        shr 48\n        halt\n"


def loop(words: int) -> str:
    """`words` divides 64."""
    return f"{_HEAD}word:\n{_WORD * words}{_TAIL}"
