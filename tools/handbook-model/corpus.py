"""The corpus as questions with answers, and the many ways in which people write a question."""

import random
import re
from dataclasses import dataclass, field
from pathlib import Path

import yaml

HERE = Path(__file__).parent / "corpus"
SCORED = Path(__file__).parent / "../../test/quality/handbook-questions.yaml"
SHAPES = ("provider", "code", "finding", "key", "header", "metric", "command", "flag")
HOLD_OUT_FROM, HOLD_OUT_EVERY = 8, 4  # of the entries with at least so many written phrasings, each fourth gives one for development


@dataclass
class Entry:
    """One answer with its phrasings."""

    answer: str
    asks: list[str] = field(default_factory=list)
    templated: list[str] = field(default_factory=list)
    elsewhere: bool = False
    shapes: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)


def lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").split("\n") if line.strip()]


def read_entry(raw: dict, templates: dict[str, list[str]]) -> Entry:
    shape = next((name for name in SHAPES if name in raw), None)
    if shape is not None:
        kind, names = shape, raw.get("names") or [raw[shape]]
    else:
        kind, names = raw.get("kind", "about"), raw.get("about") or []
    asks = lines(raw.get("ask"))
    if shape == "code" or shape == "finding":
        names = [*names, *(name.replace("-", " ") for name in names if "-" in name)]
    templated = [template.replace("{}", str(name)) for template in templates[kind] for name in names]
    return Entry(raw["answer"], asks, templated, "elsewhere" in raw, lines(raw.get("shapes")))


def read_corpus(seed: int) -> tuple[list[Entry], dict[str, list[str]]]:
    """Every entry with its held-out phrasings set aside, and the words that fill slots."""
    templates = yaml.safe_load((HERE / "templates.yaml").read_text())
    words = {slot: fillers.split(", ") for slot, fillers in yaml.safe_load((HERE / "words.yaml").read_text()).items()}
    entries = [read_entry(raw, templates) for path in sorted(HERE.glob("0*.yaml")) for raw in yaml.safe_load(path.read_text())]
    chance = random.Random(seed)
    for index, entry in enumerate(entries):
        held = len(entry.asks) // 8 if entry.elsewhere else int(len(entry.asks) >= HOLD_OUT_FROM and index % HOLD_OUT_EVERY == 0)
        for _ in range(held):
            entry.held.append(entry.asks.pop(chance.randrange(len(entry.asks))))
    return entries, words


# Words that may stand for each other without changing what is asked. Replaced left to right, one way at a time.
SYNONYMS = [
    ["how do i", "how can i", "how to", "how would i", "how should i", "what is the way to", "how do you", "how does one", "how do we", "what do i do to", "can you show me how to", "is there a way to"],
    ["what is", "what's", "whats", "what exactly is", "can you explain", "tell me what is"],
    ["what does", "whats does", "what exactly does"],
    ["which", "what"],
    ["why do i get", "why am i getting", "why does it say", "what causes", "i am getting", "i keep getting", "why do we get", "i see"],
    ["how do i fix", "how can i fix", "how do i solve", "what to do about", "how to fix", "how do i resolve", "how do i get rid of", "fix for"],
    ["vendor", "provider", "supplier", "llm vendor"],
    ["configuration", "config", "config file", "configuration file", "settings"],
    ["set up", "setup", "configure", "add"],
    ["add", "configure", "set up", "define", "connect", "create"],
    ["use", "work with", "make use of", "try"],
    ["request", "call", "query"],
    ["error", "failure", "message", "problem"],
    ["explain", "describe", "tell me about", "give me details on", "what about"],
    ["show me", "give me", "print", "can i see", "i want to see"],
    ["list", "show", "enumerate"],
    ["limit", "restrict", "cap", "bound"],
    ["only", "just", "exclusively"],
    ["keep", "hold", "leave"],
    ["eu", "EU", "european union", "europe"],
    ["thalweg", "the gateway", "this gateway", "this", "it"],
    ["the gateway", "thalweg", "the server", "gateway", "the proxy"],
    ["server", "machine", "instance"],
    ["change", "set", "modify", "adjust", "alter"],
    ["start", "run", "launch", "boot"],
    ["stop", "shut down", "kill", "end"],
    ["support", "know", "handle", "allow"],
    ["prompts", "messages", "conversations", "questions"],
    ["is there", "does it have", "do you have", "do we have", "has it got"],
    ["does it support", "can it do", "does thalweg do", "does thalweg support", "can thalweg do"],
    ["can i", "may i", "could i", "am i able to", "is it possible to"],
    ["where do i", "where should i", "where can i", "in which place do i"],
    ["where are", "where can i find", "where do i find", "how do i find"],
    ["mean", "stand for", "tell me"],
    ["key", "api key", "token"],
    ["my", "the", "our"],
    ["deploy", "ship", "publish", "install"],
    ["local", "self-hosted", "on my machine"],
    ["in the", "inside the", "within the", "in"],
    ["enable", "allow", "turn on", "switch on", "activate"],
    ["turn off", "disable", "switch off", "deactivate"],
    ["revoke", "remove", "delete", "withdraw", "take away"],
    ["is supported", "works", "can be used"],
    ["are supported", "do you support", "does it support", "can be used"],
    ["are there", "exist", "do you have", "are available"],
    ["called", "named"],
    ["find", "see", "get", "look up"],
    ["read", "understand", "interpret", "make sense of"],
    ["write", "make", "define", "create"],
    ["check", "validate", "verify", "test"],
    ["data", "prompts", "my data", "requests"],
    ["compare", "differ", "different"],
    ["everything", "all requests", "all data"],
]
# How names are written properly; people do it half of the time.
PROPER = {
    name.lower(): name
    for name in "Thalweg OpenAI DeepSeek Mistral Groq Cerebras OpenRouter Ollama vLLM SGLang Cloudflare Workers Node Python TypeScript Docker Prometheus Grafana OpenTelemetry Kubernetes EU EEA US CORS HTTPS HTTP TLS SSL JSON YAML CEL API SDK URL CLI CPU GPU SIGHUP SIGTERM GDPR PII UI SSO JWT LLM AI LiteLLM LangChain Anthropic Claude Gemini Bedrock Azure Europe Germany France European German Norway China American Ctrl-C NPM Redis IBAN SSE".split()
}
EXTRA = ["really", "actually", "exactly", "always", "also", "all", "just", "simply", "now", "even", "again", "ever", "currently"]
PREFIXES = ["please ", "hey, ", "hi, ", "hello, ", "ok, ", "so ", "and ", "well, ", "can you tell me ", "could you tell me ", "tell me ", "i want to know ", "i would like to know ", "quick question: ", "question: ", "i wonder ", "please explain ", "do you know ", "one more thing, ", "sorry, ", "also, ", "in thalweg, ", "with thalweg, ", "for thalweg: ", "now ", "but ", "excuse me, ", "thalweg: "]
SUFFIXES = [" please", ", please", " thanks", " in thalweg", " with thalweg", " here", " exactly", " again", " for me", " now", " in the gateway", " with this gateway", " then", " in thalweg.yaml", " in my config", " quickly"]
DROPPABLE = {"the", "a", "an", "my", "is", "do", "i", "to", "in", "of", "for", "does", "are", "it", "at", "on", "me", "with", "be", "that"}
NEAR = {"a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk", "k": "jl", "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "w", "r": "et", "s": "ad", "t": "ry", "u": "yi", "v": "cb", "w": "qe", "x": "zc", "y": "tu", "z": "x"}


def with_synonyms(text: str, chance: random.Random) -> str:
    for group in chance.sample(SYNONYMS, k=len(SYNONYMS)):
        if chance.random() < 0.5:
            continue
        for word in group:
            match = re.search(rf"(?<![\w.-]){re.escape(word)}(?![\w.-])", text)
            if match:
                text = text[: match.start()] + chance.choice(group) + text[match.end() :]
                break
        if chance.random() < 0.1:
            break
    return text


def with_typo(text: str, chance: random.Random) -> str:
    spots = [i for i in range(1, len(text) - 1) if text[i].isalpha() and text[i - 1].isalpha()]
    if not spots:
        return text
    i = chance.choice(spots)
    kind = chance.randrange(4)
    if kind == 0:
        return text[:i] + text[i + 1 :]
    if kind == 1:
        return text[:i] + text[i] + text[i:]
    if kind == 2:
        return text[:i] + text[i + 1] + text[i] + text[i + 2 :]
    return text[:i] + chance.choice(NEAR.get(text[i].lower(), "e")) + text[i + 1 :]


def without_a_word(text: str, chance: random.Random) -> str:
    parts = text.split(" ")
    spots = [i for i, part in enumerate(parts) if part.lower() in DROPPABLE]
    if len(parts) < 4 or not spots:
        return text
    del parts[chance.choice(spots)]
    return " ".join(parts)


def with_a_word(text: str, chance: random.Random) -> str:
    parts = text.split(" ")
    if len(parts) < 3:
        return text
    parts.insert(chance.randrange(1, len(parts)), chance.choice(EXTRA))
    return " ".join(parts)


def as_written(text: str, chance: random.Random) -> str:
    """Casing and punctuation."""
    how = chance.random()
    if how < 0.45:
        text = text[:1].upper() + text[1:]
    elif how < 0.55:
        text = text.lower()
    elif how < 0.57:
        text = text.upper()
    if chance.random() < 0.5:
        text = re.sub(r"(?<![\w.:/-])i(?![\w.:/-])", "I", text)
        text = re.sub(r"(?<![\w.:/-])[A-Za-z-]+(?![\w:/-]|\.\w)", lambda match: PROPER.get(match[0], match[0]), text)
    end = chance.random()
    return text + ("?" if end < 0.45 else "." if end < 0.5 else "!" if end < 0.52 else " ?" if end < 0.54 else "??" if end < 0.55 else "")


def vary(text: str, chance: random.Random) -> str:
    """One of the many ways to write a question."""
    if chance.random() < 0.45:
        text = with_synonyms(text, chance)
    if chance.random() < 0.15:
        text = chance.choice(PREFIXES) + text
    if chance.random() < 0.12:
        text = text + chance.choice(SUFFIXES)
    if chance.random() < 0.15:
        text = without_a_word(text, chance)
    elif chance.random() < 0.08:
        text = with_a_word(text, chance)
    text = as_written(text, chance)
    if chance.random() < 0.15:
        text = with_typo(text, chance)
    return text


SYLLABLES = ["ba", "cro", "di", "el", "fla", "gor", "han", "ing", "jo", "ka", "lu", "mon", "ne", "ost", "pra", "qui", "ra", "sto", "ti", "ur", "ven", "wa", "xe", "yo", "zi", "ter", "ing", "er", "on", "al", "le", "ch", "sh", "th", "ow", "ee", "mp", "nd", "ck", "ful", "ness", "ous", "ment"]


def strange_word(chance: random.Random) -> str:
    """A word that the handbook does not know: most words of the world are such."""
    return "".join(chance.choices(SYLLABLES, k=chance.randint(2, 4)))


def fill(shape: str, words: dict[str, list[str]], chance: random.Random) -> str:
    def one(match: re.Match) -> str:
        strange = match[1] not in ("number", "verb") and chance.random() < 0.25
        word = strange_word(chance) if strange else chance.choice(words[match[1]])
        return word.lower() if chance.random() < 0.4 else word

    return re.sub(r"\{(\w+)\}", one, shape)


def plain(question: str) -> str:
    """A question without casing and punctuation."""
    return re.sub(r"[^a-z0-9]+", " ", question.lower()).strip()


def scored_questions() -> set[str]:
    """The questions by which the result is scored. They are never trained on, not even by accident."""
    listed = yaml.safe_load(SCORED.read_text())
    return {plain(str(one[0] if isinstance(one, list) else one)) for part in listed.values() for one in part}


class Questions:
    """Draws questions with their answers."""

    ELSEWHERE = 0.32

    def __init__(self, entries: list[Entry], words: dict[str, list[str]]):
        self.words = words
        kinds = yaml.safe_load((HERE / "templates.yaml").read_text())
        self.templates = [template for kind in ("term", "about", "key", "command") for template in kinds[kind]]
        self.elsewhere = [entry for entry in entries if entry.elsewhere]
        self.handbook = [entry for entry in entries if not entry.elsewhere]
        self.weights = [1 + len(entry.asks) / 8 for entry in self.handbook]
        self.kept_out = scored_questions()

    def draw(self, chance: random.Random) -> tuple[str, str]:
        while True:
            question, answer = self.attempt(chance)
            if plain(question) not in self.kept_out:
                return question, answer

    def of_another_world(self, chance: random.Random) -> str:
        """A question in the handbook's own phrasing about something that it does not know."""
        slot = chance.choice(["thing", "person", "country", "science", "food"])
        return fill(chance.choice(self.templates).replace("{}", f"{{{slot}}}"), self.words, chance)

    def attempt(self, chance: random.Random) -> tuple[str, str]:
        if chance.random() < self.ELSEWHERE:
            if chance.random() < 0.15:
                return vary(self.of_another_world(chance), chance), self.elsewhere[0].answer
            entry = chance.choices(self.elsewhere, weights=[4, 3, 2.5, 3, 1])[0]
            source = fill(chance.choice(entry.shapes), self.words, chance) if chance.random() < 0.65 else chance.choice(entry.asks)
            return vary(source, chance), entry.answer
        entry = chance.choices(self.handbook, weights=self.weights)[0]
        written = entry.asks and (not entry.templated or chance.random() < min(0.75, 0.3 + len(entry.asks) / 20))
        return vary(chance.choice(entry.asks if written else entry.templated), chance), entry.answer
