"""The trusted side: builds, runs, checks and scores a submission."""
