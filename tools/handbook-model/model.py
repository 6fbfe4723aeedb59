"""A small qwen2: RMS norms, rotary positions, grouped queries with biases, SwiGLU, embedding and output tied."""

import torch
import torch.nn.functional as F
from torch import nn

EPSILON = 1e-6
ROPE_BASE = 10_000.0


class Layer(nn.Module):
    def __init__(self, width: int, heads: int, kv_heads: int, feed_forward: int):
        super().__init__()
        self.heads, self.kv_heads, self.head = heads, kv_heads, width // heads
        kv = kv_heads * self.head
        self.attn_norm, self.ffn_norm = nn.RMSNorm(width, EPSILON), nn.RMSNorm(width, EPSILON)
        self.q, self.k, self.v = nn.Linear(width, width), nn.Linear(width, kv), nn.Linear(width, kv)
        self.out = nn.Linear(width, width, bias=False)
        self.gate, self.up = nn.Linear(width, feed_forward, bias=False), nn.Linear(width, feed_forward, bias=False)
        self.down = nn.Linear(feed_forward, width, bias=False)

    def forward(self, x: torch.Tensor, cosine: torch.Tensor, sine: torch.Tensor) -> torch.Tensor:
        rows, length, width = x.shape
        h = self.attn_norm(x)
        q = rotate(self.q(h).view(rows, length, self.heads, self.head).transpose(1, 2), cosine, sine)
        k = rotate(self.k(h).view(rows, length, self.kv_heads, self.head).transpose(1, 2), cosine, sine)
        v = self.v(h).view(rows, length, self.kv_heads, self.head).transpose(1, 2)
        share = self.heads // self.kv_heads
        k, v = k.repeat_interleave(share, 1), v.repeat_interleave(share, 1)
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(mixed.transpose(1, 2).reshape(rows, length, width))
        h = self.ffn_norm(x)
        return x + self.down(F.silu(self.gate(h)) * self.up(h))


def rotate(x: torch.Tensor, cosine: torch.Tensor, sine: torch.Tensor) -> torch.Tensor:
    first, second = x.chunk(2, -1)
    return torch.cat((first * cosine - second * sine, first * sine + second * cosine), -1)


class Model(nn.Module):
    def __init__(self, vocabulary: int, layers: int, width: int, heads: int, kv_heads: int, feed_forward: int, context: int):
        super().__init__()
        self.shape = dict(layers=layers, width=width, heads=heads, kv_heads=kv_heads, feed_forward=feed_forward, context=context)
        self.embedding = nn.Embedding(vocabulary, width)
        self.layers = nn.ModuleList(Layer(width, heads, kv_heads, feed_forward) for _ in range(layers))
        self.norm = nn.RMSNorm(width, EPSILON)
        half = width // heads // 2
        angles = torch.arange(context)[:, None] * ROPE_BASE ** (-torch.arange(half) / half)
        self.register_buffer("cosine", angles.cos(), persistent=False)
        self.register_buffer("sine", angles.sin(), persistent=False)
        for name, weight in self.named_parameters():
            if name == "embedding.weight":
                nn.init.normal_(weight, std=width**-0.5)
            elif weight.ndim == 2:
                nn.init.normal_(weight, std=weight.shape[1] ** -0.5 * (0.5 if "out" in name or "down" in name else 1))
            elif name.endswith("bias"):
                nn.init.zeros_(weight)

    def halfway(self, ids: torch.Tensor) -> torch.Tensor:
        """What the lower half of the layers makes of the tokens."""
        return self.through(self.embedding(ids), self.layers[: len(self.layers) // 2])

    def states(self, halfway: torch.Tensor) -> torch.Tensor:
        return self.norm(self.through(halfway, self.layers[len(self.layers) // 2 :]))

    def through(self, x: torch.Tensor, layers: nn.ModuleList) -> torch.Tensor:
        length = x.shape[1]
        for layer in layers:
            x = layer(x, self.cosine[:length], self.sine[:length])
        return x

    def scores(self, states: torch.Tensor) -> torch.Tensor:
        return states @ self.embedding.weight.T
