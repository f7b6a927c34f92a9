"""`python -m tests.failures [--full] [NAME ...]`: let things fail, and say in a table what the record makes of it."""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable
from functools import partial
from pathlib import Path

from tests.failures.experiments import EXPERIMENTS
from tests.failures.finding import Found, table
from tests.failures.soak import soak


def main(arguments: list[str]) -> int:
    """Run the experiments, print the table, and give 1 where something was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.failures", description=__doc__)
    parser.add_argument(
        "names", metavar="NAME", nargs="*", help=f"one of {', '.join(EXPERIMENTS)}; all if none is named"
    )
    parser.add_argument("--full", action="store_true", help="the full forms: some minutes each, the soak half an hour")
    parser.add_argument("--soak", metavar="SECONDS", type=float, help="how long the full soak lasts, half an hour else")
    parser.add_argument("--in", dest="place", type=Path, help="make the folders of the experiments here")
    options = parser.parse_args(arguments)
    unknown = set(options.names) - set(EXPERIMENTS)
    if unknown:
        parser.error(f"no such experiment: {', '.join(sorted(unknown))}")
    rows = []
    for name in options.names or EXPERIMENTS:
        experiment = EXPERIMENTS[name]
        with tempfile.TemporaryDirectory(prefix="failures-", dir=options.place) as folder:
            began = time.perf_counter()
            run = experiment.full if options.full else experiment.quick
            if name == "soak" and options.full and options.soak:
                run = partial(soak, seconds=options.soak, whole=True)
            found = asyncio.run(_awaited(run(Path(folder))))
            rows.append((found, time.perf_counter() - began))
        print(f"{name}: {'well' if found.well else 'WRONG'}", file=sys.stderr, flush=True)
    print(table(rows))
    return 0 if all(found.well for found, _ in rows) else 1


async def _awaited(found: Awaitable[Found]) -> Found:
    return await found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
