"""Tools for people who write tasks."""
