"""The page: what a browser shows of runs, live from a server on this machine or as files for any static host."""
