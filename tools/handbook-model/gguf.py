"""Writes the model as a GGUF v3 file: matrices as Q8_0 or f16, vectors as f32."""

import struct
from pathlib import Path

import numpy as np

from bpe import SPECIAL, Tokenizer
from model import EPSILON, ROPE_BASE, Model

ALIGNMENT = 32
F32, F16, Q8_0 = 0, 1, 8


def text(value: str) -> bytes:
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def field(key: str, value: object) -> bytes:
    head = text(key)
    if isinstance(value, bool):
        return head + struct.pack("<IB", 7, value)
    if isinstance(value, int):
        return head + struct.pack("<II", 4, value)
    if isinstance(value, float):
        return head + struct.pack("<If", 6, value)
    if isinstance(value, str):
        return head + struct.pack("<I", 8) + text(value)
    if isinstance(value[0], str):
        return head + struct.pack("<IIQ", 9, 8, len(value)) + b"".join(text(item) for item in value)
    return head + struct.pack("<IIQ", 9, 5, len(value)) + struct.pack(f"<{len(value)}i", *value)


def quantize(matrix: np.ndarray) -> bytes:
    """Blocks of 32: one half-precision scale, then 32 signed bytes."""
    blocks = matrix.astype(np.float32).reshape(-1, 32)
    scales = (np.abs(blocks).max(1) / 127).astype(np.float16)
    divisor = np.where(scales == 0, 1, scales).astype(np.float32)
    whole = np.clip(np.rint(blocks / divisor[:, None]), -127, 127).astype(np.int8)
    return b"".join(scale.tobytes() + row.tobytes() for scale, row in zip(scales, whole))


def tensors(model: Model) -> dict[str, np.ndarray]:
    state = {name: value.detach().numpy() for name, value in model.state_dict().items()}
    out = {"token_embd.weight": state["embedding.weight"], "output_norm.weight": state["norm.weight"]}
    names = dict(attn_norm="attn_norm", attn_q="q", attn_k="k", attn_v="v", attn_output="out", ffn_norm="ffn_norm", ffn_gate="gate", ffn_up="up", ffn_down="down")
    for i in range(model.shape["layers"]):
        for theirs, ours in names.items():
            out[f"blk.{i}.{theirs}.weight"] = state[f"layers.{i}.{ours}.weight"]
            if theirs in ("attn_q", "attn_k", "attn_v"):
                out[f"blk.{i}.{theirs}.bias"] = state[f"layers.{i}.{ours}.bias"]
    return out


def metadata(model: Model, tokenizer: Tokenizer, general: dict[str, object]) -> dict[str, object]:
    shape = model.shape
    control = {tokenizer.ids[token] for token in SPECIAL}
    return {
        "general.architecture": "qwen2",
        **general,
        "qwen2.block_count": shape["layers"],
        "qwen2.context_length": shape["context"],
        "qwen2.embedding_length": shape["width"],
        "qwen2.feed_forward_length": shape["feed_forward"],
        "qwen2.attention.head_count": shape["heads"],
        "qwen2.attention.head_count_kv": shape["kv_heads"],
        "qwen2.attention.layer_norm_rms_epsilon": EPSILON,
        "qwen2.rope.freq_base": ROPE_BASE,
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "qwen2",
        "tokenizer.ggml.tokens": tokenizer.tokens,
        "tokenizer.ggml.token_type": [3 if i in control else 1 for i in range(len(tokenizer.tokens))],
        "tokenizer.ggml.merges": [f"{a} {b}" for a, b in tokenizer.merges],
        "tokenizer.ggml.bos_token_id": tokenizer.begin,
        "tokenizer.ggml.eos_token_id": tokenizer.end,
        "tokenizer.ggml.add_bos_token": True,
    }


def write(path: Path, model: Model, tokenizer: Tokenizer, general: dict[str, object], kind: str = "Q8_0") -> int:
    """Writes the file; returns its size in bytes."""
    fields = metadata(model, tokenizer, {**general, "general.file_type": 7 if kind == "Q8_0" else 1})
    head, data = [], b""
    weights = tensors(model)
    for name, value in weights.items():
        if value.ndim == 1:
            type_id, raw = F32, value.astype("<f4").tobytes()
        elif kind == "Q8_0":
            type_id, raw = Q8_0, quantize(value)
        else:
            type_id, raw = F16, value.astype("<f2").tobytes()
        head.append(text(name) + struct.pack(f"<I{value.ndim}QIQ", value.ndim, *reversed(value.shape), type_id, len(data)))
        data += raw + b"\0" * (-len(raw) % ALIGNMENT)
    start = struct.pack("<4sIQQ", b"GGUF", 3, len(weights), len(fields)) + b"".join(field(k, v) for k, v in fields.items()) + b"".join(head)
    whole = start + b"\0" * (-len(start) % ALIGNMENT) + data
    path.write_bytes(whole)
    return len(whole)
