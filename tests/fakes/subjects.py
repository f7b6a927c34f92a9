"""Random stories in which one member reports another, who then asks for what is kept about them."""

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.store.sqlite.store import Store
from bot.store.subject_data import Person
from policies.acts import Actor, Verb
from policies.decisions import Action, Outcome, OutcomeStatus
from policies.events import Author, MessagePosted, Parent
from policies.identifiers import IncidentId, MemberId, MessageId, PlatformName
from policies.incidents import Source
from policies.surroundings import Nearby, Surroundings
from tests.fakes import incidents as make
from tests.fakes.clock import NOON


@dataclass(frozen=True, slots=True)
class Story:
    """Who reported whom, and what the subject wrote; `telling` is all that would tell who reported."""

    subject: Author
    reporter: Author
    own_words: tuple[str, ...]

    @property
    def person(self) -> Person:
        """The subject."""
        return Person(PlatformName.DISCORD, self.subject.id)

    @property
    def telling(self) -> tuple[str, ...]:
        """Everything that would tell who reported."""
        return (self.reporter.id, self.reporter.handle, self.reporter.name, *self.reporter.name.split())


class Teller:
    """Puts one random story into a store."""

    def __init__(self, store: Store, number: int) -> None:
        self._store, self._chance, self._number = store, random.Random(number), number
        self._said = self._events = 0
        mark = f"{self._chance.randrange(16**6):06x}"
        self.subject = Author(id=MemberId(f"subject-{mark}"), name=f"Sub{mark} Ject{mark}", handle=f"sub.{mark}")
        self.reporter = Author(id=MemberId(f"reporter-{mark}"), name=f"Rob{mark} Tell{mark}", handle=f"tell.{mark}")
        self.moderator = Author(id=MemberId(f"mod-{mark}"), name=f"Mo{mark}", handle="")
        self._own: list[str] = []

    async def tell(self) -> Story:
        """Tell it: some of everything that can happen, in any order, and always a report."""
        await self._reported()
        more = [self._found, self._reported_back, self._answered, self._mentioned, self._near, self._warned]
        for event in self._chance.sample(more, self._chance.randint(1, len(more))):
            await event()
        return Story(self.subject, self.reporter, tuple(self._own))

    def _words(self, author: Author) -> str:
        self._said += 1
        text = f"message {self._number}-{self._said} about leaflets"
        if author is self.subject:
            self._own.append(text)
        return text

    def _posted(self, author: Author, *, parent: Parent | None = None, text: str = "") -> MessagePosted:
        self._events += 1
        event = make.posted(self._number * 1000 + self._events, text=text or self._words(author))
        return replace(event, author=author, parent=parent)

    def _naming(self) -> str:
        name, words = self.reporter.name, self.reporter.name.split()
        return self._chance.choice(
            [
                "looked",
                f"{name} reported it",
                f"see {self.reporter.id}",
                f"{words[0]} was hurt",
                f"as {words[1].upper()} says",
            ]
        )

    async def _record(self, event: MessagePosted, *, reporter: Author | None = None, reason: str = "") -> IncidentId:
        source = Source.DETECTION if reporter is None else Source.REPORT
        new = make.incident(event=event, to_do=(), source=source)
        decision = replace(new.decision, reasons=(self._naming(),))
        if reporter is not None:
            new = replace(new, reporter=reporter.id, report_reason=reason)
        return (await self._store.evidence.record(replace(new, decision=decision))).incident

    async def _act(self, verb: Verb, by: Author, on: IncidentId | None, reason: str, subject: Author | None) -> None:
        self._said += 1
        act = make.act(f"act-{self._number}-{self._said}", verb, on=on, reason=reason)
        actor = Actor(platform=PlatformName.DISCORD, community=act.actor.community, id=by.id, name=by.name)
        act = replace(act, actor=actor, subject=subject.id if subject else None)
        if verb in (Verb.UPHOLD, Verb.NOT_ABUSE):
            await self._store.evidence.settle(act, version=0)
        else:
            await self._store.evidence.append_act(act)

    async def _reported(self) -> None:
        parent = Parent(message=MessageId("m-p"), author=self.reporter.id, text=f"I am {self.reporter.name}")
        event = self._posted(self.subject, parent=parent if self._chance.random() < 0.5 else None)
        incident = await self._record(
            event, reporter=self.reporter, reason=f"{self.reporter.name} here: it is about me"
        )
        if self._chance.random() < 0.5:
            await self._act(Verb.REPORT, self.reporter, incident, "me again", self.subject)
        by = self._chance.choice([self.moderator, self.reporter])
        await self._act(self._chance.choice([Verb.UPHOLD, Verb.NOT_ABUSE]), by, incident, self._naming(), self.subject)
        outcome = Outcome(action=Action.ALERT, status=OutcomeStatus.DONE, detail=self._naming())
        await self._store.evidence.append_outcome(incident, outcome, NOON)
        await self._around(incident, self.reporter)
        await self._store.evidence.keep_attachment(incident, 1, _file(), NOON)

    async def _found(self) -> None:
        incident = await self._record(self._posted(self.subject))
        await self._act(Verb.REPORT, self.reporter, incident, self._naming(), self.subject)

    async def _reported_back(self) -> None:
        await self._record(self._posted(self.reporter), reporter=self.subject, reason=self._words(self.subject))

    async def _answered(self) -> None:
        text = self._words(self.subject)
        await self._record(
            self._posted(self.reporter, parent=Parent(message=MessageId("m-q"), author=self.subject.id, text=text))
        )

    async def _mentioned(self) -> None:
        await self._record(self._posted(self.reporter, text=f"<@{self.subject.id}> hurt {self.reporter.name}"))

    async def _near(self) -> None:
        await self._around(await self._record(self._posted(self.reporter)), self.subject)

    async def _warned(self) -> None:
        await self._act(Verb.WARN, self.moderator, None, self._naming(), self.subject)

    async def _around(self, incident: IncidentId, who: Author) -> None:
        said = Nearby(
            message=MessageId(f"n-{self._said}"), author=who.id, author_name=who.name, text=self._words(who), at=NOON
        )
        found = Surroundings(look=1, at=NOON + timedelta(minutes=10), before=(said,))
        await self._store.evidence.keep_context(incident, found, again_at=None)


async def _file() -> AsyncIterator[bytes]:
    yield b"a leaflet"
