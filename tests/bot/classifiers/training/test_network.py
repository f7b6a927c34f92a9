"""The network as torch computes it: its attention, and layers that are added without a change to what it says."""

from pathlib import Path

import pytest

pytest.importorskip("torch")

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from bot.classifiers.training.network import Layer, Network, Shape, deepened, layers_in, load

pytestmark = pytest.mark.ml

SMALL = Shape(words=50, positions=16, width=24, inner=48, layers=3, heads=4)


@pytest.fixture
def network() -> Network:
    """Give a network whose norms and steps are as uneven as trained ones."""
    torch.manual_seed(5)
    made = Network(SMALL).eval()
    with torch.no_grad():
        for part in made.modules():
            if isinstance(part, nn.LayerNorm):
                part.weight.uniform_(0.7, 1.1)
                part.bias.normal_(std=0.1)
    return made


def _asked() -> tuple[Tensor, Tensor]:
    ids = torch.randint(0, SMALL.words, (6, 9), generator=torch.Generator().manual_seed(3))
    mask = torch.ones(6, 9)
    mask[1, 5:] = 0.0
    mask[4, 2:] = 0.0
    return ids, mask


def test_attention_is_what_torch_joins_in_one_step(network: Network) -> None:
    layer = network.layers[0]
    assert isinstance(layer, Layer)
    states, (_, mask) = torch.randn(6, 9, SMALL.width), _asked()
    bias = (1.0 - mask)[:, None, None, :] * -10_000.0

    def split(projected: Tensor) -> Tensor:
        return projected.view(6, 9, SMALL.heads, -1).transpose(1, 2)

    joined = nn.functional.scaled_dot_product_attention(
        split(layer.query(states)), split(layer.key(states)), split(layer.value(states)), attn_mask=bias
    )
    mixed = layer.mixed_norm(states + layer.mixed(joined.transpose(1, 2).reshape(6, 9, SMALL.width)))
    wanted = layer.narrow_norm(mixed + layer.narrow(nn.functional.gelu(layer.wide(mixed))))
    assert torch.allclose(layer(states, bias), wanted, atol=1e-5)


def test_what_is_filled_up_changes_nothing(network: Network) -> None:
    ids, mask = _asked()
    alone = network(ids[4:5, :2], mask[4:5, :2])
    assert torch.allclose(network(ids, mask)[4], alone[0], atol=1e-5)


@pytest.mark.parametrize("layers", [3, 4, 5])
def test_added_layers_hardly_change_what_is_said(network: Network, layers: int, tmp_path: Path) -> None:
    save_file(network.state_dict(), tmp_path / "kept.safetensors")
    deeper = Network(Shape(words=50, positions=16, width=24, inner=48, layers=layers, heads=4)).eval()
    load(deeper, tmp_path / "kept.safetensors")
    assert layers_in(deeper.state_dict()) == layers
    was, now = network.meaning(*_asked()), deeper.meaning(*_asked())
    assert nn.functional.cosine_similarity(was, now).min() > 0.98


def test_added_layers_stand_below_the_last_and_learn(network: Network) -> None:
    kept = dict(network.state_dict())
    more = deepened(kept, 4)
    assert torch.equal(more["layers.3.wide.weight"], kept["layers.2.wide.weight"])
    assert torch.equal(more["layers.1.wide.weight"], kept["layers.1.wide.weight"])
    assert torch.equal(more["layers.2.wide.weight"], kept["layers.1.wide.weight"])
    assert not more["layers.2.narrow.weight"].any()
    assert kept["layers.1.narrow.weight"].any(), "what it is made from is left as it was"
    deeper = Network(Shape(words=50, positions=16, width=24, inner=48, layers=4, heads=4))
    deeper.load_state_dict(more)
    deeper(*_asked()).square().sum().backward()
    learnt = dict(deeper.named_parameters())["layers.2.narrow.weight"].grad
    assert learnt is not None
    assert learnt.abs().max() > 0


def test_places_that_earlier_versions_kept_and_never_read_are_left_out(network: Network, tmp_path: Path) -> None:
    kept = network.state_dict()
    kept["positions.weight"] = torch.cat([kept["positions.weight"], torch.ones(9, SMALL.width)])
    save_file(kept, tmp_path / "weights.safetensors")
    read = Network(SMALL).eval()
    load(read, tmp_path / "weights.safetensors")
    assert torch.equal(read.positions.weight, network.positions.weight)
