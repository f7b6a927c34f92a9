"""Hypothesis strategies: well-typed conditions, and assessments of every sort for them to run on."""

from hypothesis import strategies as st

from policies.assessments import Assessment, Context
from policies.conditions.vocabulary import CONTEXT, FINDING, SCORES, Words
from policies.findings import Aim, Category, Certainty, Finding, Scores, Span, Stance
from policies.identifiers import PlatformName
from policies.kinds import KINDS


def _quoted(words: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.sampled_from(words).map(lambda word: f'"{word}"')


def _tests_of_member(item: str) -> st.SearchStrategy[str]:
    """Give conditions on one finding; the kind comes often, as gates read it."""
    kind = f"{item}.kind"
    choices = [
        _quoted(KINDS).map(lambda w: f"{kind} == {w}"),
        _quoted(KINDS).map(lambda w: f"{w} == {kind}"),
        _quoted(KINDS).map(lambda w: f"{kind} != {w}"),
        st.lists(_quoted(KINDS), min_size=1, max_size=3).map(lambda ws: f"{kind} in [{', '.join(ws)}]"),
        _quoted(tuple(Category)).map(lambda w: f"{w} in {item}.categories"),
        st.sampled_from(["", "e", "x"]).map(lambda t: f"{item}.entry.contains('{t}')"),
        st.sampled_from(["^e", "1$", "(a|e)+"]).map(lambda t: f"{item}.entry.matches('{t}')"),
        st.just(f"{item}.disguised"),
        st.sampled_from(["true", "false"]),
        st.integers(0, 2).map(lambda n: f"{item}.categories[{n}] == 'threat'"),
    ]
    for member, words in FINDING.members.items():
        if isinstance(words, Words) and member != "kind":
            choices.append(_quoted(words.values).map(f"{item}.{member} == {{}}".format))
    return st.one_of(choices)


def _joined(single: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def grow(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.one_of(
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: "(" + " && ".join(parts) + ")"),
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: "(" + " || ".join(parts) + ")"),
            inner.map(lambda part: f"!({part})"),
            st.tuples(inner, inner, inner).map(lambda parts: "({} ? {} : {})".format(*parts)),
        )

    return st.recursive(single, grow, max_leaves=4)


_LISTS = st.one_of(
    st.sampled_from(["findings", "used"]),
    st.tuples(st.sampled_from(["findings", "used"]), _joined(_tests_of_member("g"))).map(
        lambda parts: f"{parts[0]}.filter(g, {parts[1]})"
    ),
)
_SIGNS = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
_SMALL = st.sampled_from(["0", "1", "2", "0.0", "0.5", "1.0"])
_SINGLE = st.one_of(
    st.tuples(_LISTS, st.sampled_from(["exists", "all", "exists_one"]), _joined(_tests_of_member("f"))).map(
        lambda parts: "{}.{}(f, {})".format(*parts)
    ),
    st.tuples(_LISTS, _SIGNS, _SMALL).map(lambda parts: "{}.size() {} {}".format(*parts)),
    st.tuples(_SMALL, _SIGNS, _LISTS).map(lambda parts: "{} {} size({})".format(*parts)),
    st.tuples(st.sampled_from(sorted(SCORES.members)), _SIGNS, st.sampled_from(["0", "0.0", "0.5", "1.0"])).map(
        lambda parts: "scores.{} {} {}".format(*parts)
    ),
    st.tuples(st.sampled_from(["0.0", "0.5"]), _SIGNS, st.sampled_from(sorted(SCORES.members))).map(
        lambda parts: "{} {} scores.{}".format(*parts)
    ),
    st.sampled_from([f"context.{name}" for name in CONTEXT.members if name.startswith(("in_", "is_", "author_is"))]),
    st.tuples(_SIGNS, _SMALL).map(lambda parts: "context.attachment_count {} {}".format(*parts)),
    _quoted(tuple(PlatformName)).map(lambda w: f"context.platform == {w}"),
    _quoted(tuple(Stance)).map(lambda w: f"stance == {w}"),
    _quoted(tuple(Category)).map(lambda w: f"{w} in categories"),
    st.sampled_from(["scored", "degraded", "true", "false", 'findings[0].kind == "threat"']),
    st.just("9223372036854775807 + context.attachment_count > 0"),
)

conditions = _joined(_SINGLE)

findings = st.builds(
    Finding,
    kind=st.sampled_from(KINDS),
    entry=st.sampled_from(["entry-1", "other", ""]),
    categories=st.lists(st.sampled_from(Category), max_size=2, unique=True).map(tuple),
    span=st.just(Span(0, 1)),
    view=st.sampled_from(["folded", "leet"]),
    aim=st.sampled_from(Aim),
    certainty=st.sampled_from(Certainty),
    stance=st.sampled_from(Stance),
)
_SCORE = st.one_of(st.sampled_from([0.0, 0.5, 1.0]), st.floats(0, 1))

assessments = st.builds(
    Assessment,
    findings=st.lists(findings, max_size=4).map(tuple),
    scores=st.none() | st.builds(Scores, **dict.fromkeys(SCORES.members, _SCORE)),
    stance=st.sampled_from(Stance),
    context=st.builds(
        Context,
        platform=st.sampled_from(PlatformName),
        channel=st.sampled_from(["general", ""]),
        author_roles=st.lists(st.sampled_from(["member", "chair"]), max_size=2).map(tuple),
        author_is_moderator=st.booleans(),
        in_thread=st.booleans(),
        is_edit=st.booleans(),
        explained=st.booleans(),
        parent_text=st.none() | st.just("Earlier words"),
        parent_is_own=st.booleans(),
        attachment_count=st.integers(0, 3),
    ),
    degraded=st.sampled_from([(), ("classifier: no answer in time",)]),
)
