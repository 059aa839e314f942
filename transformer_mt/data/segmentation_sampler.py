"""Random segmentations of normalised text into the pieces of a SentencePiece model.

SentencePiece samples as well, but it salts its random numbers in each process, whatever seed it
is given (it draws them from Abseil's BitGen): a resumed run would not see the segmentations that
it would have seen uninterrupted. Here they depend on the generator that is handed in alone.
"""

import heapq
import math
import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any, Protocol

_SPACE = "\u2581"
_WORDS = re.compile(f"{_SPACE}[^{_SPACE}]*|[^{_SPACE}]+")
_WORDS_REMEMBERED = 2**15
_UNKNOWN_PENALTY = 10.0  # SentencePiece's: an unknown character scores less than any piece

Ids = tuple[int, ...]


class SegmentationSampler:
    """Cuts text into pieces at random; no piece crosses the space between two words.

    Args:
        processor: the SentencePiece model; its kind, unigram or BPE, shows in its scores, which
            are ranks in a BPE model and logarithms of probabilities in a unigram model.
    """

    def __init__(self, processor: Any) -> None:  # noqa: ANN401 - SentencePiece has no types
        vocabulary = _Vocabulary(processor)
        is_bpe = all(score.is_integer() for _, score in vocabulary.pieces.values())
        self._unknown_id = vocabulary.unknown_id
        self._words: _WordSampler = (_BpeDropout if is_bpe else _UnigramSampling)(vocabulary)

    def sample(self, normalized: str, *, alpha: float, generator: Random) -> list[int]:
        """Return the ids of one segmentation; see `Tokenizer.sample` for `alpha`."""
        ids: list[int] = []
        for word in _WORDS.findall(normalized):
            ids += self._words.sample(word, alpha, generator)
        # As SentencePiece does: unknown characters side by side are one unknown token.
        unknown = self._unknown_id
        return [i for n, i in enumerate(ids) if not (i == unknown and n and ids[n - 1] == unknown)]


class _Vocabulary:
    """The pieces that text is cut into, and what becomes of characters that are none."""

    def __init__(self, processor: Any) -> None:  # noqa: ANN401
        self.pieces: dict[str, tuple[int, float]] = {}  # piece -> id, score
        self.unknown_id: int = processor.unk_id()
        self._byte_ids: dict[int, int] = {}
        for token_id in range(processor.vocab_size()):
            piece = processor.id_to_piece(token_id)
            if processor.is_byte(token_id):
                self._byte_ids[int(piece[3:5], 16)] = token_id  # <0x0A>
            elif not (processor.is_control(token_id) or processor.is_unknown(token_id)):
                self.pieces[piece] = (token_id, processor.get_score(token_id))
        assert not any(_SPACE in piece[1:] for piece in self.pieces), "a piece crosses a space"
        self.longest = max(map(len, self.pieces))

    def ids_of(self, piece: str) -> Ids:
        """Return the id of a piece, or those of a character that is none."""
        if piece in self.pieces:
            return (self.pieces[piece][0],)
        if self._byte_ids:
            return tuple(self._byte_ids[byte] for byte in piece.encode())
        return (self.unknown_id,)


class _WordSampler(Protocol):
    def sample(self, word: str, alpha: float, generator: Random) -> list[int]: ...


@dataclass(frozen=True)
class _Arcs:
    """The pieces that can end at one place of a word, and how likely each is."""

    starts: list[int]
    ids: list[Ids]
    cumulative: list[float]


class _UnigramSampling:
    """Segmentations with probabilities in proportion to p(segmentation)^alpha (Kudo 2018).

    Forward filtering, backward sampling: f(e) = sum over pieces w from s to e of p(w)^alpha f(s),
    and the last piece before e begins at s with probability p(w)^alpha f(s) / f(e).
    """

    def __init__(self, vocabulary: _Vocabulary) -> None:
        self._vocabulary = vocabulary
        scores = [score for _, score in vocabulary.pieces.values()]
        self._unknown_score = min(scores) - _UNKNOWN_PENALTY
        self._arcs = lru_cache(_WORDS_REMEMBERED)(self._make_arcs)

    def sample(self, word: str, alpha: float, generator: Random) -> list[int]:
        arcs = self._arcs(word, alpha)
        end = len(word)
        chosen = []
        while end:
            ending = arcs[end - 1]
            place = bisect_right(ending.cumulative, generator.random())
            chosen.append(ending.ids[place])
            end = ending.starts[place]
        return [token_id for ids in reversed(chosen) for token_id in ids]

    def _make_arcs(self, word: str, alpha: float) -> list[_Arcs]:
        """Return the arcs that end after each character of a word."""
        pieces = self._vocabulary.pieces
        log_forward = [0.0]
        arcs = []
        for end in range(1, len(word) + 1):
            starts, weights = [], []
            for start in range(max(0, end - self._vocabulary.longest), end):
                piece = word[start:end]
                if piece in pieces or start == end - 1:
                    score = pieces[piece][1] if piece in pieces else self._unknown_score
                    starts.append(start)
                    weights.append(alpha * score + log_forward[start])
            largest = max(weights)
            total = math.fsum(math.exp(weight - largest) for weight in weights)
            log_forward.append(largest + math.log(total))
            cumulative, so_far = [], 0.0
            for weight in weights:
                so_far += math.exp(weight - largest) / total
                cumulative.append(so_far)
            cumulative[-1] = 1.0
            ids = [self._vocabulary.ids_of(word[start:end]) for start in starts]
            arcs.append(_Arcs(starts, ids, cumulative))
        return arcs


class _BpeDropout:
    """Byte-pair encoding in which each possible merge is left out with probability alpha.

    As in SentencePiece, a merge that was left out is not tried again (in Provilkov et al. 2020 it
    is, at the next step).
    """

    def __init__(self, vocabulary: _Vocabulary) -> None:
        self._vocabulary = vocabulary

    def sample(self, word: str, alpha: float, generator: Random) -> list[int]:
        symbols = list(word)  # a symbol stands where it begins; "" where none does
        following = list(range(1, len(word) + 1))
        preceding = list(range(-1, len(word)))
        agenda: list[tuple[float, int, int, str]] = []  # -score, left, right, merged

        def propose(left: int, right: int) -> None:
            if left >= 0 and right < len(word):
                merged = symbols[left] + symbols[right]
                if merged in self._vocabulary.pieces:
                    score = self._vocabulary.pieces[merged][1]
                    heapq.heappush(agenda, (-score, left, right, merged))

        for right in range(1, len(word)):
            propose(right - 1, right)
        while agenda:
            _, left, right, merged = heapq.heappop(agenda)
            is_stale = not symbols[left] or symbols[left] + symbols[right] != merged
            if is_stale or following[left] != right or generator.random() < alpha:
                continue
            symbols[left], symbols[right] = merged, ""
            following[left] = following[right]
            preceding[following[left]] = left
            propose(preceding[left], left)
            propose(left, following[left])
        return [i for symbol in symbols if symbol for i in self._vocabulary.ids_of(symbol)]
