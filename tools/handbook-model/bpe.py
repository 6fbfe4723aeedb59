"""Byte-level BPE as src/embedded reads it: the qwen2 cut, merges by rank, GPT-2's letters for bytes."""

from collections import Counter, defaultdict

import regex

SPACE = r"\p{White_Space}"
CUT = regex.compile(
    r"'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD]|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+".replace(
        r"\s", SPACE
    ).replace(r"\S", r"\P{White_Space}")
)


def letters() -> list[str]:
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = iter(range(256, 512))
    return [chr(byte) if byte in printable else chr(next(rest)) for byte in range(256)]


LETTERS = letters()
SPECIAL = ["<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>", "<｜User｜>", "<｜Assistant｜>"]


def learn(texts: Counter[str], size: int) -> list[tuple[str, str]]:
    """Merges for a vocabulary of `size` tokens; the most frequent pair first, ties by code points."""
    pieces: Counter[str] = Counter()
    for text, count in texts.items():
        for piece in CUT.findall(text):
            pieces[piece] += count
    words = [([LETTERS[byte] for byte in piece.encode()], count) for piece, count in pieces.items()]
    pairs: Counter[tuple[str, str]] = Counter()
    where: dict[tuple[str, str], set[int]] = defaultdict(set)

    def count_pairs(index: int, sign: int) -> None:
        word, count = words[index]
        for pair in zip(word, word[1:]):
            pairs[pair] += sign * count
            where[pair].add(index)

    for index in range(len(words)):
        count_pairs(index, 1)
    merges: list[tuple[str, str]] = []
    while len(merges) < size - 256 - len(SPECIAL):
        best = min(pairs.items(), key=lambda item: (-item[1], item[0]))
        if best[1] < 2:
            break
        merges.append(best[0])
        for index in where.pop(best[0]):
            count_pairs(index, -1)
            merge(words[index][0], best[0])
            count_pairs(index, 1)
    return merges


def merge(word: list[str], pair: tuple[str, str]) -> None:
    i = 0
    while i < len(word) - 1:
        if (word[i], word[i + 1]) == pair:
            word[i : i + 2] = [pair[0] + pair[1]]
        i += 1


class Tokenizer:
    """Text to ids."""

    def __init__(self, merges: list[tuple[str, str]]):
        self.merges = merges
        self.tokens = list(dict.fromkeys([*LETTERS, *(a + b for a, b in merges)])) + SPECIAL
        self.ids = {token: i for i, token in enumerate(self.tokens)}
        self.ranks = {pair: rank for rank, pair in reversed(list(enumerate(merges)))}
        self.begin, self.end, self.user, self.assistant = (self.ids[token] for token in SPECIAL)
        self.cache: dict[str, list[int]] = {}

    def encode(self, text: str) -> list[int]:
        return [id for piece in CUT.findall(text) for id in self.piece(piece)]

    def piece(self, piece: str) -> list[int]:
        known = self.cache.get(piece)
        if known is None:
            word = [LETTERS[byte] for byte in piece.encode()]
            while len(word) > 1:
                best = min(zip(word, word[1:]), key=lambda pair: self.ranks.get(pair, len(self.ranks)))
                if best not in self.ranks:
                    break
                merge(word, best)
            known = self.cache[piece] = [self.ids[token] for token in word]
        return known

    def decode(self, ids: list[int]) -> str:
        back = {letter: byte for byte, letter in enumerate(LETTERS)}
        return bytes(back[c] for id in ids if id < len(self.tokens) - len(SPECIAL) for c in self.tokens[id]).decode(errors="replace")
