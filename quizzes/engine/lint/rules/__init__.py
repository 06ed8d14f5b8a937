"""One rule a file. Numbers and thresholds come from measured banks; each file says which flaw it keeps out and why."""
