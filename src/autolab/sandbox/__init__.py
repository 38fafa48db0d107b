"""Boxes: where untrusted programs run."""
