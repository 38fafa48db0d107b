"""OpenAI's SDK behind the chat and the responses wire. Imported with the extra `models` only."""

from typing import cast

import httpx2
import openai

from autolab.models.model import Request
from autolab.models.sdk import Stream
from autolab.models.wires import chat, responses
from autolab.models.wires.common import Body
from autolab.models.wires.wire import WireName


class ChatClient:
    """Chat completions."""

    wire: WireName = "chat"

    def __init__(self, model: str, url: str, key: str, http: httpx2.Client) -> None:
        self._model = model
        self._client = _client(url, key, http)

    def body(self, request: Request) -> Body:
        """What is sent."""
        return chat.body(request, self._model)

    def send(self, body: Body) -> Stream:
        """The stream's events."""
        return cast("Stream", self._client.chat.completions.create(**body))


class ResponsesClient:
    """Responses."""

    wire: WireName = "responses"

    def __init__(self, model: str, url: str, key: str, http: httpx2.Client) -> None:
        self._model = model
        self._client = _client(url, key, http)

    def body(self, request: Request) -> Body:
        """What is sent."""
        return responses.body(request, self._model)

    def send(self, body: Body) -> Stream:
        """The stream's events."""
        return cast("Stream", self._client.responses.create(**body))


def _client(url: str, key: str, http: httpx2.Client) -> openai.OpenAI:
    return openai.OpenAI(api_key=key or "none", base_url=url, http_client=http, max_retries=0)
