"""The bench of Shadow Mode runs and prints what it promises; its figures are nobody's test."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.perscoach.running import ROOT
from tools.browser import chromium
from tools.setup import node_folder

pytestmark = [pytest.mark.e2e, pytest.mark.live, pytest.mark.models]


def test_the_shadow_bench_prints_one_object() -> None:
    command = [str(node_folder() / "node"), "benchmarks/shadow.mjs", "--json"]
    command += ["--minutes", "0.1", "--seconds", "1", "--turns", "1", "--python", sys.executable]
    outer = ("DATABASE_URL", "BROKER_URL", "DJANGO_SETTINGS_MODULE", "LOG_LEVEL")
    env = {name: value for name, value in os.environ.items() if name not in outer}
    env["CHROMIUM"] = str(chromium())
    done = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, check=True)
    result = json.loads(done.stdout)
    assert result["ratio"] == pytest.approx(result["fps_null_renderer"] / result["bare_fps"])
    assert result["fps"] > 0 and result["own_ms_median"] > 0
    assert len(result["heap_mb"]) == 1 and result["heap_mb"][0] > 1
    # The models and the program that runs them come once, and then from the cache.
    assert result["bytes"]["cold"] > 10e6 > 1e6 > result["bytes"]["warm"] > 1000
    assert result["load_ms"]["cold"] > 0 and result["load_ms"]["warm"] > 0
