"""Set up, build and serve the site at http://127.0.0.1:8000/ with live reload: python3 scripts/serve.py"""

from bootstrap import enter

if __name__ == "__main__":
    enter("serve")
