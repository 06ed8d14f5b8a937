"""Set up and run every check and test: python3 scripts/test.py [--fast] [-k EXPRESSION]"""

from bootstrap import enter

if __name__ == "__main__":
    enter("test")
