"""Teaches the grader and writes what the program runs: the network and its figures.

``python -m tools.train_grade [--work FOLDER] [--films FOLDER] [--limit-s S]``. Samples are made in
pieces and kept in the work folder, so it may be stopped and begun again; with the same seed it
comes to the same figures. One thread, some six minutes. Without films the network is the same, and
the figures lack the part that was filmed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import warnings
from pathlib import Path
from typing import Any, Final

# Before PyTorch and NumPy start their threads: sums in another order are other sums.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

import numpy as np  # noqa: E402
import torch  # noqa: E402
from numpy.typing import NDArray  # noqa: E402
from torch import Tensor  # noqa: E402

from benchmarks.scoring_metrics import spearman  # noqa: E402
from processing.motion.grade.features import CHANNELS, FACTS, PHASES  # noqa: E402
from processing.motion.grade.network import MODEL  # noqa: E402
from tools.grade_network import SUBSPACE, Familiar, Grader, Whole, distances  # noqa: E402
from tools.grade_samples import (  # noqa: E402
    NEW_BODIES,
    NEW_BOTH,
    NEW_VIEWS,
    TAUGHT,
    Cast,
    samples,
    stacked,
)

SEED: Final = 5
FIGURES: Final = MODEL.with_name("figures.json")
_PIECE: Final = 50
_PARTS: Final[dict[str, tuple[Cast, int, int]]] = {
    "taught": (TAUGHT, 0, 8),
    "checked": (TAUGHT, 100_000, 1),
    "new_bodies": (NEW_BODIES, 200_000, 1),
    "new_views": (NEW_VIEWS, 300_000, 1),
    "new_both": (NEW_BOTH, 400_000, 1),
}
"""Who is seen, the first performance's number, and how many pieces of fifty."""
_EPOCHS: Final = 60
_BATCH: Final = 64
_COVERED: Final = 0.90
_FAMILIAR: Final = 0.99

Arrays = dict[str, NDArray[Any]]


def gathered(work: Path, deadline: float) -> dict[str, Arrays] | None:
    """Make the samples that lack, a file for each piece; None where the time is up before."""
    work.mkdir(parents=True, exist_ok=True)
    parts = {}
    for name, (cast, first, pieces) in _PARTS.items():
        found = []
        for piece in range(pieces):
            path = work / f"{name}-{piece}.npz"
            if not path.exists():
                if time.monotonic() > deadline:
                    return None
                start = first + piece * _PIECE
                made = [s for n in range(start, start + _PIECE) for s in samples(SEED, n, cast)]
                np.savez_compressed(path.with_suffix(".part.npz"), **stacked(made))  # type: ignore[arg-type]
                os.replace(path.with_suffix(".part.npz"), path)
                print(f"{name} {piece + 1}/{pieces}: {len(made)}", file=sys.stderr, flush=True)
            with np.load(path) as archive:
                found.append(dict(archive))
        parts[name] = {key: np.concatenate([f[key] for f in found]) for key in found[0]}
    return parts


def padded(part: Arrays) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Curves (N, R, 36, 26), facts (N, R, 5), which repetitions there are (N, R), grades (N,)."""
    reps = part["reps"]
    most = int(reps.max())
    curves = np.zeros((len(reps), most, CHANNELS, PHASES), np.float32)
    facts = np.zeros((len(reps), most, FACTS), np.float32)
    there = (np.arange(most) < reps[:, None]).astype(np.float32)
    curves[there > 0] = part["curves"]
    facts[there > 0] = part["facts"]
    grades = torch.from_numpy(part["grade"].astype(np.float32))
    return torch.from_numpy(curves), torch.from_numpy(facts), torch.from_numpy(there), grades


def taught(part: Arrays, checked: Arrays) -> Grader:
    """Teach a network, and keep it as it was when it did best on what is checked."""
    torch.manual_seed(SEED)
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(1)
    grader = Grader()
    curves, facts, there, grades = padded(part)
    steps = -(-len(grades) // _BATCH)
    optimizer = torch.optim.AdamW(grader.parameters(), lr=3e-3, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, total_steps=_EPOCHS * steps)
    order = torch.Generator().manual_seed(SEED)
    best, kept = np.inf, {}
    for epoch in range(_EPOCHS):
        grader.train()
        for chosen in torch.split(torch.randperm(len(grades), generator=order), _BATCH):
            value, variance = grader(curves[chosen], facts[chosen], there[chosen])
            square = (value - grades[chosen]) ** 2
            # Gaussian likelihood weighted by the variance, or what is hard is given up on early:
            # M. Seitzer et al.: On the pitfalls of heteroscedastic uncertainty. ICLR 2022, eq. 5.
            likelihood = 0.5 * (square * torch.exp(-variance) + variance)
            loss = (likelihood * torch.exp(0.5 * variance).detach()).mean()
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(grader.parameters(), 1.0)
            optimizer.step()
            schedule.step()
        value, _ = graded(grader, checked)
        error = float(((value - checked["grade"]) ** 2).mean())
        if error < best:
            best, kept = error, {k: v.clone() for k, v in grader.state_dict().items()}
        if epoch % 10 == 9:
            print(f"{epoch + 1}: RMS {error**0.5:.3f}", file=sys.stderr, flush=True)
    grader.load_state_dict(kept)
    return grader.eval()


def graded(grader: Grader, part: Arrays) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Grades (N,), and their standard deviations."""
    grader.eval()
    curves, facts, there, _ = padded(part)
    with torch.no_grad():
        value, variance = grader(curves, facts, there)
    return value.numpy().astype(np.float64), np.exp(0.5 * variance.numpy().astype(np.float64))


def summaries(part: Arrays) -> Tensor:
    """Mean curves (N, 936) of each sample."""
    curves, _, there, _ = padded(part)
    weight = there[:, :, None, None]
    return ((curves * weight).sum(1) / weight.sum(1)).flatten(1)


def familiar(part: Arrays, checked: Arrays) -> Familiar:
    """Learn what movements there are, and how far from them those that are checked lie."""
    summary = summaries(part).double()
    mean = summary.mean(0)
    _, _, directions = torch.linalg.svd(summary - mean, full_matrices=False)
    basis = directions[:SUBSPACE].T.contiguous()
    inside = (summary - mean) @ basis
    kinds = sorted(set(part["kind"]))
    members = [inside[torch.from_numpy(part["kind"] == kind)] for kind in kinds]
    centres = torch.stack([m.mean(0) for m in members])
    within = torch.cat([m - c for m, c in zip(members, centres, strict=True)])
    values, vectors = torch.linalg.eigh(within.T @ within / len(within))
    whiten = vectors / values.clamp_min(1e-6).sqrt()
    known = Familiar(
        mean.float(),
        basis.float(),
        whiten.float(),
        (centres @ whiten).float(),
        1.0,
        1.0,
    )
    near, outside = distances(known, summaries(checked))
    # Both must be passed: each gets half of what may be wrongly called strange.
    level = 1 - 0.5 * (1 - _FAMILIAR)
    return Familiar(
        known.mean,
        known.basis,
        known.whiten,
        known.centres,
        float(np.quantile(near.numpy(), level)),
        float(np.quantile(outside.numpy(), level)),
    )


def figures_of(grader: Grader, known: Familiar, width: float, part: Arrays) -> dict[str, float]:
    """How good the grades of held-out samples are."""
    value, deviation = graded(grader, part)
    near, outside = distances(known, summaries(part))
    strange = torch.maximum(near / known.near, outside / known.outside).numpy()
    off = np.abs(np.clip(value, 0, 4) - part["grade"])
    return {
        "samples": len(value),
        "spearman": spearman(value, part["grade"]),  # type: ignore[arg-type]
        "mean_error": float(off.mean()),
        "covered": float((off <= width * deviation).mean()),
        "interval": float(2 * width * deviation.mean()),
        "familiar": float((strange <= 1).mean()),
    }


def write(whole: Whole) -> None:
    """Write the network for ONNX Runtime."""
    given = (torch.zeros(3, CHANNELS, PHASES), torch.zeros(3, FACTS))
    reps = {0: "reps"}
    with warnings.catch_warnings():
        # The exporter that needs no further package says that another one is to come.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            whole,
            given,
            str(MODEL),
            input_names=["curves", "facts"],
            output_names=["grade", "half", "strangeness"],
            dynamic_axes={"curves": reps, "facts": reps},
            opset_version=17,
            dynamo=False,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--work", type=Path, default=Path("var/grade"), help="folder of samples")
    parser.add_argument("--films", type=Path, help="folder of the scoring bench's films")
    parser.add_argument("--limit-s", type=float, default=3600.0, help="make no samples after that")
    arguments = parser.parse_args()
    parts = gathered(arguments.work, time.monotonic() + arguments.limit_s)
    if parts is None:
        sys.exit("The time is up; run it again to go on.")
    grader = taught(parts["taught"], parts["checked"])
    value, deviation = graded(grader, parts["checked"])
    width = float(np.quantile(np.abs(value - parts["checked"]["grade"]) / deviation, _COVERED))
    known = familiar(parts["taught"], parts["checked"])
    write(Whole(grader, known, width))
    figures: dict[str, Any] = {"seed": SEED, "bytes": MODEL.stat().st_size}
    for name in ("new_bodies", "new_views", "new_both"):
        figures[name] = figures_of(grader, known, width, parts[name])
    from tools.grade_figures import filmed, strangers

    figures["strangers"] = strangers()
    if arguments.films is not None:
        figures["filmed"] = filmed(arguments.films)
    elif FIGURES.exists():
        before = json.loads(FIGURES.read_text())
        figures |= {"filmed": before["filmed"]} if "filmed" in before else {}
    FIGURES.write_text(json.dumps(_rounded(figures), indent=2) + "\n")
    print(FIGURES.read_text())


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return round(value, 4) if isinstance(value, float) else value


if __name__ == "__main__":
    main()
