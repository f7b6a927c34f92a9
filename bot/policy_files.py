"""The policy file of the settings and the one on record: which of them is in force."""

from collections.abc import Callable
from pathlib import Path

import structlog

from bot.store.sqlite.adoptions import SqliteAdoptions
from bot.store.sqlite.connection import StoreUnusable
from bot.store.sqlite.store import Store
from handlers.casework.adopting import Adopting, Adoptions, PolicyFile, adopt
from handlers.errors import EvidenceUnavailable
from handlers.policies_in_force import InForce
from policies.assess import Reader
from policies.casework.adoption import PolicyAdopted, adopted, named
from policies.casework.case import NotAllowed
from policies.casework.policy_book import ALWAYS, Edition
from policies.load import HOUSE_POLICY, house_policy_bytes, parse_policy, policy_bytes
from policies.problems import PolicyError, Problem
from policies.rules import Policy

log = structlog.get_logger(__name__)

Read = Callable[[], PolicyFile]


def policy_file(path: Path | None, *, run_examples: Reader | None = None) -> PolicyFile:
    """Read the policy file of the settings, else the shipped one; raises `PolicyError` with every mistake."""
    text = policy_bytes(path) if path else house_policy_bytes()
    return PolicyFile(parse_policy(text, file=str(path or HOUSE_POLICY), run_examples=run_examples), text)


class TakingUp:
    """Takes up the policy file where it may be; the one in force stays until then."""

    def __init__(self, deps: Adopting, path: Path | None) -> None:
        self._deps, self._path = deps, path

    async def first(self, file: PolicyFile) -> Policy:
        """Give the policy to start with: the file's, or the one on record while nobody agreed to the file.

        Raises `PolicyError` where the one on record cannot be used any more, `StoreUnusable` where none can be read.
        """
        refused = await self._refused(file)
        if not refused:
            return file.policy
        log.error("policy.waits", problem=str(refused))
        try:
            current = adopted(await self._deps.adoptions.all())
            text = None if current is None else await self._deps.adoptions.text(current.sha256)
        except EvidenceUnavailable as error:
            raise StoreUnusable(f"Nobody can say which policy is in force. {error}") from None
        if text is None:
            return file.policy  # nothing was ever in force, and no record could be made
        try:
            return parse_policy(text, file="the policy on record")
        except PolicyError as error:
            what = "Nor can this version use the policy that is in force. Let two people agree to the file, and start."
            raise PolicyError([refused, *error.problems, Problem("the policy on record", 0, what)]) from None

    async def next(self, file: PolicyFile, in_force: InForce) -> tuple[Problem, ...]:
        """Put the file in force if it may be; else say why not, and what to do."""
        refused = await self._refused(file)
        if refused:
            log.error("policy.waits", problem=str(refused))
            return (refused,)
        return in_force.try_replace(lambda: file.policy)

    async def _refused(self, file: PolicyFile) -> Problem | None:
        try:
            if await adopt(file, self._deps):
                log.info("policy.adopted", policy=file.policy.sha256[:16], version=file.policy.version)
        except NotAllowed as refused:
            return Problem(str(self._path or HOUSE_POLICY), 0, f"{refused} {_WHAT_TO_DO}")
        except EvidenceUnavailable as error:
            what = f"{named(file.policy.known_as)} is not taken up, as that could not be put on record. {error}"
            return Problem(str(self._path or HOUSE_POLICY), 0, what)
        return None


async def policy_in_force(store: Store, path: Path | None) -> Policy:
    """Give the policy that the record says is in force; the file's where the bot never ran with any.

    Raises `PolicyError` with every mistake.
    """
    file = policy_file(path)
    adoptions = SqliteAdoptions(store.writer, store.ledger)
    current = adopted(await adoptions.all())
    if current is None or current.sha256 == file.policy.sha256:
        return file.policy
    text = await adoptions.text(current.sha256)
    return file.policy if text is None else parse_policy(text, file="the policy on record")


async def editions_on_record(adoptions: Adoptions) -> tuple[Edition, ...]:
    """Give every policy that was in force, from when it was; the first counts as having always been.

    What this version cannot read any more is left out.
    """
    editions: list[Edition] = []
    for one in await adoptions.all():
        text = await adoptions.text(one.what.policy.sha256) if isinstance(one.what, PolicyAdopted) else None
        if text is None:
            continue
        try:
            policy = parse_policy(text, file="the policy on record")
        except PolicyError as error:
            log.warning("policy.unreadable", policy=one.what.policy.sha256[:16], trouble=str(error.problems[0]))
            continue
        editions.append(Edition(one.at if editions else ALWAYS, policy))
    return tuple(editions)


_WHAT_TO_DO = (
    "The policy before it stays in force. One officer proposes the file (hustings policy propose), a second one in"
    " another office agrees (hustings policy approve); then send SIGHUP, or start the bot."
)
