"""The key files of a data folder, beside the record and never in it: made once, read and found fit at every start."""

import secrets
from dataclasses import dataclass, field
from pathlib import Path

from bot.evidence.durable_files import replace, sync_folder, write_new
from bot.evidence.errors import KeyRefused
from bot.evidence.key_files import keep_key_ring, keep_signing_key, load_key_ring, load_signing_key
from bot.evidence.notes import KeyUse, SigningKey, VerifierKey
from bot.evidence.wrapping import KeyRing, WrappingKey

FOLDER = "keys"
WRAPPING = "wrapping.keys"
SIGNING = "log.key"
NEXT = "log.key.next"
FIRST = "log.pub"
"""The public half of the first key that ever signed here: what to hand to witnesses and members."""
PACK = "pack.key"
"""The key that signs evidence packs, in OpenSSH's form; made when the first pack is."""

NAMES = (WRAPPING, SIGNING, NEXT, FIRST, PACK)


@dataclass(frozen=True, slots=True)
class KeyFiles:
    """All keys of a data folder."""

    ring: KeyRing = field(repr=False)
    signing: SigningKey
    first: VerifierKey


def read_keys(folder: Path) -> KeyFiles:
    """Read the key files; raises `KeyRefused` if one is missing, damaged or open to others."""
    try:
        first = VerifierKey.parse((folder / FIRST).read_text("ascii"))
    except OSError as error:
        raise KeyRefused(f"{folder / FIRST} cannot be read: {error.strerror}. Restore it from a backup.") from error
    except ValueError as error:
        raise KeyRefused(f"{folder / FIRST} holds no public key: {error}. Restore it from a backup.") from error
    return KeyFiles(load_key_ring(folder / WRAPPING), load_signing_key(folder / SIGNING), first)


def make_keys(folder: Path) -> None:
    """Make the keys of a folder that never had any."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (folder / WRAPPING).exists():
        keep_key_ring(folder / WRAPPING, KeyRing(WrappingKey.new()))
    if not (folder / SIGNING).exists():
        keep_signing_key(folder / SIGNING, SigningKey.new(f"hustings.log/{secrets.token_hex(8)}", KeyUse.NOTE))
    if not (folder / FIRST).exists():
        write_new(folder / FIRST, f"{load_signing_key(folder / SIGNING).verifier}\n".encode())


def keep_next(folder: Path, key: SigningKey) -> None:
    """Keep the signing key that is about to be named as the successor."""
    replace(folder / NEXT, f"{key.secret_line()}\n".encode())


def next_key(folder: Path) -> SigningKey | None:
    """Give the key that was about to become the signing key, if there is one."""
    return load_signing_key(folder / NEXT) if (folder / NEXT).exists() else None


def take_next(folder: Path) -> None:
    """Sign with the successor from now on."""
    (folder / NEXT).replace(folder / SIGNING)
    sync_folder(folder)
