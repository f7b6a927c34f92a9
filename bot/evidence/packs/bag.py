"""A bag as RFC 8493 has it: a payload, tag files, and manifests that `sha256sum -c` reads; made as it is written."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import sha256
from types import MappingProxyType

MANIFEST = "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"
SIGNATURE = f"{TAG_MANIFEST}.sig"

Content = Iterable[bytes]
"""What is in a file, piece by piece."""
NamedContent = tuple[str, Content]

_DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_SAFE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(?:/[A-Za-z0-9_][A-Za-z0-9._-]*)*")


class _Passing:
    """A file on its way to whoever writes it, hashed as it goes by."""

    def __init__(self, path: str, content: Content) -> None:
        self._path, self._content = path, content
        self._hashed, self._whole = sha256(), False
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._content:
            self._hashed.update(piece)
            self.size += len(piece)
            yield piece
        self._whole = True

    @property
    def sha256(self) -> str:
        """The hash of the whole file; nothing may be listed that was not written to its end."""
        if not self._whole:
            raise ValueError(f"{self._path} was not read to its end before the next file.")
        return self._hashed.hexdigest()


def bag(
    payload: Iterable[NamedContent],
    info: Mapping[str, str],
    more: Mapping[str, bytes] = MappingProxyType({}),
    *,
    sign: Callable[[bytes], bytes] | None = None,
) -> Iterator[NamedContent]:
    """Give all files of a bag: the payload below `data/` as it comes, then what declares and lists it.

    Each file has to be read to its end before the next is asked for: it is hashed on the way, so no file is ever held
    whole. `more` lies beside the payload and is listed with what declares it. `sign` signs the last list.

    The manifest lists files in the order in which a shell walks the folders in the C locale; the verifying script
    goes through both at once and so finds a file that is not listed.
    """
    listed: dict[str, str] = {}
    octets = 0
    for path, content in payload:
        if not _SAFE.fullmatch(path) or path in listed:
            raise ValueError(f"{path!r} is no name for a file of a bag, or a second file has it.")
        passing = _Passing(path, content)
        yield f"data/{path}", passing
        listed[path] = passing.sha256
        octets += passing.size
    in_order = sorted(listed, key=lambda path: path.split("/"))
    told = {**info, "Payload-Oxum": f"{octets}.{len(listed)}"}
    tags = {
        "bag-info.txt": "".join(f"{label}: {_one_line(value)}\n" for label, value in told.items()).encode(),
        "bagit.txt": _DECLARATION,
        **more,
        MANIFEST: _manifest((f"data/{path}", listed[path]) for path in in_order),
    }
    tag_manifest = _manifest((path, sha256(content).hexdigest()) for path, content in tags.items())
    for tag, written in (*tags.items(), (TAG_MANIFEST, tag_manifest)):
        yield tag, (written,)
    if sign is not None:
        yield SIGNATURE, (sign(tag_manifest),)


def _manifest(listed: Iterable[tuple[str, str]]) -> bytes:
    # Two spaces: with one, as some writers have it, GNU's sha256sum reads no line at all.
    return "".join(f"{hashed}  {path}\n" for path, hashed in listed).encode("ascii")


def _one_line(value: str) -> str:
    return " ".join(value.split())
