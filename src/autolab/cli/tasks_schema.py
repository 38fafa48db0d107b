"""`autolab tasks schema`."""

from autolab.cli.output import print_json


def schema() -> None:
    """Print the JSON Schema of task.toml, for editors that check while one types."""
    from autolab.task.load import task_schema

    print_json(task_schema())
