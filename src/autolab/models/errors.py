"""What can go wrong with a model, each in one line. Retries are over when one of these is raised."""

from autolab.errors import ModelError as ModelError  # noqa: PLC0414 - the root of these, exported here
from autolab.models.model import Reply


class ModelCallError(ModelError):
    """A call that was made and failed. `reply` holds what there is of it: raw bytes, times, usage if any was said."""

    def __init__(self, message: str, reply: Reply | None = None) -> None:
        super().__init__(message)
        self.reply = reply or Reply("")


class KeyMissingError(ModelError):
    """No key: says which environment variable to set."""


class KeyRefusedError(ModelCallError):
    """The provider does not take the key, or the key may not use the model."""


class RequestError(ModelCallError):
    """The provider refuses the request itself: an unknown model, too long a context, a field that it does not take."""


class RateLimitError(ModelCallError):
    """Still too many requests (429) when patience was at its end."""


class ProviderError(ModelCallError):
    """The provider fails (5xx), cannot be reached, or answers what cannot be read, after every retry."""


class ReplyCutError(ModelCallError):
    """The answer broke off in the middle. `reply.text` is what came; its tokens are spent all the same."""


class ScriptEndedError(ModelError):
    """A scripted model was asked once more than its script has replies."""
