"""How IC-Light changes Stable Diffusion 1.5's network: eight input channels, and an offset.

Read from the beginning of `gradio_demo.py` of github.com/lllyasviel/IC-Light: the first layer takes
the encoded foreground as four more channels, whose weights start at zero, and the published file
holds, under the names of the network's state, what is added to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import torch

from processing.engines.contract import WrongWeights

LATENT_CHANNELS: Final = 4
_OTHER: Final = "IC-Light's text-conditioned model, iclight_sd15_fc.safetensors, is expected."


def read_offset(path: Path) -> dict[str, torch.Tensor]:
    """Read the published file.

    Raises
    ------
    WrongWeights
        No safetensors file, or a damaged one.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        offset: dict[str, torch.Tensor] = load_file(path)
    except (SafetensorError, OSError) as error:
        raise WrongWeights(
            f"{path} cannot be read as safetensors ({error}). Get the file again. {_OTHER}"
        ) from error
    return offset


def widen(unet: Any) -> None:
    """Give a network with four input channels four more, which count for nothing yet.

    Parameters
    ----------
    unet : diffusers.UNet2DConditionModel
        Changed in place. Its configuration is not: pipelines make noise of as many channels as it
        says.

    Raises
    ------
    WrongWeights
        It has another number of input channels.
    """
    narrow = unet.conv_in
    if narrow.in_channels != LATENT_CHANNELS:
        raise WrongWeights(
            f"The base model takes {narrow.in_channels} channels, expected {LATENT_CHANNELS}: "
            "Stable Diffusion 1.5, or a model tuned from it, is expected, no inpainting model."
        )
    wide = torch.nn.Conv2d(
        2 * LATENT_CHANNELS,
        narrow.out_channels,
        narrow.kernel_size,
        narrow.stride,
        narrow.padding,
    ).to(narrow.weight.device, narrow.weight.dtype)
    with torch.no_grad():
        wide.weight.zero_()
        wide.weight[:, :LATENT_CHANNELS] = narrow.weight
        wide.bias = narrow.bias
    unet.conv_in = wide


def merge(unet: torch.nn.Module, offset: Mapping[str, torch.Tensor], source: str) -> None:
    """Add the offset to the network's state, in place.

    Parameters
    ----------
    unet : module
        Widened.
    offset : dict of str to Tensor
        More names than the network's are ignored, as the project does.
    source : str
        What the offset is called in errors.

    Raises
    ------
    WrongWeights
        A name is missing, or a tensor has another shape.
    """
    state = unet.state_dict()
    for name, values in state.items():
        if name not in offset:
            raise WrongWeights(f"{source} has no {name}: it is of another model. {_OTHER}")
        if offset[name].shape != values.shape:
            found, expected = tuple(offset[name].shape), tuple(values.shape)
            raise WrongWeights(
                f"{source} has {name} of {found}, expected {expected}: "
                f"it, or the base model, is another one. {_OTHER}"
            )
    unet.load_state_dict(
        {name: values + offset[name].to(values) for name, values in state.items()}, strict=True
    )


def condition(unet: Any) -> None:
    """Let the network take the encoded foreground through a pipeline that knows nothing of it.

    The foreground comes as `concat_conds` among the pipeline's `cross_attention_kwargs`, one for
    all samples of a batch, and is joined to the noise.
    """
    plain = unet.forward

    def forward(sample: torch.Tensor, timestep: Any, states: Any = None, **kwargs: Any) -> Any:
        foreground = kwargs.pop("cross_attention_kwargs")["concat_conds"].to(sample)
        joined = [foreground] * (sample.shape[0] // foreground.shape[0])
        states = kwargs.pop("encoder_hidden_states", states)
        return plain(torch.cat([sample, torch.cat(joined)], dim=1), timestep, states, **kwargs)

    unet.forward = forward
