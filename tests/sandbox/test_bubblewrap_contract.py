"""The bubblewrap sandbox keeps the contract of all sandboxes."""

from autolab.sandbox.bubblewrap import default_sandbox
from autolab.sandbox.contract import SandboxContract


class TestBubblewrap(SandboxContract):
    make_sandbox = staticmethod(default_sandbox)
