"""Retaliation: hostility against somebody who has said that they reported, complained or gave evidence."""

from policies.conversations.recent import Recent
from policies.conversations.settings import ConversationSettings
from policies.conversations.tone import Tone
from policies.conversations.utterances import Heard, Member, Place
from policies.findings import Category, Finding

_COMFORT = frozenset(("warm", "apology", "votes"))
_WITHOUT_NAME = 24 * 3600.0
"""Seconds in which talk of grasses in the same channel means the one who complained there, named or not."""


class Retaliation:
    """Remembers who complained, where and when."""

    def __init__(self, settings: ConversationSettings) -> None:
        self._settings = settings
        self._complained: Recent[Member, tuple[float, str]] = Recent(settings.remembered)
        self._here: Recent[Place, tuple[Member, float]] = Recent(settings.remembered)

    def follow(self, heard: Heard, tone: Tone) -> None:
        """Remember a complaint that its author, or somebody else, tells of."""
        if {"trifles", "laughing", "snitching"} & heard.signs or tone is Tone.ABUSE:
            return
        if "complains" in heard.signs:
            self._note(heard.author, heard)
        elif "complains_for" in heard.signs:
            for member in heard.targets[:1]:
                self._note(member, heard)

    def find(self, heard: Heard, tone: Tone, members: tuple[Member, ...]) -> Finding | None:
        """Give a finding where somebody turns on a member for a complaint."""
        signs = heard.signs
        if "snitching" in signs and {"veiled", "menace"} & signs and "whoever" in heard.folded and not _COMFORT & signs:
            because = "it threatens or reviles whoever reported or complained"
            return heard.finding("retaliation", "whoever", because, Category.INTIMIDATION, Category.HARASSMENT)
        hinted = bool({"snitching", "veiled", "menace"} & signs) and not _COMFORT & signs
        hinted = hinted or ("menace" in signs and "warm" in signs and not _COMFORT - {"warm"} & signs)
        for member in dict.fromkeys((*members, *heard.targets)):
            told = self._complaint_of(member, heard.at)
            if told is not None and (tone >= Tone.CONTEMPT or hinted):
                return self._finding(heard, told)
        told = self._unnamed(heard) if hinted or (tone >= Tone.CONTEMPT and "you" in signs) else None
        return self._finding(heard, told) if told is not None else None

    def _unnamed(self, heard: Heard) -> str | None:
        """Give the complaint that talk of grasses means though it names nobody who complained."""
        last = self._here.get(heard.place)
        if last is None or last[0] == heard.author:
            return None
        told, since = self._complaint_of(last[0], heard.at), heard.at - last[1]
        if told is None or not 0 <= since <= _WITHOUT_NAME:
            return None
        near = since <= self._settings.topic_within and (not heard.targets or "you" in heard.signs)
        return told if "snitching" in heard.signs or near or heard.implied == last[0] else None

    def _note(self, member: Member, heard: Heard) -> None:
        self._complained.put(member, (heard.at, heard.utterance.id))
        self._here.put(heard.place, (member, heard.at))

    def _complaint_of(self, member: Member, at: float) -> str | None:
        told = self._complained.get(member)
        return told[1] if told and 0 <= at - told[0] <= self._settings.complaint_for else None

    def _finding(self, heard: Heard, told: str) -> Finding:
        because = f"it turns on a member who had told of a complaint, report or statement in message {told}"
        return heard.finding("retaliation", "retaliation", because, Category.INTIMIDATION, Category.HARASSMENT)
