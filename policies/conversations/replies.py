"""Replies: how the message that is answered turns innocent words into abuse, and fighting talk into play."""

import re
from dataclasses import replace

from policies.assess import with_findings
from policies.assessments import Assessment
from policies.conversations.utterances import GRAVE, Heard, Said
from policies.findings import Aim, Category, Certainty, Finding, Span, Stance

_MILD = re.compile(
    r"\b(?:kill\w*|murder\w*|dead|die|dying|end|finish\w*|fight|slap|batter\w*|destroy\w*|annihilat\w*|crush\w*|"
    r"smash\w*|hammer\w*|slaughter\w*|massacre\w*|thrash\w*|bury|burn\w*|shoot\w*|shot|stab\w*|hang\w*|execut\w*|gut\w*|"
    r"strangl\w*|drown\w*|poison\w*|nuke\w*|bomb\w*|blood\w*|going down|coming for|come for|chop\w*|behead\w*|"
    r"skin|boil\w*|roast\w*|knife|axe|sword|revenge|beat\w*|beating|wipe|pay|regret|head|throat|smok\w*|toast|torch\w*|gas|"
    r"put .{1,15}down|exterminat\w*|spray\w*|cremat\w*|sink\w*|attack\w*|snap|break\w*|punish\w*|no mercy|"
    r"kick\w*)\b"
)
_MEANT = re.compile(
    r"\b(?:gun|shotgun|bullet|acid|petrol|your (?:kids|daughter|son|wife|husband|family|children|house|home|street|"
    r"address|car|mum|mother)|where you live|outside your|traitor|bitch|cunt|scum|rape\w*|for real|not joking|"
    r"i mean it)\b"
)
"""Words that no game and no kitchen explains."""
_HELPS = re.compile(
    r"\b(?:kettle|coming (?:over|round|to (?:you|get you))|on my way|outside|open the door|ring|call|here for you|"
    r"with you)\b"
)
"""Words by which a friend stands at the door of somebody who spoke of suicide."""
_PLAYED = frozenset(
    ("threat", "death-wish", "insult", "intimidation", "obscene", "pile-on-call", "self-harm-incitement")
)
_WORDS_OF_APPROVAL = 14
_SHORT = 8
_FINE = frozenset(("warm", "condemns", "apology", "reports", "stop", "stop_contact"))
_DO_WITH = re.compile(
    r"\b(?:what|how) (?:should|shall|do|would|can|could|to do) (?:we |you |i |they )?(?:all )?(?:do |deal )?"
    r"(?:with|about|to|happen to)\b(?P<whom>[^?.!\n]{0,60})"
)
_PERSON = re.compile(
    r"\b(?:she|he|her|him|they|them|councillors?|cllr|mr|mrs|ms|miss|dr|mp|candidate|leader|chair(?:man|woman|person)?|"
    r"treasurer|secretary|organiser|volunteers?|canvassers?|members?|protesters?|people|men|women|man|woman|lot|"
    r"neighbours?|refugees?|asylum seekers?|migrants?|immigrants?|travellers?|gyps(?:y|ies)|muslims?|jews?|"
    r"christians?|hindus?|sikhs?|catholics?|gays?|lesbians?|trans|disabled|homeless|poles|romanians?|pakistanis?|indians?|africans?|arabs?|"
    r"israelis?|palestinians?|somalis?|foreigners?|kids?|children|family|hecklers?|traitors?|scabs?)\b"
)
_A_THING = re.compile(r"^\W*(?:the|this|that|these|those|our|my|your|his|her|their|a|an|all|some|any)\b")
_ADDS = re.compile(
    r"(?:(?:and|plus|but|yes|yeah|agreed|exactly|true|also)\W+){0,3}(?:"
    r"not (?:just|only) (?:the |those )?(?P<them>[\w'-]+)(?: [\w'-]+)?\W+"
    r"(?:(?:but|it's|also|so are|all|the|those|every) )*(?P<others>[\w'-]+)(?: [\w'-]+)?"
    r"(?: (?:too|as well|also|are|as bad))*"
    r"|(?:the |all |so are |those )*(?P<too>[\w'-]{4,})(?: [\w'-]+)? "
    r"(?:too|as well|also|likewise|are too|are as well|are no better)"
    r"|(?:same (?:goes )?(?:for|with)|ditto|(?:do not|don't|dont|let's not) forget(?: about)?|not forgetting|as are|"
    r"so are|and|plus|what about) (?:all |the |those )*(?P<same>[\w'-]{4,})(?: [\w'-]+)?(?: (?:too|as well|also))?"
    r")\W*(?:lol|mate|lads|tbh)?\W*"
)
"""A whole answer that says the same of others: "not just them, all the others", "the others too"."""
_OF_A_PEOPLE = frozenset(("dehumanisation", "identity-attack", "slur", "coded-antisemitism", "threat", "death-wish"))
_NEWS_TO_GREET = re.compile(
    r"\b(?:reported|police|arrest\w*|charged|court|stopped|support|messages? of|kind|thanks?|sorry)\b"
)


class Replies:
    """Reads an answer with the message that it answers."""

    def turned(self, heard: Heard) -> Finding | None:
        """Give a finding where an answer means abuse only under its parent."""
        parent, signs = heard.parent, heard.signs
        if parent is None:
            return None
        if "weapons" in signs:
            return self._weapons(heard, parent)
        if parent.author == heard.author and parent.author[1]:
            return None
        return self._approval(heard, parent) or self._under_news(heard, parent)

    def _under_news(self, heard: Heard, parent: Said) -> Finding | None:
        """Give a finding where an answer strikes at what somebody suffers, or tells where they are."""
        signs = heard.signs
        under, refused = parent.signs, bool(_FINE & signs)
        if "despair" in under and "despair_jest" not in under and "goads" in signs and not _helps(heard):
            because = f"it eats away at somebody who spoke of suicide in message {parent.id}"
            return _finding(heard, "self-harm-incitement", "goading", because, Category.SELF_HARM)
        if "gloats" in signs and not (refused and "warm" not in signs) and self._bad_news(parent, heard):
            because = f"it wishes or greets a death or an illness, under message {parent.id} that told of one"
            return _finding(heard, "death-wish", "gloating", because, Category.THREAT, Category.HARASSMENT)
        told_of_attack = "victim_news" in under and not {"laughing", "play"} & under
        if told_of_attack and {"gloats", "deserved"} & signs and not refused and not _greets(heard, parent):
            because = (
                f"it says that it serves somebody right, under message {parent.id} that told of an attack or threats"
            )
            return _finding(heard, "insult", "deserved", because, Category.HARASSMENT)
        if "asks_where" in under and "tells_where" in signs and not self._harmless_place(heard, parent):
            because = f"it tells where somebody is to be found, to the question in message {parent.id}"
            return _finding(heard, "doxxing", "whereabouts", because, Category.DOXXING)
        return None

    def cleared(self, heard: Heard, above: tuple[Said, ...]) -> Assessment:
        """Give the assessment without what the messages above it explain: play, kitchen, pests, or a quotation."""
        assessment = heard.assessment
        if not heard.abuse:
            return assessment
        findings = tuple(
            self._as_told(heard, finding, above[0]) if above else finding
            for finding in assessment.findings
            if not self._played(heard, finding, above)
        )
        if findings == assessment.findings:
            return assessment
        return with_findings(assessment, findings)

    def _played(self, heard: Heard, finding: Finding, above: tuple[Said, ...]) -> bool:
        suspected = finding.entry.startswith("mixtures/")
        mild = suspected or (finding.kind in _PLAYED and not finding.characteristic)
        # What others spoke of before in the channel is no licence for a plain threat; what is answered may be.
        unasked = finding.certainty is Certainty.PLAIN and heard.parent is None and not heard.place[2]
        if finding.stance is not Stance.USE or not mild or unasked:
            return False
        text = heard.folded
        if finding.certainty is Certainty.LIKELY and any("despair" in said.signs for said in above[:1]):
            return "hostile" not in heard.signs and bool(_HELPS.search(text))
        if _MEANT.search(text) or (finding.kind in ("insult", "obscene") and not _MILD.search(text)):
            return False
        mock_anger = self._mock_anger(heard)
        if not mock_anger and not any({"play", "pests"} & said.signs and not said.abuse for said in above):
            return False
        if mock_anger or any("play" in said.signs for said in above):
            return bool(_MILD.search(text))
        return heard.words <= 2 * _SHORT and bool(_MILD.search(text)) and not {"you", "of_one"} & heard.signs

    def _mock_anger(self, heard: Heard) -> bool:
        """Whether somebody rages in fun, to one who owns up to the last biscuit."""
        parent = heard.parent
        if parent is None or parent.abuse or "small_wrong" not in parent.signs or parent.author == heard.author:
            return False
        return bool({"laughing", "fond"} & heard.signs) and heard.words <= 2 * _SHORT

    def _as_told(self, heard: Heard, finding: Finding, parent: Said) -> Finding:
        """Take words that stand in the parent for the parent's, if the answer says something of its own about them."""
        if finding.stance is not Stance.USE or parent.author == heard.author or "approves" in heard.signs:
            return finding
        words = heard.utterance.text[finding.span.start : finding.span.end].lower()
        own = heard.words - len(words.split())
        if len(words) < 6 or words not in parent.text or own < 2 or not ({"condemns", "reports", "asks"} & heard.signs):
            return finding
        return replace(finding, stance=Stance.CONDEMN if "condemns" in heard.signs else Stance.QUOTE)

    def _approval(self, heard: Heard, parent: Said) -> Finding | None:
        abuse = [f for f in parent.abuse if f.kind in GRAVE]
        if not abuse or heard.words > _WORDS_OF_APPROVAL:
            return None
        if _extends(heard, parent, abuse):
            return _joins(heard, parent, abuse)
        if "approves" not in heard.signs or {"condemns", "reports", "stop", "stop_contact"} & heard.signs:
            return None
        return _joins(heard, parent, abuse)

    def _weapons(self, heard: Heard, parent: Said) -> Finding | None:
        under = parent.signs
        explained = {"play", "pests"} & under or "condemns" in heard.signs or parent.abuse
        if explained and not any(f.kind in GRAVE for f in parent.abuse):
            return None
        asked = _DO_WITH.search(parent.text)
        if asked and _A_THING.search(asked["whom"]) and not _PERSON.search(asked["whom"]):
            return None
        if "people" not in under and not asked:
            return None
        because = f"it names a weapon or a way to kill, and nothing else, under message {parent.id} about people"
        return _finding(heard, "threat", "weapons", because, Category.THREAT)

    def _bad_news(self, parent: Said, heard: Heard) -> bool:
        under = parent.signs
        if "death_news" in under:
            pleasantly = {"good", "nice", "lovely", "great", "brilliant", "excellent"} & set(heard.folded.split())
            emoji = not any(char.isalpha() for char in heard.folded)
            told_more = len(parent.text.split()) > 30 and (pleasantly or emoji)
            return "play" not in under and not told_more
        return "ill_news" in under and "better_news" not in under and "play" not in under

    def _harmless_place(self, heard: Heard, parent: Said) -> bool:
        return bool("public_place" in heard.signs or "public_place" in parent.signs or "pests" in parent.signs) or (
            "condemns" in heard.signs
        )


def _extends(heard: Heard, parent: Said, abuse: list[Finding]) -> bool:
    """Whether a whole answer says of other people what its parent said of some."""
    added = _ADDS.fullmatch(heard.folded.strip(" .!,"))
    if added is None or not any(f.kind in _OF_A_PEOPLE for f in abuse) or {"reports", "stop", "warm"} & heard.signs:
        return False
    if added["them"]:
        return added["them"].rstrip("s") in parent.text and added["others"] not in ("us", "me", "of")
    return "people" in heard.signs and not {"me", "my", "us", "we", "i"} & set(heard.folded.split())


def _joins(heard: Heard, parent: Said, abuse: list[Finding]) -> Finding:
    gravest = min(abuse, key=lambda f: f.certainty is not Certainty.PLAIN)
    because = f"it joins in with message {parent.id}, in which there is {gravest.kind.replace('-', ' ')}"
    return _finding(heard, gravest.kind, "approval", because, *gravest.categories)


def _greets(heard: Heard, parent: Said) -> bool:
    """Whether a mere "good" may greet what was done about it."""
    return "deserved" not in heard.signs and bool(_NEWS_TO_GREET.search(parent.text))


def _helps(heard: Heard) -> bool:
    return bool({"warm", "condemns", "asks"} & heard.signs) and heard.words > 2


def _finding(heard: Heard, kind: str, entry: str, because: str, *categories: Category) -> Finding:
    return Finding(
        kind=kind,
        entry=f"conversation/{entry}",
        categories=categories,
        span=Span(0, len(heard.utterance.text)),
        aim=Aim.PERSON,
        certainty=Certainty.LIKELY,
        because=because,
    )
