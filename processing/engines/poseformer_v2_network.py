"""PoseFormerV2's network: the 3D pose in the middle of a window of 2D poses.

Contract read from QitaoZhao/PoseFormerV2 `common/model_poseformer.py` (`PoseTransformerV2`). The
names of parameters are that project's, so that its state dicts load; the code is not.

The joints of a few pictures round the middle pass a transformer of each picture; the whole window
passes as its first few coefficients of the cosine transform, which cost as little and leave out the
jitter. Both then pass a transformer over time together.

References
----------
Zhao et al., PoseFormerV2: Exploring Frequency Domain for Efficient and Robust 3D Human Pose
Estimation, CVPR 2023.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

HEADS: Final = 8
MLP_RATIO: Final = 2
EPSILON: Final = 1e-6
"""Of the blocks' layer norms; the head's has torch's own. All three are not in the state dict."""


@dataclass(frozen=True)
class Sizes:
    """What a state dict says of its network.

    Attributes
    ----------
    joints : int
    width : int
        Numbers a joint and picture (`embed_dim_ratio`).
    depth : int
        Blocks of each transformer.
    frames : int
        Pictures round the middle that pass one by one.
    coefficients : int
        Of the cosine transform over the window.
    """

    joints: int
    width: int
    depth: int
    frames: int
    coefficients: int

    @classmethod
    def of(cls, state: Mapping[str, Tensor]) -> Sizes:
        """Read the sizes off the parameters.

        Raises
        ------
        KeyError
            A parameter every such network has is not there.
        ValueError
            One has another number of dimensions.
        """
        _, joints, width = state["Spatial_pos_embed"].shape
        _, frames, _ = state["Temporal_pos_embed"].shape
        _, coefficients, _ = state["Temporal_pos_embed_"].shape
        blocks = {name.split(".")[1] for name in state if name.startswith("Spatial_blocks.")}
        return cls(joints, width, len(blocks), frames, coefficients)


def cosine_basis(count: int, length: int) -> Tensor:
    """Return the first rows of the cosine transform, DCT-II, not normalised.

    ``basis @ x`` is ``2 sum_n x[n] cos(pi (2n + 1) k / 2N)``: what torch_dct, on which the project
    relies, computes unless asked for an orthonormal one.

    Returns
    -------
    (count, length) float32
    """
    n = torch.arange(length, dtype=torch.float64)
    k = torch.arange(count, dtype=torch.float64)
    return (2 * torch.cos(math.pi * (2 * n + 1) * k[:, None] / (2 * length))).float()


def inverse_cosine_basis(length: int) -> Tensor:
    """Return the inverse of ``cosine_basis(length, length)``, (length, length) float32."""
    basis = cosine_basis(length, length).double().T / (2 * length)
    basis[:, 0] /= 2
    return basis.float()


class Mlp(nn.Module):
    """Two layers, each picture or joint by itself."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(dim, dim * MLP_RATIO)
        self.fc2 = nn.Linear(dim * MLP_RATIO, dim)

    def forward(self, x: Tensor) -> Tensor:
        """(B, N, C) -> (B, N, C)."""
        y: Tensor = self.fc2(functional.gelu(self.fc1(x)))
        return y


class FrequencyMlp(Mlp):
    """The same between a cosine transform over the sequence and its inverse."""

    there: Tensor
    back: Tensor

    def __init__(self, dim: int, length: int) -> None:
        super().__init__(dim)
        self.register_buffer("there", cosine_basis(length, length), persistent=False)
        self.register_buffer("back", inverse_cosine_basis(length), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """(B, N, C) -> (B, N, C)."""
        return self.back @ super().forward(self.there @ x)


class Attention(nn.Module):
    """Self-attention."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.qkv = nn.Linear(dim, dim * 3)
        self.proj = nn.Linear(dim, dim)

    def forward(self, x: Tensor) -> Tensor:
        """(B, N, C) -> (B, N, C)."""
        query, key, value = self.qkv(x).unflatten(-1, (3, HEADS, -1)).permute(2, 0, 3, 1, 4)
        seen = functional.scaled_dot_product_attention(query, key, value)
        y: Tensor = self.proj(seen.transpose(1, 2).flatten(2))
        return y


class Block(nn.Module):
    """A transformer's block over the joints of one picture."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(dim, eps=EPSILON)
        self.attn = Attention(dim)
        self.norm2 = nn.LayerNorm(dim, eps=EPSILON)
        self.mlp = Mlp(dim)

    def forward(self, x: Tensor) -> Tensor:
        """(B, N, C) -> (B, N, C)."""
        x = x + self.attn(self.norm1(x))
        y: Tensor = x + self.mlp(self.norm2(x))
        return y


class MixedBlock(nn.Module):
    """A transformer's block over coefficients and pictures, each half with an MLP of its own.

    The project cuts the sequence in half, wherever the coefficients end; so does this.
    """

    def __init__(self, dim: int, length: int) -> None:
        super().__init__()
        self.split = length // 2
        self.norm1 = nn.LayerNorm(dim, eps=EPSILON)
        self.attn = Attention(dim)
        self.norm2 = nn.LayerNorm(dim, eps=EPSILON)
        self.mlp1 = Mlp(dim)
        self.norm3 = nn.LayerNorm(dim, eps=EPSILON)
        self.mlp2 = FrequencyMlp(dim, length - self.split)

    def forward(self, x: Tensor) -> Tensor:
        """(B, coefficients + frames, C) -> the same."""
        x = x + self.attn(self.norm1(x))
        first, second = x[:, : self.split], x[:, self.split :]
        first = first + self.mlp1(self.norm2(first))
        second = second + self.mlp2(self.norm3(second))
        return torch.cat((first, second), dim=1)


class PoseFormerV2Network(nn.Module):
    """The whole network, in evaluation: without dropout.

    Parameters
    ----------
    sizes : Sizes
    window : int
        Pictures of a window; odd. It is not in a state dict.
    """

    basis: Tensor

    def __init__(self, sizes: Sizes, window: int) -> None:
        super().__init__()
        self.sizes = sizes
        dim = sizes.joints * sizes.width
        length = sizes.coefficients + sizes.frames
        self.Joint_embedding = nn.Linear(2, sizes.width)
        self.Freq_embedding = nn.Linear(2 * sizes.joints, dim)
        self.Spatial_pos_embed = nn.Parameter(torch.zeros(1, sizes.joints, sizes.width))
        self.Temporal_pos_embed = nn.Parameter(torch.zeros(1, sizes.frames, dim))
        self.Temporal_pos_embed_ = nn.Parameter(torch.zeros(1, sizes.coefficients, dim))
        self.Spatial_blocks = nn.ModuleList(Block(sizes.width) for _ in range(sizes.depth))
        self.blocks = nn.ModuleList(MixedBlock(dim, length) for _ in range(sizes.depth))
        self.Spatial_norm = nn.LayerNorm(sizes.width, eps=EPSILON)
        self.Temporal_norm = nn.LayerNorm(dim, eps=EPSILON)
        # Weighted means over the sequence, as convolutions of width one: so they are saved.
        self.weighted_mean = nn.Conv1d(sizes.coefficients, 1, 1)
        self.weighted_mean_ = nn.Conv1d(sizes.frames, 1, 1)
        self.head = nn.Sequential(nn.LayerNorm(dim * 2), nn.Linear(dim * 2, sizes.joints * 3))
        self.register_buffer("basis", cosine_basis(sizes.coefficients, window), persistent=False)

    def forward(self, poses: Tensor) -> Tensor:
        """Return the pose in the middle of each window.

        Parameters
        ----------
        poses : (B, window, J, 2) float32
            In units of half the picture's width, from its middle.

        Returns
        -------
        (B, J, 3) float32, m
        """
        batch, window, joints, _ = poses.shape
        kept = self.sizes.frames
        start = (window - 1) // 2 - kept // 2
        middle = poses[:, start : start + kept].flatten(0, 1)
        spatial = self.Joint_embedding(middle) + self.Spatial_pos_embed
        for block in self.Spatial_blocks:
            spatial = block(spatial)
        spatial = self.Spatial_norm(spatial).reshape(batch, kept, -1) + self.Temporal_pos_embed

        coefficients = self.basis @ poses.flatten(2)
        frequency = self.Freq_embedding(coefficients) + self.Temporal_pos_embed_

        mixed = torch.cat((frequency, spatial), dim=1)
        for block in self.blocks:
            mixed = block(mixed)
        mixed = self.Temporal_norm(mixed)
        split = self.sizes.coefficients
        means = self.weighted_mean(mixed[:, :split]), self.weighted_mean_(mixed[:, split:])
        lifted: Tensor = self.head(torch.cat(means, dim=-1))
        return lifted.reshape(batch, joints, 3)
