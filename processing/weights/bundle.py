"""Turn bare MediaPipe networks into bundles that MediaPipe Tasks accepts.

A Tasks bundle is a stored (uncompressed) zip of TFLite files, each carrying
TFLite metadata that says how its input picture is normalised. The npm packages
ship the same networks without that metadata, and the metadata writers of
MediaPipe's own wheel do not run in current releases, so the two flatbuffer
tables are written here directly with the wheel's generated schema.

Source of the values: mediapipe ``modules/pose_detection/pose_detection_cpu.pbtxt``
(tensor range -1..1), ``pose_landmark_by_roi_cpu.pbtxt`` and
``selfie_segmentation_cpu.pbtxt`` (tensor range 0..1).
"""

from __future__ import annotations

import importlib.util
import io
import struct
import sys
import zipfile
from functools import cache
from pathlib import Path
from types import ModuleType

import flatbuffers

DETECTOR_NAME = "pose_detector.tflite"
LANDMARKS_NAME = "pose_landmarks_detector.tflite"

# mean and std of (x - mean) / std on 0..255 pixels
MINUS_ONE_TO_ONE = (127.5, 127.5)
ZERO_TO_ONE = (0.0, 255.0)

_ALIGNMENT = 4
_PADDING_ID = 0xD935  # the id that zipalign uses for the same purpose
_EPOCH = (1980, 1, 1, 0, 0, 0)


@cache
def _schema(name: str) -> ModuleType:
    """Load one generated schema module of the wheel by path.

    Importing ``mediapipe.tasks.metadata`` would run the whole package's
    ``__init__`` (camera, audio and plotting libraries) for a file that needs
    nothing but flatbuffers.
    """
    package = importlib.util.find_spec("mediapipe")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("mediapipe is not installed")
    path = Path(package.origin).parent / "tasks" / "metadata" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"_tflite_{name}", path)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"no schema module at {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _finish(table: object, identifier: bytes) -> bytes:
    builder = flatbuffers.Builder(1024)
    builder.Finish(table.Pack(builder), file_identifier=identifier)  # type: ignore[attr-defined]
    return bytes(builder.Output())


def _normalization_unit(mean: float, std: float) -> object:
    schema = _schema("metadata_schema_py_generated")
    unit = schema.ProcessUnitT()
    unit.optionsType = schema.ProcessUnitOptions.NormalizationOptions
    unit.options = schema.NormalizationOptionsT()
    unit.options.mean = [mean]
    unit.options.std = [std]
    return unit


def _model_metadata(*, outputs: int, mean: float, std: float, custom: dict[str, bytes]) -> bytes:
    schema = _schema("metadata_schema_py_generated")
    picture = schema.TensorMetadataT()
    picture.name = "image"
    picture.content = schema.ContentT()
    picture.content.contentPropertiesType = schema.ContentProperties.ImageProperties
    picture.content.contentProperties = schema.ImagePropertiesT()
    picture.content.contentProperties.colorSpace = schema.ColorSpaceType.RGB
    picture.processUnits = [_normalization_unit(mean, std)]
    picture.stats = schema.StatsT()
    picture.stats.max = [1.0]
    picture.stats.min = [-1.0 if mean else 0.0]

    graph = schema.SubGraphMetadataT()
    graph.inputTensorMetadata = [picture]
    graph.outputTensorMetadata = []
    for index in range(outputs):
        tensor = schema.TensorMetadataT()
        tensor.name = f"output_{index}"
        graph.outputTensorMetadata.append(tensor)
    if custom:
        graph.customMetadata = []
        for name, data in custom.items():
            entry = schema.CustomMetadataT()
            entry.name = name
            entry.data = list(data)
            graph.customMetadata.append(entry)

    model = schema.ModelMetadataT()
    model.subgraphMetadata = [graph]
    model.minParserVersion = "1.5.0"
    return _finish(model, b"M001")


def _segmenter_options() -> bytes:
    """``ImageSegmenterOptions(activation=NONE)``: the network's last layer is a sigmoid already."""
    schema = _schema("image_segmenter_metadata_schema_py_generated")
    options = schema.ImageSegmenterOptionsT()
    options.activation = schema.Activation.NONE
    options.minParserVersion = "1.0.0"
    return _finish(options, b"V001")


def with_metadata(network: bytes, mean: float, std: float, *, segmenter: bool = False) -> bytes:
    """Return the TFLite ``network`` with input normalisation written into it.

    Parameters
    ----------
    network : bytes
        A TFLite flatbuffer with one picture input.
    mean, std : float
        The network sees ``(pixel - mean) / std`` of pixels 0..255.
    segmenter : bool
        Also say that the output mask needs no activation.
    """
    schema = _schema("schema_py_generated")
    model = schema.ModelT.InitFromPackedBuf(network, 0)
    custom = {"SEGMENTER_METADATA": _segmenter_options()} if segmenter else {}
    metadata = _model_metadata(
        outputs=len(model.subgraphs[0].outputs), mean=mean, std=std, custom=custom
    )
    holder = schema.BufferT()
    holder.data = list(metadata)
    model.buffers.append(holder)
    entry = schema.MetadataT()
    entry.name = "TFLITE_METADATA"
    entry.buffer = len(model.buffers) - 1
    model.metadata = [old for old in model.metadata or [] if old.name not in (b"TFLITE_METADATA",)]
    model.metadata.append(entry)
    return _finish(model, b"TFL3")


def pose_landmarker(detector: bytes, landmarks: bytes) -> bytes:
    """Build a ``pose_landmarker_*.task`` bundle; the same input gives the same bytes."""
    members = {
        DETECTOR_NAME: with_metadata(detector, *MINUS_ONE_TO_ONE),
        LANDMARKS_NAME: with_metadata(landmarks, *ZERO_TO_ONE),
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as bundle:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, date_time=_EPOCH)
            # MediaPipe maps members in place, so their data must be aligned: a
            # local file header is 30 bytes, the name and the extra field, which
            # here is one well-formed record (id, length, padding), since
            # MediaPipe's unzip rejects loose bytes.
            start = target.tell() + 30 + len(name.encode()) + 4
            padding = -start % _ALIGNMENT
            info.extra = struct.pack("<HH", _PADDING_ID, padding) + b"\0" * padding
            bundle.writestr(info, data)
    return target.getvalue()


def selfie_segmenter(network: bytes) -> bytes:
    """Build a ``selfie_segmenter.tflite`` that ImageSegmenter accepts."""
    return with_metadata(network, *ZERO_TO_ONE, segmenter=True)
