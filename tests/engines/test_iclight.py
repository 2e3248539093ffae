"""IC-Light's adapter on a Stable Diffusion of a few thousand weights."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from processing.engines.contract import WrongWeights
from tests.engines.pictures import gradient

torch = pytest.importorskip("torch")

from processing.engines.iclight_unet import merge, widen  # noqa: E402

# Others' deprecations are not ours to mend.
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """Threads wait for each other longer than they work on networks this small."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


class _Unet(torch.nn.Module):  # type: ignore[misc,name-defined]
    """What `widen` and `merge` see of a network."""

    def __init__(self, channels: int = 4) -> None:
        super().__init__()
        self.conv_in = torch.nn.Conv2d(channels, 6, 3, padding=1)
        self.rest = torch.nn.Linear(3, 2)


def _offset(unet: Any, scale: float = 1.0) -> dict[str, Any]:
    return {name: scale * torch.randn_like(values) for name, values in unet.state_dict().items()}


def test_a_widened_network_ignores_the_foreground_at_first() -> None:
    unet = _Unet()
    noise, foreground = torch.randn(2, 1, 4, 5, 5)
    before = unet.conv_in(noise)
    widen(unet)
    torch.testing.assert_close(unet.conv_in(torch.cat([noise, foreground], dim=1)), before)


def test_the_offset_is_added() -> None:
    unet = _Unet()
    widen(unet)
    before = {name: values.clone() for name, values in unet.state_dict().items()}
    offset = _offset(unet)
    merge(unet, offset | {"left_over": torch.zeros(1)}, "offset")
    for name, values in unet.state_dict().items():
        torch.testing.assert_close(values, before[name] + offset[name])


def test_half_precision_offsets_are_added_in_the_networks_precision() -> None:
    unet = _Unet()
    widen(unet)
    merge(unet, {name: v.half() for name, v in _offset(unet).items()}, "offset")
    assert unet.rest.weight.dtype == torch.float32


def test_an_offset_of_another_model_is_refused() -> None:
    unet = _Unet()
    widen(unet)
    offset = _offset(unet)
    for_background = offset | {"conv_in.weight": torch.zeros(6, 12, 3, 3)}
    with pytest.raises(WrongWeights, match=r"conv_in.weight of \(6, 12, 3, 3\), expected \(6, 8,"):
        merge(unet, for_background, "iclight_sd15_fbc.safetensors")
    del offset["rest.bias"]
    with pytest.raises(WrongWeights, match=r"has no rest\.bias"):
        merge(unet, offset, "some.safetensors")


def test_a_base_model_of_another_kind_is_refused() -> None:
    with pytest.raises(WrongWeights, match="takes 9 channels, expected 4"):
        widen(_Unet(9))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a base model and an offset, both as the projects save theirs."""
    diffusers = pytest.importorskip("diffusers")
    transformers = pytest.importorskip("transformers")
    safetensors = pytest.importorskip("safetensors.torch")
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("iclight")
    base = folder / "base"
    letters = [*"abcdefghijklmnopqrstuvwxyz,"]
    words = [*letters, *(f"{x}</w>" for x in letters), "<|startoftext|>", "<|endoftext|>"]
    (folder / "vocab.json").write_text(json.dumps({word: n for n, word in enumerate(words)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    transformers.CLIPTokenizer(
        str(folder / "vocab.json"), str(folder / "merges.txt"), model_max_length=77
    ).save_pretrained(base / "tokenizer")
    transformers.CLIPTextModel(
        transformers.CLIPTextConfig(
            vocab_size=len(words),
            hidden_size=16,
            intermediate_size=32,
            num_hidden_layers=1,
            num_attention_heads=2,
            bos_token_id=len(words) - 2,
            eos_token_id=len(words) - 1,
        )
    ).save_pretrained(base / "text_encoder")
    diffusers.AutoencoderKL(
        block_out_channels=(4, 4, 4, 4),
        down_block_types=["DownEncoderBlock2D"] * 4,
        up_block_types=["UpDecoderBlock2D"] * 4,
        norm_num_groups=2,
    ).save_pretrained(base / "vae")
    unet = diffusers.UNet2DConditionModel(
        block_out_channels=(8, 16),
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        layers_per_block=1,
        cross_attention_dim=16,
        attention_head_dim=4,
        norm_num_groups=4,
        sample_size=8,
    )
    unet.save_pretrained(base / "unet")
    widen(unet)
    safetensors.save_file(_offset(unet, 0.1), folder / "offset.safetensors")
    return folder


def _opened(folder: Path) -> Any:
    from processing.engines.iclight import IcLight, Light

    light = Light(steps=2, side=64, enlarged=1.0)
    return IcLight(folder / "offset.safetensors", folder / "base", device="cpu", light=light)


def test_gives_a_picture_lit_anew_and_the_same_again(small: Path) -> None:
    engine = _opened(small)
    picture = gradient(70, 50)
    everything = np.full((70, 50), 255, np.uint8)
    lit = engine.grade(picture, everything)
    assert lit.shape == picture.shape and lit.dtype == np.uint8
    assert lit.std() > 1
    # The same noise for every picture, else still pictures would flicker.
    np.testing.assert_array_equal(lit, engine.grade(picture, everything))
    # And the foreground, and nothing but it, counts.
    assert (lit != engine.grade(255 - picture, everything)).any()
    nothing = np.zeros_like(everything)
    np.testing.assert_array_equal(
        engine.grade(picture, nothing), engine.grade(255 - picture, nothing)
    )
    engine.close()


def test_a_damaged_offset_is_refused(small: Path, tmp_path: Path) -> None:
    pytest.importorskip("diffusers")
    (tmp_path / "base").symlink_to(small / "base")
    data = (small / "offset.safetensors").read_bytes()
    (tmp_path / "offset.safetensors").write_bytes(data[: len(data) // 2])
    with pytest.raises(WrongWeights, match=r"offset\.safetensors cannot be read as safetensors"):
        _opened(tmp_path)


def test_a_base_model_with_parts_missing_is_refused(small: Path, tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    for part in ("tokenizer", "text_encoder", "unet"):
        (tmp_path / "base" / part).symlink_to(small / "base" / part)
    (tmp_path / "offset.safetensors").symlink_to(small / "offset.safetensors")
    with pytest.raises(WrongWeights, match=r"base/vae cannot be loaded .*as diffusers saves it"):
        _opened(tmp_path)
