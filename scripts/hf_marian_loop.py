"""Trains a Marian model of `transformers` from scratch in a plain loop, and measures its speed.

The loop that one would write by hand: the corpus sorted by length, batches of a number of target
tokens, padding counted, AdamW, gradients clipped, everything else as the library has it. Prints a
JSON object. `compare_training_speed.py` runs it with a Python that has torch, transformers and
sentencepiece.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import sentencepiece
import torch
import transformers
from torch import Tensor
from torch.nn import functional as F

UPDATES_IN_A_WINDOW = 10
NO_LABEL = -100
MAX_LENGTH = 256
PEAK_RATE, WARM_UP_OF_THE_RATE = 1e-3, 400
ENCODER_INPUTS = ("input_ids", "attention_mask")


def main() -> None:
    """Train, and print the figures."""
    args = parse_arguments()
    torch.set_num_threads(args.threads)
    torch.manual_seed(1)
    random.seed(1)
    processor = sentencepiece.SentencePieceProcessor(model_file=str(args.tokenizer))
    pairs = read_pairs(args.source, args.target, processor)
    model = build_model(args, processor).train()
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=PEAK_RATE, betas=(0.9, 0.98), weight_decay=0.0
    )
    batches = endless_batches(pairs, max_tokens=args.tokens, pad_id=processor.pad_id())
    step = itertools.count(1)

    def update(batch: dict[str, Tensor]) -> None:
        number = next(step)
        rate = min(number / WARM_UP_OF_THE_RATE, (WARM_UP_OF_THE_RATE / number) ** 0.5)
        for group in optimizer.param_groups:
            group["lr"] = PEAK_RATE * rate
        logits = model(
            **{name: batch[name] for name in ENCODER_INPUTS},
            decoder_input_ids=shift_right(batch["labels"], pad_id=processor.pad_id()),
        ).logits
        loss = F.cross_entropy(
            logits.flatten(0, 1),
            batch["labels"].flatten(),
            ignore_index=NO_LABEL,
            label_smoothing=0.1,
        )
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)

    for batch in itertools.islice(batches, args.warmup):
        update(batch)
    windows = [time_window(batches, count, update) for count in window_sizes(args.updates)]
    print(json.dumps(figures(windows, model), indent=1))


def parse_arguments() -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("source", "target", "tokenizer"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    for name in ("layers", "d-model", "heads", "d-ff", "tokens", "warmup", "updates", "threads"):
        parser.add_argument(f"--{name}", type=int, required=True)
    return parser.parse_args()


def read_pairs(
    source: Path, target: Path, processor: sentencepiece.SentencePieceProcessor
) -> list[tuple[list[int], list[int]]]:
    """Return the ids of all pairs that positions are there for, `</s>` at the end."""
    sides = []
    for path in (source, target):
        lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
        sides.append([[*ids, processor.eos_id()] for ids in processor.encode(lines)])
    pairs = zip(*sides, strict=True)
    return [(s, t) for s, t in pairs if max(len(s), len(t)) <= MAX_LENGTH]


def build_model(
    args: argparse.Namespace, processor: sentencepiece.SentencePieceProcessor
) -> transformers.MarianMTModel:
    """Return a model with start weights, its embeddings small enough for tied outputs."""
    config = transformers.MarianConfig(
        vocab_size=processor.get_piece_size(),
        d_model=args.d_model,
        encoder_layers=args.layers,
        decoder_layers=args.layers,
        encoder_attention_heads=args.heads,
        decoder_attention_heads=args.heads,
        encoder_ffn_dim=args.d_ff,
        decoder_ffn_dim=args.d_ff,
        activation_function="relu",
        dropout=0.1,
        scale_embedding=True,
        max_position_embeddings=MAX_LENGTH,
        pad_token_id=processor.pad_id(),
        eos_token_id=processor.eos_id(),
        bos_token_id=processor.bos_id(),
        decoder_start_token_id=processor.pad_id(),
        forced_eos_token_id=None,
        tie_word_embeddings=True,
        share_encoder_decoder_embeddings=True,
        attn_implementation="sdpa",
    )
    model = transformers.MarianMTModel(config)
    torch.nn.init.normal_(model.model.shared.weight, std=args.d_model**-0.5)
    return model


def endless_batches(
    pairs: list[tuple[list[int], list[int]]], *, max_tokens: int, pad_id: int
) -> Iterator[dict[str, Tensor]]:
    """Yield the batches of one epoch after the other, each in a new order."""
    while True:
        order = sorted(pairs, key=lambda pair: (len(pair[1]), len(pair[0]), random.random()))
        groups: list[list[tuple[list[int], list[int]]]] = [[]]
        for pair in order:  # the longest target of a group is its last
            if groups[-1] and (len(groups[-1]) + 1) * len(pair[1]) > max_tokens:
                groups.append([])
            groups[-1].append(pair)
        random.shuffle(groups)
        for group in groups:
            source = pad([pair[0] for pair in group], pad_id)
            yield {
                "input_ids": source,
                "attention_mask": (source != pad_id).long(),
                "labels": pad([pair[1] for pair in group], NO_LABEL),
            }


def pad(rows: list[list[int]], filler: int) -> Tensor:
    """Return rows of ids as a tensor, filled up on the right."""
    longest = max(map(len, rows))
    return torch.tensor([row + [filler] * (longest - len(row)) for row in rows])


def shift_right(labels: Tensor, *, pad_id: int) -> Tensor:
    """Return the decoder's inputs: the labels one place later, after the start token."""
    inputs = labels.roll(1, dims=1)
    inputs[:, 0] = pad_id  # where Marian starts
    return inputs.masked_fill(inputs == NO_LABEL, pad_id)


def window_sizes(updates: int) -> list[int]:
    """Return windows of about ten updates."""
    count = max(1, updates // UPDATES_IN_A_WINDOW)
    borders = [updates * number // count for number in range(count + 1)]
    return [end - start for start, end in itertools.pairwise(borders)]


def time_window(batches, count, update) -> dict[str, float]:  # noqa: ANN001 - local to this file
    """Make some updates; return their tokens and their time."""
    total = dict.fromkeys(("target_tokens", "target_places", "source_tokens", "source_places"), 0)
    began = time.perf_counter()
    for batch in itertools.islice(batches, count):
        total["target_tokens"] += int((batch["labels"] != NO_LABEL).sum())
        total["target_places"] += batch["labels"].numel()
        total["source_tokens"] += int(batch["attention_mask"].sum())
        total["source_places"] += batch["input_ids"].numel()
        update(batch)
    return {**total, "updates": count, "seconds": time.perf_counter() - began}


def figures(
    windows: list[dict[str, float]], model: transformers.MarianMTModel
) -> dict[str, object]:
    """Return what is printed; the names are those of `tmt bench --json`."""
    total = {name: sum(window[name] for window in windows) for name in windows[0]}
    rates = [window["target_tokens"] / window["seconds"] for window in windows]
    return {
        "transformers": transformers.__version__,
        "torch": torch.__version__,
        "sentencepiece": sentencepiece.__version__,
        "threads": torch.get_num_threads(),
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "target_tokens_per_second": {
            "median": round(statistics.median(rates), 1),
            "min": round(min(rates), 1),
            "max": round(max(rates), 1),
        },
        "target_tokens_per_update": round(total["target_tokens"] / total["updates"], 1),
        "padding": {
            side: round(1 - total[f"{side}_tokens"] / total[f"{side}_places"], 4)
            for side in ("source", "target")
        },
    }


if __name__ == "__main__":
    main()
