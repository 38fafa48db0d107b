"""Scripted agents whose way of taking bad news is known: the controls of the resilience study, never ranked."""
