"""The policies in a pack are those under which its decisions were made, from the record where that keeps them."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest

from bot.evidence.packs.layout import lay_out
from bot.evidence.packs.sshsig import PackKey
from bot.store.sqlite.adoptions import SqliteAdoptions
from bot.store.sqlite.retention import Schedule
from bot.store.sqlite.store import Store
from policies.casework.adoption import PolicyAdopted, PolicyProposed
from policies.casework.people import THE_BOT, By
from policies.casework.words import Office
from policies.decisions import PolicyVersion
from tests.fakes import incidents as make
from tests.fakes import packs
from tests.fakes.clock import NOON


async def adopted(store: Store, text: bytes, *, proposed: bool = False) -> str:
    """Have a policy adopted; gives its SHA-256."""
    version = PolicyVersion(name="House rules", version=3, sha256=sha256(text).hexdigest())
    adoptions = SqliteAdoptions(store.writer, store.ledger)
    if proposed:
        expires = NOON + timedelta(days=7)
        await adoptions.keep(
            By(Office.ADMIN, "ada"), PolicyProposed(policy=version, words="x", expires_at=expires), text
        )
    await adoptions.keep(THE_BOT, PolicyAdopted(policy=version), b"" if proposed else text)
    return version.sha256


@pytest.mark.parametrize("proposed", [False, True])
async def test_a_pack_holds_the_policy_of_its_time_as_the_log_keeps_it(store: Store, proposed: bool) -> None:
    old = await adopted(store, b"policy: of its time", proposed=proposed)
    decided = replace(make.decision(), policy=PolicyVersion(name="House rules", version=3, sha256=old))
    name = (await store.evidence.record(make.incident(1, decided=decided))).incident
    new = await adopted(store, b"policy: of today")
    await store.checkpoints.sign()
    made = await packs.gathered(store, name, texts={new: b"policy: of today"})
    whole = await store.writer.read(lambda _: packs.whole(lay_out(made, PackKey.new(), software=packs.SOFTWARE)))
    assert [path for path in whole if path.startswith("data/policy/")] == [f"data/policy/{old}.yaml"]
    assert whole[f"data/policy/{old}.yaml"] == b"policy: of its time"
    for page in ("data/README.txt", "data/report.html"):
        assert "as record 1 of the log keeps it" in whole[page].decode()
    assert made.policies_missing == []


async def test_a_policy_that_the_log_does_not_keep_is_taken_from_a_file_and_that_is_said(store: Store) -> None:
    text = b"policy: from before"
    decided = replace(make.decision(), policy=PolicyVersion(name="x", version=1, sha256=sha256(text).hexdigest()))
    name = (await store.evidence.record(make.incident(1, decided=decided))).incident
    await store.checkpoints.sign()
    named = sha256(text).hexdigest()
    made = await packs.gathered(store, name, texts={named: text})
    assert made.policy_sources == [(named, "from a file at hand, which has this hash; the log keeps no text of it")]
    without = await packs.gathered(store, name)
    ((lacking, why),) = without.policy_sources
    assert (lacking, without.policies_missing) == (named, [named])
    assert "missing here: the log keeps no text of it" in why


async def test_a_schedule_of_retention_is_no_policy_that_a_pack_lacks(store: Store) -> None:
    name = (await store.evidence.record(make.incident(1))).incident
    await store.stewardship.erase_by_schedule([name], Schedule().ref)
    await store.checkpoints.sign()
    made = await packs.gathered(store, name)
    assert made.policies_missing == [make.decision().policy.sha256]
