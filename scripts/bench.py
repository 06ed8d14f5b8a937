"""Set up, build and measure the site in a browser: python3 scripts/bench.py [--rounds N] [--json FILE]"""

from bootstrap import enter

if __name__ == "__main__":
    enter("bench")
