"""`command:WORDS`: any other program as the agent, in the bench."""

import shlex
from pathlib import Path

from autolab.agents.bench import Around, Bench
from autolab.agents.coding.agent import LONGEST_S, MEMORY_MB, PROCESSES, TMP_MB, ended, nothing_left, short_name, source
from autolab.agents.coding.prompt import prompt
from autolab.errors import AgentError
from autolab.models.gateway import GATEWAY_FOLDER, URL, Gateway
from autolab.models.registry import providers
from autolab.sandbox.box import Mount

PREFIX = "command:"


class Command:
    """Runs the words without a shell; `{prompt}` in them is the prompt, which is also the program's stdin.

    With a model, written `command:WORDS@provider/name`, the gateway is there: OPENAI_BASE_URL, OPENAI_API_KEY,
    ANTHROPIC_BASE_URL, ANTHROPIC_API_KEY (a token of the trial, no key) and LAB_MODEL say how to reach it. A program that is
    not in /usr is given by its absolute path, and mounted there.
    """

    runs_in_bench = True

    def __init__(self, spec: str) -> None:
        words, model = _parts(spec.removeprefix(PREFIX))
        try:
            self._words = tuple(shlex.split(words))
        except ValueError as error:
            raise AgentError(f"{spec}: {error}; close the quotes") from error
        if not self._words:
            raise AgentError(f"{spec}: no command; write command:WORDS")
        self.name = spec
        self.models = (model,) if model else ()
        self._source = source(model) if model else None

    def run(self, bench: Bench) -> None:
        """Until the program ends; AgentError where it failed."""
        text = prompt(bench)
        argv = tuple(word.replace("{prompt}", text) for word in self._words)
        mounts = _program(argv[0])
        if self._source is None:
            result = bench.exec(argv, LONGEST_S, _around(text, {}, mounts))
        else:
            with Gateway(self._source, lambda: nothing_left(bench), bench.model_called) as gateway:
                env = {
                    "OPENAI_BASE_URL": f"{URL}/v1", "OPENAI_API_KEY": gateway.token,
                    "ANTHROPIC_BASE_URL": URL, "ANTHROPIC_API_KEY": gateway.token, "LAB_MODEL": short_name(gateway.name),
                }  # fmt: skip
                around = _around(text, env, (*mounts, Mount(gateway.folder, GATEWAY_FOLDER)))
                result = bench.exec(gateway.command(argv), LONGEST_S, around)
        ended(self.name, bench, result)


def _parts(written: str) -> tuple[str, str]:
    """The command's words, and the model behind the last `@` if a provider's name stands there."""
    words, at, model = written.rpartition("@")
    return (words, model) if at and model.partition("/")[0] in providers() else (written, "")


def _program(word: str) -> tuple[Mount, ...]:
    path = Path(word)
    if not path.is_absolute() or word.startswith(("/usr/", "/bin/", "/lab/")):
        return ()
    if not path.is_file():
        raise AgentError(f"command:{word}: no such file; give a program of /usr, or a file's absolute path")
    return (Mount(path, word),)


def _around(text: str, env: dict[str, str], mounts: tuple[Mount, ...]) -> Around:
    return Around(env=env, mounts=mounts, memory_mb=MEMORY_MB, processes=PROCESSES, tmp_mb=TMP_MB, stdin=text.encode())
