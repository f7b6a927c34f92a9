"""Incidents, acts and deletions to keep, whole and with every field filled."""

from datetime import timedelta

from policies.acts import Act, Actor, Verb
from policies.assessments import Assessment, Context
from policies.decisions import Action, Decision, Mode, PolicyVersion, RuleMatch, Severity
from policies.events import Attachment, Author, MessageDeleted, MessageEdited, MessagePosted, Parent
from policies.findings import Aim, Category, Certainty, Cue, Finding, Scores, Span, Stance
from policies.identifiers import (
    ChannelId,
    CommunityId,
    EventId,
    IncidentId,
    MemberId,
    MessageId,
    MessageRef,
    PlatformName,
)
from policies.incidents import NewIncident, Source
from tests.fakes.clock import NOON

POLICY = PolicyVersion(name="Small", version=1, sha256="0" * 64)


def message(number: int = 1, *, platform: PlatformName = PlatformName.DISCORD) -> MessageRef:
    """Name a message."""
    return MessageRef(platform, CommunityId("branch"), ChannelId("general-id"), MessageId(f"m-{number}"))


def posted(number: int = 1, *, text: str = "words", platform: PlatformName = PlatformName.DISCORD) -> MessagePosted:
    """Make a posted message with every field filled."""
    return MessagePosted(
        event_id=EventId(f"e-{number}"),
        ref=message(number, platform=platform),
        author=Author(id=MemberId("ann"), name="Ann", handle="ann.b", is_bot=False, roles=("member", "canvasser")),
        text=text,
        posted_at=NOON - timedelta(seconds=2),
        channel_name="general",
        thread=MessageId("thread-1"),
        parent=Parent(message=MessageId("m-0"), author=MemberId("bob"), text="what came before"),
        attachments=(Attachment(id="a", name="leaflet.pdf", url="https://x/a", media_type="application/pdf", size=9),),
        link="https://chat.example/1",
    )


def edited(number: int = 1, *, text: str = "new words", before: str | None = "words") -> MessageEdited:
    """Make an edited message."""
    return MessageEdited(
        event_id=EventId(f"e-{number}-edit"),
        ref=message(number),
        author=Author(id=MemberId("ann"), name="Ann"),
        text=text,
        before=before,
        edited_at=NOON,
        channel_name="general",
    )


def assessment() -> Assessment:
    """Make an assessment with every field filled."""
    finding = Finding(
        kind="slur",
        entry="marker",
        categories=(Category.IDENTITY_ATTACK, Category.INSULT),
        span=Span(0, 5),
        view="joined",
        aim=Aim.PERSON,
        certainty=Certainty.LIKELY,
        characteristic="religion",
        stance=Stance.QUOTE,
    )
    return Assessment(
        findings=(finding,),
        scores=Scores(toxicity=0.5, threat=0.25),
        stance=Stance.QUOTE,
        cues=(Cue(name="reporting verb", span=Span(0, 2)),),
        context=Context(channel="general", author_roles=("member",), parent_text="what came before", is_edit=True),
        scorer="scripted",
        degraded=("classifier: slow",),
    )


def decision(*actions: Action, rule: str = "slurs", categories: tuple[Category, ...] = (Category.INSULT,)) -> Decision:
    """Make a decision with one rule."""
    wanted = actions or (Action.HIDE, Action.ALERT)
    match = RuleMatch(
        rule=rule,
        clause="Be civil.",
        severity=Severity.HIGH,
        mode=Mode.ACT,
        asked=wanted,
        triage_within_seconds=3600,
    )
    return Decision(
        actions=wanted,
        rules=(match,),
        reasons=("A sentence.",),
        categories=categories,
        policy=POLICY,
        withheld=(Action.MUTE,),
        degraded=("classifier: slow",),
    )


def incident(
    number: int = 1,
    *,
    event: MessagePosted | MessageEdited | None = None,
    decided: Decision | None = None,
    to_do: tuple[Action, ...] = (Action.HIDE, Action.ALERT),
    after: timedelta = timedelta(0),
    source: Source = Source.DETECTION,
) -> NewIncident:
    """Make an incident that nobody has kept yet."""
    event = event or posted(number)
    report = {"reporter": MemberId("rob"), "report_reason": "it is about me"} if source is Source.REPORT else {}
    return NewIncident(
        event_id=event.event_id,
        event=event,
        assessment=assessment(),
        decision=decided or decision(),
        source=source,
        recorded_at=NOON + after,
        to_do=to_do,
        **report,  # type: ignore[arg-type] # the two fields of a report go together
    )


def act(name: str, verb: Verb = Verb.UPHOLD, *, on: IncidentId | None = None, reason: str = "looked") -> Act:
    """Make an act of a moderator."""
    return Act(
        event_id=EventId(name),
        actor=Actor(
            platform=PlatformName.DISCORD,
            community=CommunityId("branch"),
            id=MemberId("mod"),
            name="Mod of the day",
            roles=("moderator",),
        ),
        verb=verb,
        reason=reason,
        at=NOON + timedelta(minutes=5),
        incident=on,
        subject=MemberId("ann"),
        until=NOON + timedelta(days=1),
    )


def deleted(number: int = 1, name: str = "gone") -> MessageDeleted:
    """Make a deletion."""
    return MessageDeleted(
        event_id=EventId(name), ref=message(number), deleted_at=NOON + timedelta(hours=1), deleted_by=MemberId("mod")
    )
