"""Anthropic's SDK behind its messages wire. Imported with the extra `models` only."""

from typing import cast

import anthropic as sdk
import httpx2

from autolab.models.model import Request
from autolab.models.sdk import Stream
from autolab.models.wires import anthropic
from autolab.models.wires.common import Body
from autolab.models.wires.wire import WireName


class AnthropicClient:
    """Messages."""

    wire: WireName = "anthropic"

    def __init__(self, model: str, url: str, key: str, http: httpx2.Client) -> None:
        self._model = model
        self._client = sdk.Anthropic(api_key=key, auth_token=None, base_url=url, http_client=http, max_retries=0)

    def body(self, request: Request) -> Body:
        """What is sent."""
        return anthropic.body(request, self._model)

    def send(self, body: Body) -> Stream:
        """The stream's events."""
        return cast("Stream", self._client.messages.create(**body))
