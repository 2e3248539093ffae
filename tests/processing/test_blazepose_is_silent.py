"""The runtime of the pose networks must not call home, and must not hold Python's lock."""

from __future__ import annotations

import importlib.util
import os
import threading
from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from processing.vision.blazepose.network import networks


def package() -> Path:
    spec = importlib.util.find_spec("ai_edge_litert")
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent


def test_the_native_libraries_can_neither_look_up_a_host_nor_connect_to_one() -> None:
    libraries = [
        path for ending in ("*.so", "*.dylib", "*.pyd") for path in package().rglob(ending)
    ]
    assert libraries
    for library in libraries:
        code = library.read_bytes()
        for trace in (b"getaddrinfo", b"gethostby", b"curl_easy", b"clearcut", b"play.google"):
            assert trace not in code, (library.name, trace)


def test_no_module_of_it_speaks_to_the_network() -> None:
    for module in package().rglob("*.py"):
        text = module.read_text(errors="replace")
        for trace in ("import requests", "urllib.request", "http.client", "import socket"):
            assert trace not in text, (module.name, trace)


@pytest.mark.models
def test_another_thread_runs_while_a_network_computes() -> None:
    """Or two segments of a take in two threads would take as long as one after the other."""
    root = Path(__file__).resolve().parents[2]
    folder = Path(os.environ.get("MODELS_DIR", root / "var" / "models"))
    _, network = networks((folder / "pose_landmarker_lite.task").read_bytes())
    interpreter = Interpreter(model_content=network, num_threads=1)
    interpreter.allocate_tensors()
    (source,) = interpreter.get_input_details()
    interpreter.set_tensor(source["index"], np.zeros(source["shape"], np.float32))
    steps, stop = [0], threading.Event()

    def count() -> None:
        while not stop.is_set():
            steps[0] += 1

    counter = threading.Thread(target=count)
    counter.start()
    try:
        progress = []
        for _ in range(12):
            before = steps[0]
            interpreter.invoke()
            progress.append(steps[0] - before)
    finally:
        stop.set()
        counter.join()
    # Some 10 ms are thousands of steps; on a busy machine the other thread may get none of some.
    assert sum(done > 100 for done in progress) >= 4
