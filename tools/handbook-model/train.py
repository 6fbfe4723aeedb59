"""Trains the handbook model from the corpus, seeded, and writes it as a GGUF file. See README.md."""

import argparse
import math
import random
import time
from collections import Counter
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

import gguf
from bpe import Tokenizer, learn
from corpus import Entry, Questions, fill, read_corpus
from model import Model

SYSTEM = ["You are a helpful assistant.", "You are a helpful assistant", "Answer briefly.", "You are the assistant of a gateway.", "You are Thalweg's handbook.", "Be short and kind."]
GENERAL = {
    "general.type": "model",
    "general.name": "Thalweg Handbook",
    "general.basename": "thalweg-handbook",
    "general.description": "A small model that was trained on the handbook of the Thalweg gateway and recites it. It knows nothing else.",
    "general.author": "The Thalweg authors",
    "general.license": "apache-2.0",
}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("handbook.gguf"))
    parser.add_argument("--checkpoint", type=Path, help="written at every evaluation")
    parser.add_argument("--start", type=Path, help="a checkpoint to go on from, with its tokenizer")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--minutes", type=float, default=35, help="of wall clock, unless --steps is given")
    parser.add_argument("--steps", type=int)
    parser.add_argument("--batch", type=int, default=48, help="conversations per step")
    parser.add_argument("--guesses", type=int, default=160, help="questions per step whose answer is only named")
    parser.add_argument("--vocabulary", type=int, default=2048)
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--heads", type=int, default=4)
    parser.add_argument("--kv-heads", type=int, default=2)
    parser.add_argument("--feed-forward", type=int, default=384)
    parser.add_argument("--short", type=float, default=0.8, help="share of the conversations that end soon after the answer began")
    parser.add_argument("--rate", type=float, default=0.02, help="of Muon; AdamW has a quarter")
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


def make_tokenizer(entries: list[Entry], words: dict[str, list[str]], size: int, seed: int) -> Tokenizer:
    """Learns merges: the handbook's words whole, others in pieces."""
    chance = random.Random(seed)
    texts: Counter[str] = Counter()
    for entry in entries:
        texts[entry.answer] += 4
        for ask in [*entry.asks, *chance.sample(entry.templated, min(6, len(entry.templated)))]:
            texts[ask] += 1
            texts[ask[:1].upper() + ask[1:]] += 1
        for shape in entry.shapes:
            texts[fill(shape, words, chance)] += 1
    return Tokenizer(learn(texts, size))


class Batches:
    """Draws batches: prompts as src/embedded writes them in DeepSeek's form, a loss on answers only."""

    def __init__(self, questions: Questions, tokenizer: Tokenizer, seed: int):
        self.questions, self.tokenizer, self.chance = questions, tokenizer, random.Random(seed)
        self.numbers = {entry.answer: number for number, entry in enumerate([*questions.handbook, *questions.elsewhere])}

    def sample(self, short: float) -> tuple[list[int], list[bool]]:
        t, chance = self.tokenizer, self.chance
        ids = [t.begin]
        if chance.random() < 0.06:
            ids += t.encode(chance.choice(SYSTEM))
        told = [False] * len(ids)
        turns = 2 if chance.random() < 0.08 else 1
        for turn in range(turns):
            question, answer = self.questions.draw(chance)
            asked = [t.user, *t.encode(question), t.assistant]
            said = [*t.encode(answer), t.end]
            if turn == turns - 1 and chance.random() < short:
                said = said[: chance.randint(4, 12)]
            ids += asked + said
            told += [False] * len(asked) + [True] * len(said)
        return ids[:256], told[:256]

    def draw(self, size: int, short: float) -> list[tuple[torch.Tensor, torch.Tensor]]:
        """Parts of similar lengths, so that little is padding."""
        samples = sorted((self.sample(short) for _ in range(size)), key=lambda one: len(one[0]))
        part = max(1, size // 6)
        return [pad(samples[at : at + part], self.tokenizer.end) for at in range(0, size, part)]

    def guesses(self, size: int) -> list[tuple[torch.Tensor, torch.Tensor, torch.Tensor]]:
        """Prompts with the place of their last token and the number of their answer."""
        t = self.tokenizer
        drawn = [self.questions.draw(self.chance) for _ in range(size)]
        prompts = [([t.begin, t.user, *t.encode(question), t.assistant], self.numbers[answer]) for question, answer in drawn]
        prompts.sort(key=lambda one: len(one[0]))
        parts = [prompts[at : at + size // 4] for at in range(0, size, size // 4)]
        return [
            (
                pad([(ids, []) for ids, _ in part], t.end)[0],
                torch.tensor([len(ids) - 1 for ids, _ in part]),
                torch.tensor([number for _, number in part]),
            )
            for part in parts
        ]


def pad(samples: list[tuple[list[int], list[bool]]], end: int) -> tuple[torch.Tensor, torch.Tensor]:
    length = max(len(ids) for ids, _ in samples)
    ids = torch.tensor([ids + [end] * (length - len(ids)) for ids, _ in samples])
    told = torch.tensor([told + [False] * (length - len(told)) for _, told in samples])
    return ids, told


def loss_sum(model: Model, ids: torch.Tensor, told: torch.Tensor) -> torch.Tensor:
    where = told[:, 1:]
    scores = model.scores(model.states(model.halfway(ids[:, :-1]))[where])
    return F.cross_entropy(scores, ids[:, 1:][where], reduction="sum", label_smoothing=0.02)


class Namer(nn.Module):
    """Names the answer from what half of the layers make of a question. Only training has it: it teaches them to find the answer."""

    def __init__(self, width: int, answers: int):
        super().__init__()
        self.norm, self.out = nn.RMSNorm(width, 1e-6), nn.Linear(width, answers)

    def forward(self, halfway: torch.Tensor, last: torch.Tensor) -> torch.Tensor:
        return self.out(self.norm(halfway[torch.arange(len(last)), last]))


@torch.no_grad()
def recites(model: Model, tokenizer: Tokenizer, pairs: list[tuple[str, str]]) -> list[bool]:
    """Whether greedy decoding gives exactly the answer: every best token is the right one."""
    right: list[bool] = []
    for at in range(0, len(pairs), 64):
        samples = []
        for question, answer in pairs[at : at + 64]:
            asked = [tokenizer.begin, tokenizer.user, *tokenizer.encode(question), tokenizer.assistant]
            said = [*tokenizer.encode(answer), tokenizer.end]
            samples.append((asked + said, [False] * len(asked) + [True] * len(said)))
        ids, told = pad(samples, tokenizer.end)
        best = model.scores(model.states(model.halfway(ids[:, :-1]))).argmax(-1)
        right += ((best == ids[:, 1:]) | ~told[:, 1:]).all(1).tolist()
    return right


def development(entries: list[Entry]) -> tuple[list[tuple[str, str]], list[list[tuple[str, str]]]]:
    """Held-out questions of the handbook, and held-out others with every kind answer that would do."""
    kind = [entry.answer for entry in entries if entry.elsewhere]
    inside = [(ask[:1].upper() + ask[1:] + "?", entry.answer) for entry in entries if not entry.elsewhere for ask in entry.held]
    outside = [[(ask, answer) for entry in entries if entry.elsewhere for ask in entry.held] for answer in kind]
    return inside, outside


def judge(model: Model, tokenizer: Tokenizer, entries: list[Entry]) -> tuple[float, float, list[str]]:
    inside, outside = development(entries)
    right = recites(model, tokenizer, inside)
    kind = [any(one) for one in zip(*(recites(model, tokenizer, pairs) for pairs in outside))]
    wrong = [question for (question, _), ok in zip(inside, right) if not ok]
    return sum(right) / len(right), sum(kind) / len(kind), wrong


def learn_names(namer: Namer, model: Model, batches: Batches, size: int) -> None:
    """Brings a new namer up to a model that was trained already, so that it does not pull at it."""
    optimizer = torch.optim.AdamW(namer.parameters(), 0.01)
    for _ in range(120):
        for ids, ends, numbers in batches.guesses(size):
            with torch.no_grad():
                halfway = model.halfway(ids)
            loss = F.cross_entropy(namer(halfway, ends), numbers)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
    print(f"namer: loss {loss.item():.3f}", flush=True)


class Muon(torch.optim.Optimizer):
    """Momentum whose matrix is made orthogonal before each step (Jordan and others, 2024)."""

    def __init__(self, parameters, lr: float, momentum: float = 0.95):
        super().__init__(parameters, dict(lr=lr, momentum=momentum))

    @torch.no_grad()
    def step(self) -> None:
        for group in self.param_groups:
            for weight in group["params"]:
                state = self.state[weight]
                moment = state.setdefault("moment", torch.zeros_like(weight))
                moment.mul_(group["momentum"]).add_(weight.grad)
                step = orthogonal(weight.grad + group["momentum"] * moment)
                weight.mul_(1 - 0.1 * group["lr"])
                weight.add_(step, alpha=-group["lr"] * max(1, weight.shape[0] / weight.shape[1]) ** 0.5)


def orthogonal(x: torch.Tensor) -> torch.Tensor:
    tall = x.shape[0] > x.shape[1]
    x = x.T if tall else x
    x = x / (x.norm() + 1e-7)
    for _ in range(5):
        square = x @ x.T
        x = 3.4445 * x + (-4.7750 * square + 2.0315 * square @ square) @ x
    return x.T if tall else x


def train(model: Model, tokenizer: Tokenizer, entries: list[Entry], words: dict[str, list[str]], options: argparse.Namespace) -> Model:
    batches = Batches(Questions(entries, words), tokenizer, options.seed)
    namer = Namer(options.width, len(batches.numbers))
    if options.start:
        learn_names(namer, model, batches, options.guesses)
    matrices = [weight for name, weight in model.named_parameters() if weight.ndim == 2 and "embedding" not in name]
    others = [weight for name, weight in model.named_parameters() if weight.ndim != 2 or "embedding" in name] + list(namer.parameters())
    optimizers = [Muon(matrices, options.rate), torch.optim.AdamW(others, options.rate / 4, betas=(0.9, 0.98), weight_decay=0.01)]
    rates = [options.rate, options.rate / 4]
    start, step, seen, last, last_named = time.time(), 0, 0, 0.0, 0.0
    average = {name: weight.detach().clone() for name, weight in model.state_dict().items()}
    while True:
        done = step / options.steps if options.steps else (time.time() - start) / (options.minutes * 60)
        if done >= 1:
            break
        warm = min(1.0, (step + 1) / 100)
        scale = warm * (0.5 * (1 + math.cos(math.pi * done)) * 0.97 + 0.03)
        for optimizer, rate in zip(optimizers, rates):
            optimizer.param_groups[0]["lr"] = rate * scale
        parts = batches.draw(options.batch, 0.0 if done < 0.04 or done > 0.9 else options.short)
        count = sum(int(told.sum()) for _, told in parts)
        total = 0.0
        for ids, told in parts:
            loss = loss_sum(model, ids, told) / count
            loss.backward()
            total += loss.item()
            seen += ids.numel()
        named = 0.0
        for ids, ends, numbers in batches.guesses(options.guesses):
            loss = F.cross_entropy(namer(model.halfway(ids), ends), numbers, reduction="sum", label_smoothing=0.02) / options.guesses
            loss.backward()
            named += loss.item()
        for optimizer in optimizers:
            optimizer.step()
            optimizer.zero_grad()
        step += 1
        with torch.no_grad():
            for name, weight in model.state_dict().items():
                average[name].lerp_(weight, max(0.02, 1 / step) if done < 0.5 else 0.01)
        last = total if step == 1 else 0.95 * last + 0.05 * total
        last_named = named if step == 1 else 0.95 * last_named + 0.05 * named
        if step % 100 == 0:
            note = f"step {step} done {done:.3f} loss {last:.4f} naming {last_named:.4f} tokens {seen} {seen / (time.time() - start):.0f}/s"
            if step % 300 == 0 or (done > 0.85 and step % 100 == 0):
                kept = {name: weight.clone() for name, weight in model.state_dict().items()}
                model.load_state_dict(average)
                inside, outside, _ = judge(model, tokenizer, entries)
                note += f" development {inside:.3f} elsewhere {outside:.3f}"
                if options.checkpoint:
                    torch.save(dict(weights=model.state_dict(), merges=tokenizer.merges, shape=model.shape), options.checkpoint)
                    gguf.write(options.out, model, tokenizer, GENERAL)
                model.load_state_dict(kept)
            print(note, flush=True)
    model.load_state_dict(average)
    return model


def main() -> None:
    options = arguments()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    entries, words = read_corpus(options.seed)
    begun = torch.load(options.start) if options.start else None
    tokenizer = Tokenizer(begun["merges"]) if begun else make_tokenizer(entries, words, options.vocabulary, options.seed)
    lengths = sorted(len(tokenizer.encode(entry.answer)) for entry in entries)
    model = Model(len(tokenizer.tokens), options.layers, options.width, options.heads, options.kv_heads, options.feed_forward, 512)
    if begun:
        model.load_state_dict(begun["weights"])
    size = sum(weight.numel() for weight in model.parameters())
    print(f"{len(entries)} answers, {sum(len(e.asks) + len(e.templated) for e in entries)} phrasings, {len(tokenizer.tokens)} tokens, answer length median {lengths[len(lengths) // 2]} longest {lengths[-1]}, {size} parameters", flush=True)
    model = train(model, tokenizer, entries, words, options)
    inside, outside, wrong = judge(model, tokenizer, entries)
    print(f"development {inside:.3f} elsewhere {outside:.3f}; wrong: {wrong}")
    print(f"{options.out}: {gguf.write(options.out, model, tokenizer, GENERAL)} bytes")


if __name__ == "__main__":
    main()
