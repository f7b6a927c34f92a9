"""Normalising: a few views of a text, each undoing one kind of disguise, each with offsets into the original."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise, product

import re2
from ahocorasick_rs import AhoCorasick, MatchKind

from policies.text.backwards import forwards
from policies.text.folding import fold
from policies.text.lookalikes import spelt_in_another
from policies.text.markup import decoded, from_private, labels, mended, out_of_brackets, signs_off, untagged, untied
from policies.text.pictures import spoken
from policies.text.respelling import Respeller
from policies.text.spelling import straightened
from policies.text.texting import NEEDS, spelt_out
from policies.text.views import Rewrite, View, rewritten

MOST_SCANNED = 40_000
"""Slack's longest message; beyond it nothing is read, and the message says so."""

CORRECTED = "corrected"
"""The view in which slips of the hand are put right and nothing else: what is seen in it is not disguised."""

_PROTECTED_SIGN = re.compile("[<@:]")
_PROTECTED = re.compile(
    r"<[@#!][^<>\s]*>|<a?:\w{1,32}:\d+>|https?://(?:[^\s<>|()]|\([^\s<>|()]*\))+\|?|\b[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"
    r"|(?<![\w@])@[\w.-]+|:(?!(?:regional_indicator_|alphabet-(?:white|yellow)-|letter[_-])[a-z]:)[a-z0-9_+-]{2,64}:"
)
"""Mentions, links, addresses and codes of emoji that are no letters: not words, so never rewritten."""


@dataclass(frozen=True, slots=True)
class Normalised:
    """A text and its views; the first view is always `folded`, later ones stand only where they differ."""

    original: str
    views: tuple[View, ...]
    truncated: bool = False

    @property
    def folded(self) -> View:
        """Give the first view."""
        return self.views[0]


class Normaliser:
    """Undoes disguise with the help of the words that people disguise (order: likeliest first).

    `c***` and `c-nt` are read as `disguised` words; `others` only where stars leave two letters or more. `misspelt`
    are the words that a misspelling is read as before all others.
    """

    def __init__(self, disguised: Iterable[str], others: Iterable[str] = (), misspelt: Iterable[str] = ()) -> None:
        often = tuple(dict.fromkeys(word.lower() for word in disguised if word.isascii() and word.isalpha()))
        words = tuple(dict.fromkeys((*often, *(word.lower() for word in others if word.isascii() and word.isalpha()))))
        self._often = frozenset(often)
        self._known = frozenset(words)
        self._finder = AhoCorasick([word for word in words if len(word) >= 3], matchkind=MatchKind.LeftmostLongest)
        self._shapes: dict[tuple[str, int], tuple[str, ...]] = {}
        for word in words:
            shape = (word[0], len(word))
            self._shapes[shape] = (*self._shapes.get(shape, ()), word)
        self._respeller = Respeller(misspelt or often, words)

    def normalise(self, text: str) -> Normalised:
        """Give the views of a text; never raises, takes time linear in the text."""
        views = self._first(text[:MOST_SCANNED])
        last = views[-1]
        needed = _GATE.Match(last.text) or ()
        words, strange = ("", set[str]()) if needed else self._strange(last.text)
        if not needed and not strange:
            return Normalised(text, tuple(views), truncated=len(text) > MOST_SCANNED)
        for number, stage in enumerate(_STAGES if needed else ()):
            if number not in needed:
                continue
            words = _PROTECTED.sub(_blanked, last.text) if _PROTECTED_SIGN.search(last.text) else last.text
            for read in stage.readings:
                rewrites = list(read(self, words))
                if rewrites:
                    views.append(rewritten(last, stage.name, rewrites))
            if views[-1] is not last:
                last = views[-1]
                needed = _GATE.Match(last.text) or ()
        if last is not views[0] or not strange:
            words, strange = self._strange(last.text)
        if strange:
            if turned := forwards(last, self._respeller, strange):
                views.append(turned)
            elif rewrites := list(self._respeller.respelt(words, strange)):
                slips = self._slips(views[0])
                if slips:
                    views.insert(1, slips)
                respelt = rewritten(last, "respelt", rewrites)
                if slips is None or respelt.text != slips.text:
                    views.append(respelt)
        return Normalised(text, tuple(views), truncated=len(text) > MOST_SCANNED)

    @staticmethod
    def _first(text: str) -> list[View]:
        """Give the folded view and, where hashtags are written with capitals, which folding loses, them as words."""
        views = [fold(text)]
        for tags in (untied(text, views[0].text), signs_off(views[0].text)) if "#" in text else ():
            if rewrites := list(tags):
                return [*views, rewritten(views[0], "untied", rewrites)]
        return views

    def _strange(self, text: str) -> tuple[str, set[str]]:
        """Give a text without mentions, links and the like, and its words that are none."""
        strange = self._respeller.strange(text)
        if strange and _PROTECTED_SIGN.search(text):
            text = _PROTECTED.sub(_blanked, text)
            strange = self._respeller.strange(text)
        return text, strange

    def _slips(self, folded: View) -> View | None:
        """Give the view that reads slips of the hand alone, or nothing where there are none."""
        words, strange = self._strange(folded.text)
        rewrites = self._respeller.corrected(words, strange) if strange else []
        return rewritten(folded, CORRECTED, rewrites) if rewrites else None

    def _decode(self, text: str) -> Iterator[Rewrite]:
        """Read `&#107;` as a k, folded."""
        for reference in decoded(text):
            yield replace(reference, text=fold(reference.text).text)

    def _label(self, text: str) -> Iterator[Rewrite]:
        """Read links that have words to them as the words."""
        yield from labels(text)

    def _untag(self, text: str) -> Iterator[Rewrite]:
        """Read what stands in tags without them."""
        yield from untagged(text)

    def _publish(self, text: str) -> Iterator[Rewrite]:
        """Read letters for private use as those of the word around them."""
        yield from from_private(text, self._respeller.usual, self._masked)

    def _letter(self, text: str) -> Iterator[Rewrite]:
        """Read words in another script as English, where they are that by their shapes."""
        yield from spelt_in_another(text, self._respeller.usual, self._respeller.lists)

    def _mend(self, text: str) -> Iterator[Rewrite]:
        """Read words that markup breaks up as they are shown."""
        yield from mended(text, self._respeller.usual, self._masked)

    def _masked(self, word: str) -> str | None:
        return self._behind(word) if len(word) <= _LONGEST_MASKED else None

    def _speak(self, text: str) -> Iterator[Rewrite]:
        """Read emoji as the words and letters that they stand for in a sentence."""
        yield from spoken(text, self._respeller.usual)

    def _text(self, text: str) -> Iterator[Rewrite]:
        """Read `gna c u 2moro` as it is spelt."""
        yield from spelt_out(text)

    def _space(self, text: str) -> Iterator[Rewrite]:
        """Read `words.with_other/marks-between` as words with spaces between."""
        for run in _MARKED.finditer(text):
            parts = _LETTERS.findall(run.group())
            marks = set(_BETWEEN.findall(run.group()))
            if len(marks) > 1 or (marks == {"-"} and len(parts) < _FEWEST_HYPHENATED):
                continue  # An address, or a word like mother-in-law.
            if sum(self._respeller.usual(part) for part in parts) * 3 >= len(parts) * 2:
                yield Rewrite(run.start(), run.end(), _BETWEEN.sub(" ", run.group()))

    def _leet_as_l(self, text: str) -> Iterator[Rewrite]:
        """Read `k111` as `klll`: the second reading of a one or a bar, offered only where there is one."""
        if "1" in text or "|" in text:
            for token in _LEET_TOKEN.finditer(text):
                if "1" in token.group() or "|" in token.group():
                    yield from _unleeted(token, _LEET_L)

    def _leet(self, text: str) -> Iterator[Rewrite]:
        for token in _LEET_TOKEN.finditer(text):
            yield from _unleeted(token, _LEET)

    def _part(self, text: str) -> Iterator[Rewrite]:
        """Read `c:u:n:t` and `(c)(u)(n)(t)` as a word."""
        yield from self._join(text, apart=True)

    def _join(self, text: str, *, apart: bool = False) -> Iterator[Rewrite]:
        """Read `c u n t` and `c.u.n.t` as a word, and `ki-ke` too where the result is a disguised word."""
        found: list[Rewrite] = []
        for run in (_PARTED if apart else _SPACED).finditer(text):
            letters = [(m.start(), m.group()) for m in _LETTER.finditer(text, run.start(), run.end())]
            if whole := self._sentence_in(text, letters):
                found.append(Rewrite(run.start(), run.end(), " ".join(whole)))
            else:
                found.extend(self._words_in(letters))
        for token in () if apart else _PUNCTUATED.finditer(text):
            word = _PUNCTUATION.sub("", token.group())
            known = self._often if _BETWEEN_WORDS.search(token.group()) else self._known
            if len(word) >= 3 and word in known:
                found.append(Rewrite(token.start(), token.end(), word))
        if apart:
            found.extend(out_of_brackets(text, self._respeller.usual, self._respeller.cut))
        found.sort(key=lambda rewrite: rewrite.start)
        done = 0
        for rewrite in found:
            if rewrite.start >= done:
                yield rewrite
                done = rewrite.end

    def _sentence_in(self, text: str, letters: list[tuple[int, str]]) -> list[str]:
        """Give the words of a run of single characters, or nothing; a gap unlike most of the others parts words."""
        spelt = "".join(letter for _, letter in letters).translate(_LEET)
        between = [text[before + 1 : after] for (before, _), (after, _) in pairwise(letters)]
        gaps = [(" " in gap, len(gap)) for gap in between]
        widest = max(gaps)
        if widest > min(gaps):
            ends = [place + 1 for place, gap in enumerate(gaps) if gap == widest]
            parts = [spelt[start:end] for start, end in pairwise((0, *ends, len(spelt)))]
            if all(self._respeller.usual(part) for part in parts):
                return parts
        words = self._respeller.cut(spelt)
        return words if len(spelt) >= _SHORTEST_SENTENCE or self._respeller.lists(words) else []

    def _words_in(self, letters: list[tuple[int, str]]) -> Iterator[Rewrite]:
        """Find the disguised words in a run of single characters, longest first.

        Where none is, the run is joined as it stands, but only if all of it is letters, and no harmless words.
        """
        spelt = "".join(letter for _, letter in letters)
        joined = spelt.translate(_LEET)
        words = self._finder.find_matches_as_indexes(joined)
        for _, start, end in words:
            yield Rewrite(letters[start][0], letters[end - 1][0] + 1, joined[start:end])
        if not words and joined == spelt and not self._respeller.cut(joined):
            yield Rewrite(letters[0][0], letters[-1][0] + 1, joined)

    def _squeeze(self, text: str) -> Iterator[Rewrite]:
        """Read `kiiiill` as `kill`: runs of three and more become one letter, or two where that is a word."""
        for token in _STRETCHED.finditer(text):
            word = token.group()
            single = _RUN.sub(r"\1", word)
            forms = (single, *_each_run(word)) if len(word) <= _LONGEST_STRETCHED else (single,)
            choice = next((form for form in forms if form in self._known), "") or straightened(word, self._known)
            choice = choice or single
            yield Rewrite(token.start(), token.end(), choice)

    def _unmask(self, text: str) -> Iterator[Rewrite]:
        """Read `c***` as the likeliest disguised word of that shape; leave what fits none."""
        read: dict[str, str | None] = {}
        for token in _MASKED.finditer(text):
            masked = token.group().rstrip("-_")
            if masked not in read:
                read[masked] = self._masked(masked)
            if word := read[masked]:
                yield Rewrite(token.start(), token.start() + len(masked), word)

    def _behind(self, masked: str) -> str | None:
        if masked.isalpha():
            return None
        run = _MASK_RUN.search(masked)
        lengths = (0, 1, -1, 2) if run else (0,)
        for extra in lengths:
            shape = masked
            if run and extra:
                shape = masked[: run.start()] + "*" * (run.end() - run.start() + extra) + masked[run.end() :]
            shown = sum(char not in _MASKS for char in shape)
            for word in self._shapes.get((shape[0], len(shape)), ()):
                known_well = word in self._often or (shown > 1 and _STARS.search(shape))
                if known_well and all(a == b or a in _MASKS for a, b in zip(shape, word, strict=True)):
                    return word
        return None


@dataclass(frozen=True, slots=True)
class _Stage:
    """One kind of disguise: what a text must hold for it, and the readings that undo it, the best one last."""

    name: str
    needs: str
    readings: tuple[Callable[[Normaliser, str], Iterator[Rewrite]], ...]


_TRIPLE = "|".join(letter * 3 for letter in "abcdefghijklmnopqrstuvwxyz")
_STAGES = (
    _Stage(
        "decoded",
        r"&(?:#x?[0-9a-f]{1,7}|[a-z]{2,24});|:(?:regional_indicator_|alphabet-|letter[_-])|%[2-7][0-9a-f]",
        (Normaliser._decode,),
    ),
    _Stage("labelled", r"\]\(<?https?://|<https?://[^\s<>|]+\|", (Normaliser._label,)),
    _Stage("untagged", r"<(?:/?[a-z]{1,6}(?: [^<>\n]{0,120})?/?|!--[^<>\n]{0,120}--)>", (Normaliser._untag,)),
    _Stage("published", r"[\x{e000}-\x{f8ff}\x{f0000}-\x{10fffd}]", (Normaliser._publish,)),
    _Stage(
        "lettered", r"[\x{370}-\x{1cff}\x{2c00}-\x{2dff}\x{3040}-\x{abff}\x{10000}-\x{1d1ff}]", (Normaliser._letter,)
    ),
    _Stage(
        "mended",
        r"[a-z](?:[*_~`\\]+|\|\|+|<a?:\w{1,32}:\d{1,20}>|\(\)|\]\(https?://[^\s()]+\)|\[[a-z]+\]\()[a-z]",
        (Normaliser._mend,),
    ),
    _Stage(
        "spoken",
        r"[\x{2300}-\x{23ff}\x{2600}-\x{27bf}\x{2b00}-\x{2bff}\x{1f000}-\x{1f3fa}\x{1f400}-\x{1faff}]",
        (Normaliser._speak,),
    ),
    _Stage("texted", NEEDS, (Normaliser._text,)),
    _Stage(
        "leet",
        r"[a-z][0-9@$!|+€£]+[a-z]|[0-9@$!|+€£][a-z]|[a-z][0-9$|]",
        (Normaliser._leet_as_l, Normaliser._leet),
    ),
    _Stage("joined", r"\b[a-z][ \t\n.,_*~`/|\\+-]{1,3}[a-z0-9@$]\b|[a-z][-._*~,/][a-z]", (Normaliser._join,)),
    _Stage(
        "parted",
        r"\b[a-z][^\w\s'.,*~/|\\+-][a-z0-9@$][^\w\s'][a-z0-9@$]\b"
        r"|[(\[{\"'][a-z][)\]}\"'][ ,.]{0,2}[(\[{\"'][a-z][)\]}\"']",
        (Normaliser._part,),
    ),
    _Stage("squeezed", _TRIPLE, (Normaliser._squeeze,)),
    _Stage("unmasked", r"[a-z][*#_-]+[*#a-z]", (Normaliser._unmask,)),
    _Stage("spaced", r"[a-z][-._/~*+|][a-z]+[-._/~*+|][a-z]", (Normaliser._space,)),
)
_GATE = re2.Set.SearchSet()
for _stage in _STAGES:
    _GATE.Add(_stage.needs)
_GATE.Compile()

_LEET_TOKEN = re.compile(r"(?<![a-z0-9@$!|+€£])[a-z]*[0-9@$!|+€£][a-z0-9@$!|+€£]*")
_NINES = re.compile("(?<=[a-z]{2})9+(?=[a-z])")
_BARRED = re.compile(r"[a-z0-9](?:\|[a-z0-9])+\|?")
_LEET = str.maketrans("01345678@$!|+€£2", "oieasgtbasiitelz")
_LEET_L = str.maketrans("01345678@$!|+€£2", "oleasgtbasiltelz")
_SPACED = re.compile(r"(?<![\w'])[a-z0-9@$](?:(?:[ \t.,_*~`/|\\+-]{1,3}|[ \t]?\n[ \t]?\n?)[a-z0-9@$]){2,}(?![\w'])")
_PARTED = re.compile(r"(?<![\w'])[a-z0-9@$]([^\w\s'.,*~/|\\+-])[a-z0-9@$](?:\1[a-z0-9@$])+(?![\w'])")
_LETTER = re.compile("[a-z0-9@$]")
_PUNCTUATED = re.compile(r"(?<![a-z])[a-z]+(?:[-._*~,/][a-z]+)+")
_BETWEEN_WORDS = re.compile("[,/]")
_PUNCTUATION = re.compile("[^a-z]")
_STRETCHED = re.compile(r"(?<![a-z])(?:([a-z])(?!\1\1))*([a-z])\2\2[a-z]*")
_LOWER = re.compile("[a-z]")
_RUN = re.compile(r"([a-z])\1{2,}")
_MARKED = re.compile(r"(?<![a-z0-9._/~*+|-])[a-z]+(?:[-._/~*+|][a-z]+){2,}(?![a-z0-9])")
_FEWEST_HYPHENATED = 4
_LETTERS = re.compile("[a-z]+")
_BETWEEN = re.compile("[^a-z]")
_MASKS = "*#-_"
_MASKED = re.compile(r"(?<![\w*#-])[a-z][a-z*#_-]+")
_MASK_RUN = re.compile(r"[*#]{2,}")
_STARS = re.compile("[*#]")
_SHORTEST_SENTENCE = 16
"""Letters of a sentence spelt out that no word of abuse stands in; a shorter one is as often read by chance."""
_LONGEST_STRETCHED = 60
_LONGEST_MASKED = 24


def _unleeted(token: re.Match[str], table: dict[int, int]) -> Iterator[Rewrite]:
    """Read digits and signs inside a word as letters; a number, or a word with `!` after it, stays."""
    if _BARRED.fullmatch(token.group()):
        return
    word = token.group().rstrip("!|+")
    start = token.start()
    while word and word[0] in "!|+£€":
        word, start = word[1:], start + 1
    if _LOWER.search(word):
        plain = _NINES.sub(_as_g, word).translate(table)
        if plain != word:
            yield Rewrite(start, start + len(word), plain)


def _as_g(nines: re.Match[str]) -> str:
    return "g" * len(nines.group())


def _each_run(word: str) -> Iterator[str]:
    """Give the forms of a stretched word with each run as one or two letters, for up to four runs."""
    parts = _RUN.split(word)
    if len(parts) > 2 * 4 + 1:
        return
    for counts in product((1, 2), repeat=len(parts) // 2):
        yield "".join(part if i % 2 == 0 else part * counts[i // 2] for i, part in enumerate(parts))


def _blanked(match: re.Match[str]) -> str:
    """Keep the place of what is no word, but nothing of it that could be rewritten."""
    return "\0" * len(match.group())
