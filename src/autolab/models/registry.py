"""From `provider/name` to a model."""

import difflib

from autolab.models.errors import ModelError
from autolab.models.model import Model

SCRIPTED = "scripted"


def providers() -> tuple[str, ...]:
    """The names that may stand before the slash."""
    from autolab.models.providers import PROVIDERS

    return (*PROVIDERS, SCRIPTED, "replay")


def split(spec: str) -> tuple[str, str]:
    """Provider and name. ModelError, in one line, for what is neither."""
    provider, slash, name = spec.partition("/")
    if not slash or not name or not provider:
        raise ModelError(f"the model is {spec!r}: write provider/name; providers are {', '.join(providers())}")
    if provider not in providers():
        close = difflib.get_close_matches(provider, providers(), n=1)
        guess = f" (did you mean {close[0]!r}?)" if close else ""
        raise ModelError(f"unknown provider {provider!r} in {spec!r}{guess}: there are {', '.join(providers())}")
    return provider, name


def load_model(spec: str) -> Model:
    """A fresh model for `provider/name`. ModelError, in one line, for anything that is none, or that has no key."""
    provider, name = split(spec)
    if provider == SCRIPTED:
        from autolab.models.scripted import load

        return load(name)
    if provider == "replay":
        from autolab.models.recorded import replay

        return replay(name)
    from autolab.models.providers import access, make_model

    return make_model(access(provider, name))
