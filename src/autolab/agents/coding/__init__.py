"""Command-line coding agents: other people's programs, run in the bench, with their models behind the gateway."""
