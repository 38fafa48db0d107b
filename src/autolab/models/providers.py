"""The providers behind `provider/name`: where each is, what it speaks, which variable holds its key."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autolab.models.errors import KeyMissingError, ModelError
from autolab.models.model import Model
from autolab.models.wires.wire import WireName

if TYPE_CHECKING:
    from autolab.models.sdk import Patience


@dataclass(frozen=True)
class Provider:
    """A provider. `url` is where its wire begins; the variable `url_variable` takes its place where it is set.

    `key_variable` None: it takes no key. `key_needed` False: it may have one. `priced_as`: its name in the table of
    prices, None: never priced, as one's own machine is.
    """

    wire: WireName
    url: str | None
    url_variable: str
    key_variable: str | None = None
    key_needed: bool = True
    priced_as: str | None = None


PROVIDERS: Mapping[str, Provider] = {
    "openai": Provider("responses", "https://api.openai.com/v1", "OPENAI_BASE_URL", "OPENAI_API_KEY", priced_as="openai"),
    "anthropic": Provider(
        "anthropic", "https://api.anthropic.com", "ANTHROPIC_BASE_URL", "ANTHROPIC_API_KEY", priced_as="anthropic"
    ),
    "google": Provider(
        "chat", "https://generativelanguage.googleapis.com/v1beta/openai", "GEMINI_BASE_URL", "GEMINI_API_KEY", priced_as="google"
    ),
    "openrouter": Provider(
        "chat", "https://openrouter.ai/api/v1", "OPENROUTER_BASE_URL", "OPENROUTER_API_KEY", priced_as="openrouter"
    ),
    "ollama": Provider("chat", "http://127.0.0.1:11434/v1", "OLLAMA_BASE_URL"),
    "vllm": Provider("chat", "http://127.0.0.1:8000/v1", "VLLM_BASE_URL", "VLLM_API_KEY", key_needed=False),
    "llamacpp": Provider("chat", "http://127.0.0.1:8080/v1", "LLAMACPP_BASE_URL", "LLAMACPP_API_KEY", key_needed=False),
    "chat": Provider("chat", None, "CHAT_BASE_URL", "CHAT_API_KEY", key_needed=False),
    "responses": Provider("responses", None, "RESPONSES_BASE_URL", "RESPONSES_API_KEY", key_needed=False),
}
"""By the name before the slash. `chat` and `responses` are whatever speaks that wire at the URL of their variable."""


@dataclass(frozen=True)
class Access:
    """A provider's model with all that reaching it takes."""

    name: str  # provider/name
    model: str
    wire: WireName
    url: str
    key: str  # "" where none is needed
    key_from: str  # the variable


def access(provider: str, model: str, environment: Mapping[str, str] = os.environ) -> Access:
    """How to reach a model. KeyMissingError and ModelError name the variable to set."""
    found = PROVIDERS[provider]
    name = f"{provider}/{model}"
    url = environment.get(found.url_variable) or found.url
    if url is None:
        raise ModelError(f"{name}: no address; set {found.url_variable}, e.g. to http://127.0.0.1:8000/v1")
    if not url.startswith(("http://", "https://")):
        raise ModelError(f"{name}: {found.url_variable} is {url!r}; give an address that starts with http:// or https://")
    key = environment.get(found.key_variable, "").strip() if found.key_variable else ""
    if found.key_needed and found.key_variable and not key:
        raise KeyMissingError(f"{name}: no key; set {found.key_variable}")
    return Access(name, model, found.wire, url.rstrip("/"), key, found.key_variable or "no variable")


def make_model(reached: Access, patience: "Patience | None" = None) -> Model:
    """A model through its provider's SDK. ModelError where the extra is not installed."""
    try:
        from autolab.models import sdk

        return sdk.make(
            reached.name, reached.wire, reached.model, reached.url, reached.key, reached.key_from, patience or sdk.Patience()
        )
    except ImportError as error:
        raise ModelError(f"{reached.name}: {error.name} is not installed; run: pip install 'autolab-bench[models]'") from error
