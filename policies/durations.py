"""How people write how long something lasts."""

import re
from datetime import timedelta

_PIECE = re.compile(r"(\d{1,6})\s*([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def read_duration(text: str) -> timedelta | None:
    """Read a duration such as `10m`, `2h`, `7d` or `1d12h`; nothing if it is not one."""
    squeezed = text.replace(" ", "").lower()
    pieces = _PIECE.findall(squeezed)
    if not pieces or "".join(f"{number}{unit}" for number, unit in pieces) != squeezed:
        return None
    return sum((timedelta(**{_UNITS[unit]: int(number)}) for number, unit in pieces), timedelta())
