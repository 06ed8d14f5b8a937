"""One file a rule: what it lets pass, and what it refuses with which words."""
