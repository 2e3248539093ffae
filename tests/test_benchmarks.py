"""The benches run and print what they promise; their figures are nobody's test."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.models
def test_the_pipeline_bench_prints_one_object(athlete_video: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.pipeline", str(athlete_video), "--json"]
    command += ["--models", str(settings.MODELS_DIR)]
    done = subprocess.run(
        command, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=True
    )
    result = json.loads(done.stdout)
    assert result["ratio"] == pytest.approx(
        result["frames_per_second"] / result["plain_frames_per_second"]
    )
    assert result["frames"] > 40
    assert result["peak_rss_mb"] > 50
    assert set(result["bytes"]) >= {"transparent", "poses", "poses_packed", "poster"}
    assert all(size > 0 for size in result["bytes"].values())
