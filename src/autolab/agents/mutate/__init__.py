"""Syntactic mutation operators: pure functions from source bytes to slightly different source bytes.

Operators know languages (through tree-sitter), never tasks. `mutate` picks one by weight; see `operators.py` for the set.
"""
