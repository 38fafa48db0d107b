"""Tasks: the folder format, loading, digest."""
