"""A batch of padded token ids, and the right shift that makes decoder inputs from labels."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

TokenSequence = Sequence[int] | npt.NDArray[np.integer]


@dataclass(frozen=True)
class Batch:
    """Sentence pairs, padded on the right; all tensors are int64."""

    source_ids: Tensor  # (batch, source_len), x1 … xm </s>
    target_input_ids: Tensor  # (batch, target_len), <s> y1 … yn
    target_label_ids: Tensor  # (batch, target_len), y1 … yn </s>
    num_source_tokens: int  # source ids that are not padding
    num_target_tokens: int  # labels that are not padding

    def to(self, device: torch.device | str) -> "Batch":
        """Return the batch on a device; CUDA copies it while the host goes on."""
        return replace(
            self,
            source_ids=_copied(self.source_ids, device),
            target_input_ids=_copied(self.target_input_ids, device),
            target_label_ids=_copied(self.target_label_ids, device),
        )


def _copied(ids: Tensor, device: torch.device | str) -> Tensor:
    if torch.device(device).type == "cuda" and ids.device.type == "cpu":
        ids = ids.pin_memory()  # which PyTorch keeps until it is copied
    return ids.to(device, non_blocking=True)


def shift_right(target_label_ids: Tensor, *, bos_id: int, pad_id: int) -> Tensor:
    """Return the decoder's inputs `<s> y1 … yn` for the labels `y1 … yn </s>`.

    This is teacher forcing: at every position the decoder reads the tokens before the one it
    has to predict. Where a label is padding the input is padding too.

    Args:
        target_label_ids: (batch, target_len)
        bos_id: the id of `<s>`
        pad_id: the id of `<pad>`

    Returns:
        (batch, target_len)
    """
    target_input_ids = target_label_ids.roll(shifts=1, dims=1)  # (batch, target_len)
    target_input_ids[:, 0] = bos_id
    return target_input_ids.masked_fill(target_label_ids == pad_id, pad_id)


def pad_sequences(sequences: Sequence[TokenSequence], *, pad_id: int, eos_id: int) -> Tensor:
    """Return sequences of ids, each with `</s>` appended and padded on the right.

    Returns:
        (batch, longest sequence + 1), int64
    """
    lengths = np.fromiter(map(len, sequences), dtype=np.int64, count=len(sequences))
    # numpy takes an empty list for floats, hence the dtypes
    flat = np.concatenate([np.asarray(ids, dtype=np.int64) for ids in sequences])
    positions = np.arange(lengths.max() + 1)
    padded = np.full((len(sequences), len(positions)), pad_id, dtype=np.int64)
    padded[positions < lengths[:, None]] = flat
    padded[np.arange(len(sequences)), lengths] = eos_id
    return torch.from_numpy(padded)  # (batch, longest + 1)


def make_batch(
    source: Sequence[TokenSequence],
    target: Sequence[TokenSequence],
    *,
    pad_id: int,
    bos_id: int,
    eos_id: int,
) -> Batch:
    """Return the batch of pairs of id sequences without special ids."""
    assert len(source) == len(target) > 0
    target_label_ids = pad_sequences(target, pad_id=pad_id, eos_id=eos_id)
    return Batch(
        source_ids=pad_sequences(source, pad_id=pad_id, eos_id=eos_id),
        target_input_ids=shift_right(target_label_ids, bos_id=bos_id, pad_id=pad_id),
        target_label_ids=target_label_ids,
        num_source_tokens=sum(map(len, source)) + len(source),
        num_target_tokens=sum(map(len, target)) + len(target),
    )
