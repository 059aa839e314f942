"""Cross-entropy with label smoothing, as a sum."""

from torch import Tensor
from torch.nn import functional as F


def cross_entropy_sum(
    logits: Tensor, target_label_ids: Tensor, *, pad_id: int, label_smoothing: float
) -> Tensor:
    """Return the cross-entropy summed over all labels that are not padding.

    With smoothing e a label counts (1 - e) and every token of the vocabulary e / vocab_size
    (Szegedy et al. 2016; Vaswani et al. 2017, section 5.4).

    Args:
        logits: (batch, target_len, vocab_size); computed on in float32.
        target_label_ids: (batch, target_len), padded with `pad_id`.
        pad_id: label that is left out.
        label_smoothing: e.

    Returns:
        A scalar in nats, to be divided once by the number of labels of the whole update.
    """
    return F.cross_entropy(
        logits.flatten(0, 1).float(),
        target_label_ids.flatten(),
        ignore_index=pad_id,
        label_smoothing=label_smoothing,
        reduction="sum",
    )
