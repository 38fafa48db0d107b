"""From `provider/name` to a model."""

import difflib
import importlib
from collections.abc import Callable

from autolab.models.errors import ModelError
from autolab.models.model import Model

PROVIDERS: dict[str, str] = {
    "scripted": "autolab.models.scripted:load",
}
"""Provider to module and function. The function takes the name behind the slash and gives a model; imported when asked for."""


def load_model(spec: str) -> Model:
    """A fresh model for `provider/name`. ModelError, in one line, for anything that is none, or that has no key."""
    provider, slash, name = spec.partition("/")
    if not slash or not name:
        raise ModelError(f"the model is {spec!r}: write provider/name; providers are {', '.join(PROVIDERS)}")
    if provider not in PROVIDERS:
        close = difflib.get_close_matches(provider, PROVIDERS, n=1)
        guess = f" (did you mean {close[0]!r}?)" if close else ""
        raise ModelError(f"unknown provider {provider!r} in {spec!r}{guess}: there are {', '.join(PROVIDERS)}")
    module, _, function = PROVIDERS[provider].partition(":")
    load: Callable[[str], Model] = getattr(importlib.import_module(module), function)
    return load(name)
