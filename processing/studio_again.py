"""Processing a clip once more: which choices a trainer has here, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeAlias

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from processing.engines import registry
from processing.engines.spec import Engine
from processing.models import Clip

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_Words: TypeAlias = "str | _StrPromise"
_Choices: TypeAlias = "list[tuple[str, _Words]]"

_POSE_MODELS: Final[dict[str, _Words]] = {
    "lite": _("Fast"),
    "full": _("Normal"),
    "heavy": _("Exact, takes longer"),
}
_ENGINES: Final[dict[tuple[str, str], _Words]] = {
    ("matting", "mediapipe"): _("Built in, fast"),
    ("matting", "modnet"): _("MODNet, finer hair"),
    ("matting", "birefnet"): _("BiRefNet, the finest edges, slow"),
    ("matting", "rvm"): _("Robust Video Matting, calm edges"),
    ("grade", "v11"): _("Studio colours"),
    ("grade", "iclight"): _("New light, slow"),
    ("pose", "mediapipe"): _("Built in, fast"),
    ("pose", "rtmpose"): _("RTMPose, exact joints"),
    ("pose", "movenet"): _("MoveNet, quick movements"),
    ("pose", "sam3d_body"): _("SAM 3D Body, the whole surface"),
    ("lifter", ""): _("Built in"),
    ("lifter", "poseformer_v2"): _("PoseFormerV2, depth from several pictures"),
}


def _running(job: str, table: Mapping[str, Engine[Any]], models_dir: Path) -> _Choices:
    """The engines of a job that can run here."""
    return [
        (name, _ENGINES.get((job, name), engine.title))
        for name, engine in table.items()
        if engine.check(models_dir).can_run
    ]


def pose_engines(models_dir: Path) -> _Choices:
    """What can find joints here."""
    return _running("pose", registry.POSE, models_dir)


def choices(models_dir: Path) -> dict[str, _Choices]:
    """What can be chosen here, by the names of ``Options``; of one thing there is no choice."""
    offered: dict[str, _Choices] = {
        "pose_model": [
            (name, words)
            for name, words in _POSE_MODELS.items()
            if (models_dir / f"pose_landmarker_{name}.task").exists()
        ],
        "matting": _running("matting", registry.MATTING, models_dir),
        "grade": _running("grade", registry.GRADE, models_dir),
        "pose": pose_engines(models_dir),
    }
    lifters = _running("lifter", registry.LIFT, models_dir)
    offered["lifter"] = [("", _ENGINES["lifter", ""]), *lifters]
    return {name: found for name, found in offered.items() if len(found) > 1}


_DEFAULTS: Final = {
    "pose_model": "POSE_MODEL",
    "matting": "MATTING_ENGINE",
    "grade": "GRADE_ENGINE",
    "pose": "POSE_ENGINE",
    "lifter": "LIFTER",
}


class AgainForm(forms.Form):
    """Settings for a further run of a clip."""

    LABELS: ClassVar[dict[str, _Words]] = {
        "pose_model": _("Reading the movement"),
        "matting": _("Cutting out"),
        "grade": _("Light and colours"),
        "pose": _("Finding the joints"),
        "lifter": _("Depth of the joints"),
    }

    trim = forms.BooleanField(
        label=_("Cut off standing around"),
        help_text=_("Before the exercise begins and after it is over."),
        required=False,
    )

    def __init__(self, clip: Clip, data: Mapping[str, Any] | None = None) -> None:
        decided = {name: getattr(settings, place, "") for name, place in _DEFAULTS.items()}
        super().__init__(data, initial={"trim": True, **decided, **clip.settings})
        for name, offered in choices(Path(settings.MODELS_DIR)).items():
            self.fields[name] = forms.ChoiceField(
                label=self.LABELS[name],
                choices=offered,
                required=name != "lifter",
                widget=forms.RadioSelect if name == "pose_model" else forms.Select,
            )
        if clip.window_s is not None and clip.cut_from_id is None:
            self.fields["whole"] = forms.BooleanField(
                label=_("Take the whole video again"), required=False
            )
        self.order_fields([*self.LABELS, "trim", "whole"])

    @property
    def takes_the_whole(self) -> bool:
        return bool(self.cleaned_data.get("whole"))

    @property
    def chosen(self) -> dict[str, Any]:
        """Settings as ``reprocess_clip`` takes them."""
        return {name: value for name, value in self.cleaned_data.items() if name != "whole"}


class PartForm(forms.Form):
    """A part of the take, seconds since its first picture."""

    LEAST_S: Final = 0.5

    start_s = forms.FloatField(min_value=0.0)
    end_s = forms.FloatField(min_value=0.0)

    def __init__(self, data: Mapping[str, Any], duration_s: float) -> None:
        super().__init__(data)
        self._duration_s = duration_s

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        start_s, end_s = cleaned.get("start_s"), cleaned.get("end_s")
        if start_s is None or end_s is None or end_s > self._duration_s + 0.05:
            raise forms.ValidationError(_("This part lies outside the video."))
        if end_s - start_s < self.LEAST_S:
            raise forms.ValidationError(_("This part is too short: half a second is the least."))
        return cleaned

    @property
    def part_s(self) -> tuple[float, float]:
        return float(self.cleaned_data["start_s"]), float(self.cleaned_data["end_s"])
