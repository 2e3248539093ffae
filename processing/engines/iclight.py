"""IC-Light: new light on the trainer, by diffusion (Zhang et al., ICLR 2025).

Read from `gradio_demo.py` of github.com/lllyasviel/IC-Light (`run_rmbg`, `process`): the foreground
on mid-grey is encoded and joined to the noise; a first pass makes the picture from noise, a second
one repeats the last half of the steps at one and a half times the size. The matte is ours, in the
place of their background remover, whose weights are for non-commercial use.

Every picture starts from the same noise, so that still pictures stay still. It needs a GPU: fifty
passes through Stable Diffusion 1.5 a picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from processing.engines.contract import EngineUnavailable, WrongWeights
from processing.engines.iclight_unet import condition, merge, read_offset, widen

_GREY: Final = 127
"""What the network takes for no foreground; encoded as exactly 0."""
_MULTIPLE: Final = 64


@dataclass(frozen=True)
class Light:
    """What light is asked for, and how hard it is tried; defaults as in the project's demo.

    Attributes
    ----------
    prompt, negative_prompt : str
    steps : int
        Of each pass.
    guidance : float
    seed : int
    side : int
        Pixels of the shorter side in the first pass.
    enlarged : float
        Size of the second pass, first = 1.
    redone : float
        Share of the steps that the second pass repeats.
    """

    prompt: str = "athlete in a photo studio, detailed face, soft studio lighting, best quality"
    negative_prompt: str = "lowres, bad anatomy, bad hands, cropped, worst quality"
    steps: int = 25
    guidance: float = 2.0
    seed: int = 12345
    side: int = 512
    enlarged: float = 1.5
    redone: float = 0.5


class IcLight:
    """IC-Light as a grade engine; see `GradeEngine`.

    Parameters
    ----------
    offset : Path
        `iclight_sd15_fc.safetensors`.
    base : Path
        Folder of Stable Diffusion 1.5, or of a model tuned from it, as diffusers saves it:
        `tokenizer`, `text_encoder`, `vae`, `unet`.
    device : str
        `cuda`; `cpu` is for small models.
    light : Light

    Raises
    ------
    EngineUnavailable
        A package is missing.
    WrongWeights
        A file is damaged or of another model.
    """

    def __init__(
        self, offset: Path, base: Path, *, device: str = "cuda", light: Light | None = None
    ) -> None:
        self._light = light or Light()
        self._device = device
        halves = device != "cpu"
        self._vae_type = torch.bfloat16 if halves else torch.float32
        self._type = torch.float16 if halves else torch.float32
        parts = _load(base)
        widen(parts["unet"])
        merge(parts["unet"], read_offset(offset), str(offset))
        condition(parts["unet"])
        parts["unet"].to(device, self._type)
        parts["text_encoder"].to(device, self._type)
        self._vae: Any = parts["vae"].to(device, self._vae_type)
        self._first, self._second = _pipelines(parts)

    def close(self) -> None:
        """Free the networks."""
        self._first = self._second = self._vae = None
        if self._device != "cpu":
            torch.cuda.empty_cache()

    @torch.inference_mode()
    def grade(self, picture: NDArray[np.uint8], alpha: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the trainer of a picture in the new light, in the picture's size.

        Parameters
        ----------
        picture : (height, width, 3) uint8, RGB
        alpha : (height, width) uint8, straight
        """
        height, width = picture.shape[:2]
        light = self._light
        noise = torch.Generator(self._device).manual_seed(light.seed)
        share = alpha[..., None] * np.float32(1 / 255)
        foreground = Image.fromarray(
            (_GREY + (picture.astype(np.float32) - _GREY) * share).clip(0, 255).astype(np.uint8)
        )
        size = _size(width, height, light.side / min(width, height))
        latents = self._first(
            **self._asked(foreground, size, noise),
            width=size[0],
            height=size[1],
            num_inference_steps=light.steps,
        ).images
        size = _size(*size, light.enlarged)
        latents = self._encoded(self._decoded(latents).resize(size, Image.Resampling.LANCZOS))
        latents = self._second(
            **self._asked(foreground, size, noise),
            image=latents.to(self._type),
            strength=light.redone,
            num_inference_steps=round(light.steps / light.redone),
        ).images
        return np.array(self._decoded(latents).resize((width, height), Image.Resampling.LANCZOS))

    def _asked(
        self, foreground: Image.Image, size: tuple[int, int], noise: torch.Generator
    ) -> dict[str, Any]:
        """Return what both passes are called with."""
        scaled = foreground.resize(size, Image.Resampling.LANCZOS)
        return {
            "prompt": self._light.prompt,
            "negative_prompt": self._light.negative_prompt,
            "guidance_scale": self._light.guidance,
            "generator": noise,
            "output_type": "latent",
            "cross_attention_kwargs": {"concat_conds": self._encoded(scaled)},
        }

    def _encoded(self, picture: Image.Image) -> torch.Tensor:
        """Return the latents of a picture, scaled as the network has them."""
        values = torch.from_numpy(np.array(picture)).float() / _GREY - 1
        values = values.movedim(-1, 0)[None].to(self._device, self._vae_type)
        latents = self._vae.encode(values).latent_dist.mode()
        return torch.as_tensor(latents * self._vae.config.scaling_factor)

    def _decoded(self, latents: torch.Tensor) -> Image.Image:
        """Return the picture of the network's latents."""
        scaled = latents.to(self._vae_type) / self._vae.config.scaling_factor
        values = self._vae.decode(scaled).sample[0].movedim(0, -1).float().cpu().numpy()
        return Image.fromarray((values * 127.5 + 127.5).clip(0, 255).astype(np.uint8))


def _size(width: int, height: int, scale: float) -> tuple[int, int]:
    """Return a width and height scaled, each to the nearest multiple of 64."""
    across, down = (max(1, round(side * scale / _MULTIPLE)) for side in (width, height))
    return across * _MULTIPLE, down * _MULTIPLE


def _pipelines(parts: dict[str, Any]) -> tuple[Any, Any]:
    """Return one from noise and one from a picture, on the same networks."""
    import diffusers

    library: Any = diffusers
    scheduler = library.DPMSolverMultistepScheduler(
        num_train_timesteps=1000,
        beta_start=0.00085,
        beta_end=0.012,
        algorithm_type="sde-dpmsolver++",
        use_karras_sigmas=True,
        steps_offset=1,
    )
    others = {
        "scheduler": scheduler,
        "safety_checker": None,
        "requires_safety_checker": False,
        "feature_extractor": None,
        "image_encoder": None,
    }
    first = library.StableDiffusionPipeline(**parts, **others)
    second = library.StableDiffusionImg2ImgPipeline(**parts, **others)
    for pipeline in (first, second):
        pipeline.set_progress_bar_config(disable=True)
    return first, second


def _load(base: Path) -> dict[str, Any]:
    """Load the base model's parts, from the folder alone."""
    try:
        from diffusers import AutoencoderKL, UNet2DConditionModel
        from transformers import CLIPTextModel, CLIPTokenizer
    except ImportError as error:
        raise EngineUnavailable(
            f"IC-Light cannot be imported ({error}): run `pip install diffusers transformers`."
        ) from error
    kinds: dict[str, Any] = {
        "tokenizer": CLIPTokenizer,
        "text_encoder": CLIPTextModel,
        "vae": AutoencoderKL,
        "unet": UNet2DConditionModel,
    }
    parts = {}
    for name, kind in kinds.items():
        try:
            parts[name] = kind.from_pretrained(base, subfolder=name, local_files_only=True)
        except Exception as error:  # each library raises what its own libraries raise
            raise WrongWeights(
                f"{base / name} cannot be loaded ({error}). Expected is Stable Diffusion 1.5 as "
                "diffusers saves it, with the folders tokenizer, text_encoder, vae and unet."
            ) from error
    return parts
