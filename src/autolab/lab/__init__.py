"""The bench, its budget, and the trial that is held in it."""
