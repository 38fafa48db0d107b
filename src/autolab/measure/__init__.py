"""Instruments: what reads a figure off a program."""
