"""How many, how often and how fast: the numbers by which conversations are followed, each with its reason."""

from dataclasses import dataclass

MINUTE = 60.0
HOUR = 60 * MINUTE
DAY = 24 * HOUR
RAID_KNOWN_AFTER = 30 * MINUTE
"""How long the live bot follows a community before it takes for new whom it has not heard: see `raid_known_after`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationSettings:
    """Times are seconds, counts are messages or people.

    `pile_on_senders` in `pile_on_within`: four people who lose patience in ten minutes are a bad
    evening, a fifth makes it a crowd for whoever reads them all.
    `repeated_contempt` or `repeated_needling` from one author to one member within `repeated_within`:
    once is a lapse, twice is a quarrel, a third time without an answer in kind is a habit; what only
    needles needs one more. A month, because a moderator who looks back sees about as far.
    `stopped_for`: a request to stop counts as long as that habit.
    `complaint_for`: retaliation comes while a complaint is open, which takes weeks.
    `flood_messages` in `flood_within`: nobody reads or types seven messages in ten seconds.
    `same_text_times` in `same_text_within`: saying it three times may be forgetting, the fourth is not.
    `cross_posted_times`: a notice for every channel is posted in a few of them by right.
    `raid_names` in `raid_within`: three newcomers with one text may have agreed on it.
    `raid_known_after`: who first speaks when a stream has been followed for so long is taken for new; before, nobody
    can tell. A stream from a file begins where somebody cut it, and all in it are new; after a start of the live bot
    nobody is for `RAID_KNOWN_AFTER`, but for who was seen to join: they are new for `raid_newcomer_for`.
    `split_within` and `split_parts`: longer pauses and more parts are a conversation. `split_lingers`: of two or
    three words each, they are one sentence drawn out for as long.
    `implied_within`: whom an unaddressed answer means is plain only while the words before it stand
    on the screen.
    `topic_within`: a game or a recipe is over soon after it was last spoken of.
    """

    pile_on_senders: int = 5
    pile_on_within: float = 10 * MINUTE
    repeated_contempt: int = 3
    repeated_needling: int = 4
    repeated_within: float = 30 * DAY
    stopped_for: float = 30 * DAY
    complaint_for: float = 30 * DAY
    flood_messages: int = 7
    flood_within: float = 10.0
    same_text_times: int = 4
    same_text_within: float = 10 * MINUTE
    cross_posted_times: int = 6
    raid_names: int = 4
    raid_within: float = 10 * MINUTE
    raid_known_after: float = 0.0
    raid_newcomer_for: float = DAY
    split_within: float = 2 * MINUTE
    split_lingers: float = 10 * MINUTE
    split_parts: int = 16
    implied_within: float = 5 * MINUTE
    topic_within: float = 5 * MINUTE
    remembered: int = 5_000
    """Messages, members, pairs of members and channels that are remembered, of each so many."""
    remembered_characters: int = 600
    """Characters of a message that are remembered; who splits or answers abuse does so in fewer."""
    timeless_step: float = 10.0
    """Seconds that pass with a message that has no time of its own."""
