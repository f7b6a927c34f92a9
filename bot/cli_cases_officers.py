"""What every command of an officer takes and how it is begun, so that each command says its own matter alone."""

import inspect
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from bot.cli_cases_desk import As, Who, desk, run, say
from bot.cli_folders import Data, Keys
from policies.casework.case import Case
from policies.casework.words import Office

P = ParamSpec("P")
D = TypeVar("D")

Opened = Callable[[str, Office | None, Path | None, Path | None, str], AbstractAsyncContextManager[D]]
"""Opens a desk for an officer in an office, over the record and the keys in their folders, for a case or for none."""


def officers_command(
    opened: Opened[D],
) -> Callable[[Callable[Concatenate[D, P], Coroutine[Any, Any, Case | None]]], Callable[..., None]]:
    """Make commands of functions that are given a desk: each takes who acts and where the record is, after its own.

    A function that gives a case is followed by word of how that case now stands.
    """

    def command(work: Callable[Concatenate[D, P], Coroutine[Any, Any, Case | None]]) -> Callable[..., None]:
        def begun(*, by: Who = "", office: As = None, data: Data = None, keys: Keys = None, **given: Any) -> None:
            async def at_the_desk() -> None:
                async with opened(by, office, data, keys, given.get("case", "")) as at:
                    now = await work(at, **given)  # type: ignore[call-arg]  # the signature below is the command's own
                    if now is not None:
                        say(now)

            run(at_the_desk())

        _, *own = inspect.signature(work).parameters.values()
        common = [one for one in inspect.signature(begun).parameters.values() if one.kind is one.KEYWORD_ONLY]
        taken = [*own, *common]
        begun.__name__, begun.__doc__, begun.__module__ = work.__name__, work.__doc__, work.__module__
        begun.__annotations__ = {one.name: one.annotation for one in taken} | {"return": None}
        vars(begun)["__signature__"] = inspect.Signature(taken)
        return begun

    return command


at_desk = officers_command(desk)
