"""A scripted model for other people's coding agents: runs shell commands by whatever tool for that each agent offers."""

from collections.abc import Sequence
from typing import Any

from autolab.models.model import Request
from autolab.models.scripted import ScriptedModel

_SHELLS = ("bash", "exec_command", "shell_command", "run_shell_command", "shell", "execute")
_TEXT_KEYS = ("command", "cmd", "script")


class ShellScript(ScriptedModel):
    """Each request that offers a shell gets the next command; after the last, and where no shell is offered, words."""

    def __init__(self, commands: Sequence[str], last: str = "Done.") -> None:
        super().__init__([self._next] * 1000, "shell")
        self.requests: list[Request] = []
        self._commands = list(commands)
        self._last = last

    def _next(self, request: Request) -> dict[str, Any]:
        self.requests.append(request)
        offered = {tool.name.lower(): tool for tool in request.tools}
        tool = next((offered[name] for name in _SHELLS if name in offered), None)
        if tool is None or not self._commands:
            return {"text": self._last}
        command = self._commands.pop(0)
        properties = tool.parameters.get("properties", {})
        key = next(key for key in _TEXT_KEYS if key in properties)
        is_list = properties[key].get("type") == "array"
        arguments = {key: ["bash", "-c", command] if is_list else command}
        for other in tool.parameters.get("required", ()):
            arguments.setdefault(other, "the next step")
        return {"text": "The next step.", "tool_calls": [{"name": tool.name, "arguments": arguments}]}
