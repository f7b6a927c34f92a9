"""Detoxify's published models: where each file lies, and by which SHA-256 it is known."""

from dataclasses import dataclass
from enum import StrEnum

_RELEASES = "https://github.com/unitaryai/detoxify/releases/download"
_HUB = "https://huggingface.co/FacebookAI"


class VariantName(StrEnum):
    """Detoxify's models."""

    ORIGINAL = "original"
    UNBIASED = "unbiased"
    MULTILINGUAL = "multilingual"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A file to fetch, and the SHA-256 that it must have: the whole of it, or as many digits as are known."""

    file: str
    address: str
    sha256: str

    @property
    def whole(self) -> bool:
        """Whether the whole hash is known."""
        return len(self.sha256) == 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One of Detoxify's models. Where `tokenizer` is None the words are those of the model that ships."""

    name: VariantName
    architecture: str
    checkpoint: Asset
    tokenizer: Asset | None = None
    languages: tuple[str, ...] = ()
    """Languages that it knows besides English, of those that are told apart."""


VARIANTS: dict[VariantName, Variant] = {
    variant.name: variant
    for variant in (
        Variant(
            name=VariantName.ORIGINAL,
            architecture="BertForSequenceClassification",
            checkpoint=Asset(
                file="toxic_original-c1212f89.ckpt",
                address=f"{_RELEASES}/v0.1-alpha/toxic_original-c1212f89.ckpt",
                sha256="c1212f89ac23307ab33932ce29dc446a6e030fb3f384a500890bbe662b7b544a",
            ),
        ),
        Variant(
            name=VariantName.UNBIASED,
            architecture="RobertaForSequenceClassification",
            checkpoint=Asset(
                file="toxic_debiased-c7548aa0.ckpt",
                address=f"{_RELEASES}/v0.3-alpha/toxic_debiased-c7548aa0.ckpt",
                sha256="c7548aa0",
            ),
            tokenizer=Asset(
                file="tokenizer.json",
                address=f"{_HUB}/roberta-base/resolve/e2da8e2f811d1448a5b465c236feacd80ffbac7b/tokenizer.json",
                sha256="847bbeab6174d66a88898f729d52fa8d355fafe1bea101cf960dd404581df70e",
            ),
        ),
        Variant(
            name=VariantName.MULTILINGUAL,
            architecture="XLMRobertaForSequenceClassification",
            checkpoint=Asset(
                file="multilingual_debiased-0b549669.ckpt",
                address=f"{_RELEASES}/v0.4-alpha/multilingual_debiased-0b549669.ckpt",
                sha256="0b549669",
            ),
            tokenizer=Asset(
                file="tokenizer.json",
                address=f"{_HUB}/xlm-roberta-base/resolve/e73636d4f797dec63c3081bb6ed5c7b0bb3f2089/tokenizer.json",
                sha256="a898ea75433890f6610f4e470b8ebeb0c21dce5c8dd61f892eb09eb5919d2e2c",
            ),
            languages=("French", "Italian", "Portuguese", "Russian", "Spanish"),
        ),
    )
}
"""By name. Of two checkpoints only the first eight digits are published, in their names; whoever knows the
whole hash can ask for it."""
