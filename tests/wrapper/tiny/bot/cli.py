"""A command that says what it was given."""

import json
import os
import sys


def main() -> None:
    """Print arguments, folder, input and Python as one JSON line; leave with the status asked for."""
    said = {"arguments": sys.argv[1:], "folder": os.getcwd(), "python": sys.prefix}
    if "--read" in sys.argv:
        said["input"] = sys.stdin.read()
    print(json.dumps(said))
    sys.exit(7 if "--fail" in sys.argv else 0)
