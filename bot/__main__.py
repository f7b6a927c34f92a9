"""`python -m bot` is the `hustings` command."""

from bot.cli import main

main()
