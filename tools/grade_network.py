"""The grader in PyTorch: a CNN over phase, an LSTM over repetitions, and a sense of the unknown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn

from processing.motion.grade.features import CHANNELS, FACTS, PHASES

_WIDTH: Final = 32
SUBSPACE: Final = 24


class Grader(nn.Module):
    """Grade and its uncertainty, of (B, R, 36, 26) curves and (B, R, 5) facts."""

    def __init__(self) -> None:
        super().__init__()
        self.phase = nn.Sequential(
            nn.Conv1d(CHANNELS, _WIDTH, 5, padding=2),
            nn.ReLU(),
            nn.MaxPool1d(2),
            nn.Conv1d(_WIDTH, _WIDTH, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool1d(2),
            nn.Flatten(),
            nn.Dropout(0.15),
            nn.Linear(_WIDTH * (PHASES // 4), _WIDTH),
            nn.ReLU(),
        )
        self.repetitions = nn.LSTM(_WIDTH + FACTS, _WIDTH, batch_first=True)
        self.head = nn.Sequential(nn.Linear(2 * _WIDTH, _WIDTH), nn.ReLU(), nn.Linear(_WIDTH, 2))

    def forward(self, curves: Tensor, facts: Tensor, there: Tensor) -> tuple[Tensor, Tensor]:
        """Grade (B,) and the logarithm of its variance (B,); ``there`` (B, R) is 1 for a
        repetition and 0 for padding after the last."""
        batch, reps = curves.shape[:2]
        one = self.phase(curves.reshape(batch * reps, CHANNELS, PHASES)).reshape(batch, reps, -1)
        states, _ = self.repetitions(torch.cat([one, facts], dim=2))
        weight = there.unsqueeze(2)
        mean = (states * weight).sum(1) / weight.sum(1)
        most = (states - 10.0 * (1.0 - weight)).amax(1)
        out = self.head(torch.cat([mean, most], dim=1))
        return out[:, 0], out[:, 1].clamp(-5.0, 3.0)


@dataclass(frozen=True)
class Familiar:
    """What was taught: kinds of movement in a subspace, and how far is too far.

    K. Lee et al.: A simple unified framework for detecting out-of-distribution samples and
    adversarial attacks. NeurIPS 2018, eq. 2: the nearest class by Mahalanobis distance, with one
    covariance for all; here also what the subspace does not hold.

    mean : (D,). basis : (D, 24). whiten : (24, 24). centres : (K, 24), whitened.
    near, outside : the largest distances that are still familiar.
    """

    mean: Tensor
    basis: Tensor
    whiten: Tensor
    centres: Tensor
    near: float
    outside: float


def distances(known: Familiar, summary: Tensor) -> tuple[Tensor, Tensor]:
    """Distances of summaries (B, D): to the nearest kind, and out of the subspace, (B,)."""
    off = summary - known.mean
    inside = off @ known.basis
    rest = off - inside @ known.basis.T
    apart = (inside @ known.whiten).unsqueeze(1) - known.centres.unsqueeze(0)
    return (apart**2).sum(2).amin(1).sqrt(), (rest**2).sum(1).sqrt()


class Whole(nn.Module):
    """What is written to the file: one client, R repetitions, without padding."""

    def __init__(self, grader: Grader, known: Familiar, width: float) -> None:
        super().__init__()
        self.grader = grader
        self.known = known
        self.width = width

    def forward(self, curves: Tensor, facts: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Grade, half of its 90% interval, and strangeness, of (R, 36, 26) and (R, 5)."""
        there = torch.ones_like(facts[:, :1]).transpose(0, 1)
        grade, variance = self.grader(curves.unsqueeze(0), facts.unsqueeze(0), there)
        near, outside = distances(self.known, curves.mean(0).reshape(1, -1))
        strangeness = torch.maximum(near / self.known.near, outside / self.known.outside)
        half = self.width * torch.exp(0.5 * variance)
        return grade.reshape(()), half.reshape(()), strangeness.reshape(())
