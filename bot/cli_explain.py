"""`hustings explain`: how one message is read, and why each rule matched it or did not."""

import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.classifiers.choice import ScorerName
from bot.classifiers.heads import DETOXIFY
from bot.cli_policy_option import PolicyOption, chosen_policy
from bot.cli_scorer_option import ScorerFolder, ScorerOption, chosen_scorer
from bot.explained_scores import Account, account_lines, account_of, account_values
from bot.lines import finding_values, written
from bot.verdicts import listed
from handlers.classify import scored, worth_scoring
from policies.assess import read_besides
from policies.assessments import Assessment, Context
from policies.decisions import Decision, Mode
from policies.evaluate import decide
from policies.explain import RuleTrace, trace_rules
from policies.findings import Finding
from policies.lexicon_files import house_reader
from policies.rules import Policy
from policies.text.normalise import Normalised

app = typer.Typer()

_COLUMNS = ("kind", "words", "at", "read in", "stance", "certainty", "aim", "entry")
_NOT_ASKED = "no classifier was asked"
_TOO_SHORT = "none: the classifier is not asked about a single short word, nor about flags and hearts alone"
_WIDE = 10_000
"""Cells of a terminal on which every table fits."""


@app.command()
def explain(
    text: Annotated[
        list[str],
        typer.Argument(help="The message, best in quotation marks; `-` reads standard input.", metavar="TEXT"),
    ],
    *,
    policy: PolicyOption = None,
    reply_to: Annotated[str | None, typer.Option(help="The text of the message that this one answers.")] = None,
    scorer: ScorerOption = ScorerName.EMBEDDED,
    model: ScorerFolder = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write one JSON object for machines.")] = False,
) -> None:
    """Show what is decided and how a message is read: its views, what was found, the stance, and why rules matched."""
    words = _standard_input() if text == ["-"] else " ".join(text)
    in_force = chosen_policy(policy)
    reader = house_reader()
    context = Context(parent_text=reply_to)
    message, assessment = reader.read(words, context)
    chosen = chosen_scorer(scorer, reader, model)
    account = None
    if chosen.score is not None and chosen.model is not None and worth_scoring(words):
        scores = chosen.score([words])[0]
        besides = read_besides(words, assessment, scores)
        answers = chosen.score(besides.texts) if besides.texts else ()
        assessment = scored(assessment, scores, chosen.name, besides, answers)
        account = account_of(chosen.model, words, in_force)
    decision = decide(assessment, in_force, mode=Mode.ACT)
    traces = trace_rules(assessment, in_force)
    if as_json:
        sys.stdout.buffer.write(
            written(
                {
                    "views": [{"name": view.name, "text": view.text} for view in message.views],
                    "truncated": message.truncated,
                    "findings": [finding_values(finding) for finding in assessment.findings],
                    "cues": [{"name": c.name, "start": c.span.start, "end": c.span.end} for c in assessment.cues],
                    "stance": assessment.stance.value,
                    "scorer": assessment.scorer,
                    "scores": assessment.scores.as_dict() if assessment.scores else None,
                    "model": account_values(account) if account else None,
                    "degraded": list(assessment.degraded),
                    "rules": [{"rule": t.rule.id, "matched": t.holds, "why": t.why} for t in traces],
                    "action": decision.action.value,
                    "actions": [action.value for action in decision.actions],
                    "categories": [category.value for category in decision.categories],
                }
            )
        )
        return
    console = Console(highlight=False)
    if not any(view.text.strip() for view in message.views):
        console.print("There is nothing to read: the text is empty.")
        return
    _show_decision(console, decision, in_force)
    _show_views(console, message)
    _show_findings(console, words, assessment)
    _show_scores(console, assessment, account, _NOT_ASKED if chosen.score is None else _TOO_SHORT)
    _show_rules(console, traces)


def _standard_input() -> str:
    given = sys.stdin.buffer.read()
    try:
        return given.decode("utf-8")
    except UnicodeDecodeError as error:
        typer.echo(f"Standard input is no UTF-8 (byte {error.start + 1}). Save the text as UTF-8.", err=True)
        raise typer.Exit(2) from None


def _show_decision(console: Console, decision: Decision, policy: Policy) -> None:
    besides = [action.value for action in decision.actions if action is not decision.action]
    console.print(f"[bold]Decision[/bold]  {decision.action.value}{f'  (with {listed(besides)})' if besides else ''}")
    if decision.categories:
        console.print(f"Categories  {', '.join(category.value for category in decision.categories)}")
    console.print(f"Policy  {escape(policy.known_as.name)}, version {policy.known_as.version}\n", style="dim")


_VIEW_SHOWN = 2_000
"""Characters of a view that a terminal is filled with: Discord's longest message."""


def _show_views(console: Console, message: Normalised) -> None:
    console.print("[bold]Views[/bold]  how the text is read once disguise is undone")
    for view in message.views:
        more = len(view.text) - _VIEW_SHOWN
        rest = f" … and {more} characters more; --json gives all of them" if more > 0 else ""
        console.print(f"  {view.name:<9} {escape(_shown(view.text[:_VIEW_SHOWN]))}{rest}")
    if message.truncated:
        console.print(f"  Only the first {len(message.folded.text)} characters are read.")


def _show_findings(console: Console, words: str, assessment: Assessment) -> None:
    console.print("\n[bold]Findings[/bold]" if assessment.findings else "\n[bold]Findings[/bold]  none")
    if assessment.findings:
        rows = [_finding(words, finding) for finding in assessment.findings]
        table = Table(box=None, pad_edge=True)
        for heading in _COLUMNS:
            table.add_column(heading)
        for row in rows:
            table.add_row(*row)
        if console.measure(table, options=console.options.update(max_width=_WIDE)).maximum <= console.width:
            console.print(table)
        else:
            # Columns that are cut to a letter or two tell nobody anything.
            for kind, said, *rest in rows:
                told = ", ".join(f"{heading} {value}" for heading, value in zip(_COLUMNS[2:], rest, strict=True))
                console.print(f"  {kind}: {said}\n    {told}")
        console.print(f"\n[bold]Stance[/bold]  {assessment.stance.value}")
        for cue in assessment.cues:
            console.print(f"  {cue.name}: {escape(_shown(words[cue.span.start : cue.span.end]))}")


def _finding(words: str, f: Finding) -> tuple[str, ...]:
    said = escape(_shown(words[f.span.start : f.span.end]))
    kind = f"{f.kind} ({f.characteristic})" if f.characteristic else f.kind
    sure = f"{f.certainty.value}, but doubted" if f.doubted else f.certainty.value
    return kind, said, f"{f.span.start}-{f.span.end}", f.view, f.stance.value, sure, f.aim.value, f.entry


def _show_scores(console: Console, assessment: Assessment, account: Account | None, not_asked: str) -> None:
    scores = assessment.scores
    if scores is None:
        why = assessment.degraded[-1] if assessment.degraded else not_asked
        console.print(f"\n[bold]Scores[/bold]  {why}")
        return
    values = scores.as_dict()
    console.print(f"\n[bold]Scores[/bold]  by {escape(assessment.scorer)}")
    for names in (DETOXIFY, [name for name in values if name not in DETOXIFY]):
        told = [f"{name} {values[name]:.2f}" for name in names if account is None or name in account.labels]
        if told:
            console.print("  " + ", ".join(told))
    if account is not None:
        for line in account_lines(account, doubts=bool(assessment.findings)):
            console.print("  " + escape(_shown(line)))


def _show_rules(console: Console, traces: tuple[RuleTrace, ...]) -> None:
    console.print("\n[bold]Rules[/bold]")
    table = Table(box=None, show_header=False, padding=(0, 0, 0, 2))
    for trace in traces:
        if not trace.nothing_found:
            table.add_row("[bold]matched[/bold]" if trace.holds else "[dim]no[/dim]", escape(trace.why))
    if idle := sum(trace.nothing_found for trace in traces):
        # One reason for most of the rules: counted, it leaves the others in sight.
        table.add_row("[dim]no[/dim]", f"Nothing was found of the kind that {_others(idle)}; --json names them.")
    console.print(table)


def _others(idle: int) -> str:
    return "one rule needs" if idle == 1 else f"{idle} rules need"


def _shown(text: str) -> str:
    """Make invisible and broken characters visible, so that a terminal shows what is there."""
    return "".join(char if char.isprintable() or char == "\n" else f"\u27e6U+{ord(char):04X}\u27e7" for char in text)
