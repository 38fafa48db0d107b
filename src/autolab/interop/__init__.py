"""Other programs' languages: benches over MCP, trials as ATIF trajectories."""
