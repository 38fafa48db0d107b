"""Whatever changes the program, and the Protocols it needs."""
