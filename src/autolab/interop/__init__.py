"""AutoLab's records in other programs' formats, and theirs in ours."""
