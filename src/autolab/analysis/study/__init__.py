"""The project's own study: what search agents reach, what feedback is worth to them, and whether resilience is measured."""
