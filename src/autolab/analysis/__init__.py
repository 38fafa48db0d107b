"""What trials amount to: curves, statistics, resilience, cost, reports. Reads ledgers only; docs/metrics.md defines each figure."""
