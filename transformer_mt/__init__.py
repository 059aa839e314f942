"""A machine-translation trainer: the Transformer, from raw parallel text to BLEU.

The tree is the data path:

    data/         text -> batches of token ids
    model/        token ids -> logits
    training/     logits -> loss -> better weights
    checkpoint.py weights and training state <-> run directory
    decoding/     logits -> token ids -> text
    evaluation/   text -> scores, intervals, comparisons
    checking/     text -> what is wrong with it
    pipelines/    one file per command: the whole path, top to bottom
    commands/     what each command takes: train, translate, score, evaluate, check, runs, info
    cli.py        `tmt`

To translate from Python:

    from transformer_mt import Translator
    Translator.load("runs/phrasebook").translate(["A dog runs."])
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # loaded on first use: torch takes a second, and `tmt --help` needs none of it
    from transformer_mt.decoding.forced_scores import PairScore
    from transformer_mt.decoding.translation import Translation
    from transformer_mt.decoding.translator import Translator
    from transformer_mt.errors import UserError

__version__ = "0.1.0"

__all__ = ["PairScore", "Translation", "Translator", "UserError", "__version__"]

_MODULES = {
    "PairScore": "transformer_mt.decoding.forced_scores",
    "Translation": "transformer_mt.decoding.translation",
    "Translator": "transformer_mt.decoding.translator",
    "UserError": "transformer_mt.errors",
}


def __getattr__(name: str) -> object:
    """Load a public name when it is first used."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
