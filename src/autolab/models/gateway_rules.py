"""What the gateway lets pass to a provider: nothing that acts outside the conversation, and no other model than the trial's."""

import re
from collections.abc import Mapping
from typing import Any

from autolab.models.wires.common import Body
from autolab.models.wires.wire import WireName

_ELSEWHERE = {
    # work that goes on after the answer, or that nobody counts
    "background", "prompt", "conversation", "previous_response_id", "service_tier", "web_search_options",
    # machines and servers of the provider's side
    "mcp_servers", "container",
}  # fmt: skip

_CLIENT_SIDE: Mapping[WireName, str] = {
    "chat": r"function|custom",
    "responses": r"function|custom|local_shell|shell|apply_patch",
    "anthropic": r"custom|(bash|text_editor|computer|memory)_\d+",
}
"""Types of tools that the agent itself carries out. Any other is the provider's own, which could reach the network."""

PASSED_HEADERS = ("anthropic-version", "anthropic-beta", "openai-beta")


def allowed(wire: WireName, sent: Body, model: str) -> Body:
    """A request's body as it is passed on."""
    body = {key: value for key, value in sent.items() if key not in _ELSEWHERE}
    body["model"] = model
    if isinstance(body.get("tools"), list):
        body["tools"] = [each for each in body["tools"] if _client_side(wire, each)]
    if wire == "responses":
        body["store"] = False
    if wire == "chat" and body.get("stream"):
        options = body.get("stream_options")
        body["stream_options"] = {**(options if isinstance(options, dict) else {}), "include_usage": True}
    return body


def _client_side(wire: WireName, tool: Any) -> bool:
    """Whether the agent carries the tool out itself."""
    return isinstance(tool, dict) and re.fullmatch(_CLIENT_SIDE[wire], str(tool.get("type", "custom"))) is not None


def outside(sent: Any) -> str | None:
    """An address that the provider would have to fetch for the agent, None if there is none: that is a way out, too."""
    if isinstance(sent, Mapping):
        for key, value in sent.items():
            if key in {"image_url", "file_url", "url", "fileUri"} and isinstance(value, str) and not value.startswith("data:"):
                return value
            if (found := outside(value)) is not None:
                return found
    elif isinstance(sent, list):
        return next((found for each in sent if (found := outside(each)) is not None), None)
    return None


def without_schemas(sent: Body) -> Body:
    """A request without its tools: their schemas may have a property of any name."""
    return {key: value for key, value in sent.items() if key not in {"tools", "text", "response_format"}}
