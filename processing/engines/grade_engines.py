"""The engines that give the trainer the studio's colours and light."""

from __future__ import annotations

from processing.engines.availability import Needs, Package, WeightFile
from processing.engines.contract import GradeEngine
from processing.engines.spec import Engine, Job, Setup


def _v11(setup: Setup) -> GradeEngine:
    from processing.engines.v11 import V11

    return V11()


def _iclight(setup: Setup) -> GradeEngine:
    from processing.engines.iclight import IcLight

    offset, base = setup.files
    return IcLight(offset, base, device=setup.device)


GRADE_ENGINES: tuple[Engine[GradeEngine], ...] = (
    Engine(
        job=Job.GRADE,
        name="v11",
        title="V11",
        project="",
        code_licence="MIT",
        weights_licence="no weights",
        needs=Needs(),
        factory=_v11,
    ),
    Engine(
        job=Job.GRADE,
        name="iclight",
        title="IC-Light",
        project="https://github.com/lllyasviel/IC-Light",
        code_licence="Apache-2.0",
        weights_licence="Apache-2.0; the base model: CreativeML Open RAIL-M",
        needs=Needs(
            runtime="torch",
            packages=(
                Package("torch", 'run `pip install "perscoach[gpu]"`'),
                Package("diffusers", "run `pip install diffusers`"),
                Package("transformers", "run `pip install transformers`"),
                Package("safetensors", "run `pip install safetensors`"),
            ),
            files=(
                WeightFile(
                    ("iclight_sd15_fc.safetensors",),
                    "Take it from https://huggingface.co/lllyasviel/ic-light.",
                ),
                WeightFile(
                    ("stable-diffusion-v1-5", "realistic-vision-v51"),
                    "It is the folder of Stable Diffusion 1.5, or of a model tuned from it, as "
                    "diffusers saves it, with tokenizer, text_encoder, vae and unet: take it from "
                    "https://huggingface.co/stable-diffusion-v1-5/stable-diffusion-v1-5.",
                ),
            ),
            gpu=True,
        ),
        factory=_iclight,
    ),
)
