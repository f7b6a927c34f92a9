"""`hustings models teach` and `train`: making a classifier from the project's own rows and public data."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from bot.classifiers.training.evaluate import FALSE_ALARMS
from policies.lexicon_files import house_reader

if TYPE_CHECKING:
    from bot.classifiers.training.run import Course

PublicOption = Annotated[Path | None, typer.Option(help="The folder of the public data; else own rows alone.")]
EvaluationOption = Annotated[
    Path | None, typer.Option(help="The folder of the evaluation sets that nothing may leak from.")
]
ResumeOption = Annotated[Path | None, typer.Option(help="Weights (weights.safetensors) or a model.onnx to go on from.")]
FreshOption = Annotated[
    list[str] | None,
    typer.Option(help="A file of own rows, without .tsv, drawn from 4 times as often; may be repeated."),
]
ThreadsOption = Annotated[int, typer.Option(min=1, help="Threads to compute with.")]
_EVALUATION = Path("tests/corpus")


def teach(
    out: Annotated[Path, typer.Argument(help="The folder for the large network and for lessons.npz.")],
    *,
    base: Annotated[Path | None, typer.Option(help="The folder of a larger encoder, as transformers reads it.")] = None,
    public: PublicOption = None,
    evaluation: EvaluationOption = _EVALUATION,
    resume: ResumeOption = None,
    beside: Annotated[
        Path | None, typer.Option(help="Weights or a model.onnx of the shipped kind: lessons are what both say.")
    ] = None,
    fresh: FreshOption = None,
    steps: Annotated[int, typer.Option(min=0, help="How many batches to learn from; 0 only writes lessons.")] = 1_300,
    varied: Annotated[
        int, typer.Option(min=0, help="How many texts made from the rows to answer too, in variations.npz.")
    ] = 0,
    seed: Annotated[int, typer.Option(help="The number that fixes every draw.")] = 11,
    threads: ThreadsOption = 1,
) -> None:
    """Train a larger network, too slow to ship, and write down what it says of every text: lessons for `train`."""

    def run(course: "type[Course]") -> str:
        from bot.classifiers.training.run import teach_lessons  # noqa: PLC0415 - needs the extra

        asked = course(
            undo=house_reader().undone,
            public=public,
            evaluation=evaluation,
            base=base,
            resume=resume,
            beside=beside,
            fresh=fresh or [],
            varied=varied,
            steps=steps,
            seeds=[seed],
            threads=threads,
        )
        lessons = teach_lessons(out, asked, typer.echo)
        return f"The lessons are in {lessons}. Learn from them: hustings models train --lessons {lessons} FOLDER"

    _told(run)


def train(
    out: Annotated[Path, typer.Argument(help="The folder for the model; weights on the way go there too.")],
    *,
    public: PublicOption = None,
    evaluation: EvaluationOption = _EVALUATION,
    base: Annotated[Path | None, typer.Option(help="The folder of the encoder; else the package with it.")] = None,
    resume: ResumeOption = None,
    fresh: FreshOption = None,
    lessons: Annotated[Path | None, typer.Option(help="What a larger network says of the texts, by `teach`.")] = None,
    variations: Annotated[
        Path | None, typer.Option(help="What it says of texts made from the rows, by `teach --varied`.")
    ] = None,
    steps: Annotated[int, typer.Option(min=1, help="How many batches to learn from.")] = 2_500,
    seed: Annotated[
        list[int] | None, typer.Option(help="The number that fixes every draw; of several, the mean is made.")
    ] = None,
    mean_with: Annotated[
        Path | None,
        typer.Option(help="Earlier weights or a model.onnx; the model is the mean of it and what is learnt."),
    ] = None,
    layers: Annotated[
        int, typer.Option(min=0, help="Layers of the network; 0 for as many as the weights gone on from have, or 6.")
    ] = 0,
    threads: ThreadsOption = 1,
    alarms: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="The share of held-back rows without abuse that may be flagged.")
    ] = FALSE_ALARMS,
    version: Annotated[str, typer.Option(help="What the model is to be called; else after its seeds.")] = "",
    tiny: Annotated[bool, typer.Option("--tiny", help="A tiny random encoder, to prove the pipeline.")] = False,
) -> None:
    """Train a model on the project's own rows and public data, and export it to a folder."""

    def run(course: "type[Course]") -> str:
        from bot.classifiers.training.run import train_model  # noqa: PLC0415 - needs the extra

        asked = course(
            undo=house_reader().undone,
            public=public,
            evaluation=evaluation,
            base=base,
            resume=resume,
            fresh=fresh or [],
            lessons=lessons,
            variations=variations,
            steps=steps,
            seeds=list(dict.fromkeys(seed or [11])),
            mean_with=mean_with,
            layers=layers,
            threads=threads,
            alarms=alarms,
            version=version,
            tiny=tiny,
        )
        model = train_model(out, asked, typer.echo)
        return f"{model.name} is in {out}. Try it: hustings models evaluate --model {out} FILE"

    _told(run)


def _told(run: "Callable[[type[Course]], str]") -> None:
    try:
        from bot.classifiers.training.run import Course, TrainingError  # noqa: PLC0415 - needs the extra
    except ImportError as error:
        _stop(f"Training needs the `ml` extra, and {error.name} is missing. Run: pip install -e '.[ml]'")
    try:
        typer.echo(run(Course))
    except TrainingError as error:
        _stop(str(error))


def _stop(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(2)
