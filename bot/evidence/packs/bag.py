"""A bag as RFC 8493 has it: a payload, tag files, and manifests that `sha256sum -c` reads."""

import re
from collections.abc import Iterable, Mapping
from hashlib import sha256
from types import MappingProxyType

MANIFEST = "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"
SIGNATURE = f"{TAG_MANIFEST}.sig"

_DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_SAFE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(?:/[A-Za-z0-9_][A-Za-z0-9._-]*)*")


def bag(
    payload: Mapping[str, bytes], info: Mapping[str, str], more: Mapping[str, bytes] = MappingProxyType({})
) -> dict[str, bytes]:
    """Give all files of a bag but a signature: the payload below `data/`, and what declares and lists it.

    `more` lies beside the payload and is listed with what declares it.

    The manifest lists files in the order in which a shell walks the folders in the C locale; the verifying script
    goes through both at once and so finds a file that is not listed.
    """
    unsafe = [path for path in (*payload, *more) if not _SAFE.fullmatch(path)]
    if unsafe:
        raise ValueError(f"{unsafe[0]!r} is no name for a file of a bag.")
    files = {f"data/{path}": payload[path] for path in sorted(payload, key=lambda path: path.split("/"))}
    octets = sum(map(len, files.values()))
    told = {**info, "Payload-Oxum": f"{octets}.{len(files)}"}
    tags = {
        "bag-info.txt": "".join(f"{label}: {_one_line(value)}\n" for label, value in told.items()).encode(),
        "bagit.txt": _DECLARATION,
        **more,
        MANIFEST: _manifest(files.items()),
    }
    return {**files, **tags, TAG_MANIFEST: _manifest(tags.items())}


def _manifest(files: Iterable[tuple[str, bytes]]) -> bytes:
    # Two spaces: with one, as some writers have it, GNU's sha256sum reads no line at all.
    return "".join(f"{sha256(content).hexdigest()}  {path}\n" for path, content in files).encode("ascii")


def _one_line(value: str) -> str:
    return " ".join(value.split())
