"""What lives as long as the bot is out of the garbage collector's sight when the bot starts."""

import subprocess
import sys

from tests.architecture.sources import REPOSITORY

COUNTED = """
import gc
from bot.start import make_ready
from policies.lexicon_files import house_reader

reader = house_reader()
before = len(gc.get_objects())
make_ready(reader)
print(before, len(gc.get_objects()))
"""


def test_the_collector_looks_through_next_to_nothing_once_the_bot_is_ready() -> None:
    ran = subprocess.run([sys.executable, "-c", COUNTED], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    before, after = map(int, ran.stdout.split())
    assert before > 50_000
    assert after < before / 10
