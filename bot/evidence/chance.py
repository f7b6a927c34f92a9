"""The one place that chance comes from: random bytes, opaque identifiers and salts."""

import os
import re
from collections.abc import Callable
from typing import NewType

RandomBytes = Callable[[int], bytes]
"""Gives as many unguessable bytes as it is asked for."""

SYSTEM: RandomBytes = os.urandom
"""The operating system's randomness; anything else is for tests."""

PersonRef = NewType("PersonRef", str)
CaseRef = NewType("CaseRef", str)
IncidentRef = NewType("IncidentRef", str)

SALT_BYTES = 32
_OPAQUE = {prefix: re.compile(rf"{prefix}_[0-9a-f]{{32}}") for prefix in "pci"}


def new_person(random_bytes: RandomBytes = SYSTEM) -> PersonRef:
    """Make a name for somebody who acts on the record; it tells nothing about them."""
    return PersonRef(f"p_{random_bytes(16).hex()}")


def new_case(random_bytes: RandomBytes = SYSTEM) -> CaseRef:
    """Make a name for a case that tells nothing about it."""
    return CaseRef(f"c_{random_bytes(16).hex()}")


def new_incident(random_bytes: RandomBytes = SYSTEM) -> IncidentRef:
    """Make a name for an incident that tells nothing about it."""
    return IncidentRef(f"i_{random_bytes(16).hex()}")


def new_salt(random_bytes: RandomBytes = SYSTEM) -> bytes:
    """Make the salt of one commitment; never use one twice."""
    return random_bytes(SALT_BYTES)


def is_opaque(prefix: str, name: object) -> bool:
    """Whether a name was made here: `p` for people, `c` for cases, `i` for incidents."""
    return isinstance(name, str) and _OPAQUE[prefix].fullmatch(name) is not None
