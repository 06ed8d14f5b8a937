"""Set up and build the site into site/: python3 scripts/build.py"""

from bootstrap import enter

if __name__ == "__main__":
    enter("build")
