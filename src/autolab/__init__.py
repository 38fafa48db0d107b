"""AutoLab: a laboratory and benchmark for closed-loop improvement."""

__version__ = "0.1.0"
