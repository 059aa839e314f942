"""Texts to the token ids that the model reads: each text whole, or in parts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from transformer_mt.data.long_text import cut_to_fit
from transformer_mt.data.sentences import split_into_sentences
from transformer_mt.data.tokenizer import Tokenizer, clean
from transformer_mt.errors import UserError


@dataclass(frozen=True)
class Part:
    """What is translated by itself."""

    text: str
    token_ids: Sequence[int]  # without special ids, not empty

    @property
    def length(self) -> int:
        """How many tokens it has, </s> included."""
        return len(self.token_ids) + 1


@dataclass(frozen=True)
class Source:
    """A text in its parts, none for a blank text; `split` where it had to be cut to fit."""

    parts: tuple[Part, ...]
    split: bool


def checked_texts(texts: Sequence[str], name: str) -> list[str]:
    """Return texts as a list, a NUL as a space, as in lines that are read.

    A text of white space alone is empty, as training has seen none.

    Args:
        texts: as a caller gave them.
        name: of the argument, for errors.

    Raises:
        UserError: it is one string, or holds what is no string.
    """
    if isinstance(texts, (str, bytes)):
        raise UserError(f'{name}: expected a list of texts, such as ["…"], found one string.')
    checked = list(texts)
    for number, text in enumerate(checked):
        if not isinstance(text, str):
            raise UserError(f"{name}[{number}]: expected a string, found {text!r}.")
    return [text.replace("\0", " ") if clean(text).strip() else "" for text in checked]


def cut_sources(
    texts: Sequence[str],
    tokenizer: Tokenizer,
    *,
    max_length: int,
    language: str,
    by_sentence: bool,
) -> list[Source]:
    """Return each text as one part, or as its sentences, and in more parts where it is too long.

    Args:
        texts: any.
        tokenizer: of the source side.
        max_length: the most tokens, </s> included, that a part may have.
        language: of the texts.
        by_sentence: take each sentence by itself, whether the text would fit or not.
    """
    pieces = [split_into_sentences(text, language) if by_sentence else [text] for text in texts]
    encoded = iter(tokenizer.encode_batch([piece for group in pieces for piece in group]))

    def fits(text: str) -> bool:
        return len(tokenizer.encode(text)) < max_length  # </s> is one more

    sources = []
    for group in pieces:
        parts: list[Part] = []
        split = False
        for piece in group:
            token_ids = next(encoded)
            if len(token_ids) < max_length:
                parts.append(Part(piece, token_ids))
            else:
                split = True
                cut = cut_to_fit(piece, fits=fits, language=language)
                parts += [Part(part, tokenizer.encode(part)) for part in cut]
        sources.append(Source(tuple(part for part in parts if part.token_ids), split))
    return sources


def count_whole(
    sources: Sequence[Source], progress: Callable[[int], None]
) -> Callable[[Sequence[int]], None]:
    """Return what is told which parts are done, and tells `progress` how many whole texts are."""
    owners = [number for number, source in enumerate(sources) for _ in source.parts]
    left = [len(source.parts) for source in sources]
    progress(left.count(0))

    def done(parts: Sequence[int]) -> None:
        finished = 0
        for part in parts:
            left[owners[part]] -= 1
            finished += left[owners[part]] == 0
        progress(finished)

    return done
