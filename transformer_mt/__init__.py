"""A machine-translation trainer: the Transformer, from raw parallel text to BLEU.

The tree is the data path:

    data/         text -> batches of token ids
    model/        token ids -> logits
    training/     logits -> loss -> better weights
    checkpoint.py weights and training state <-> run directory
    decoding/     logits -> token ids -> text
    evaluation/   text -> scores, intervals, comparisons
    pipelines/    one file per command: the whole path, top to bottom
    cli.py        the commands: `tmt train`, `translate`, `evaluate`, `runs`, `info`
"""

__version__ = "0.1.0"
