"""Cross-entropy with label smoothing, as a sum; by formula, and fused with the output layer."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from transformer_mt.data.batch import Batch
from transformer_mt.model.transformer import Transformer

_BYTES_AT_A_TIME = 28 * 2**20  # what malloc gives back at 32 MB is slow to get again
_BYTES_AT_A_TIME_ON_A_GPU = 2**27  # a GPU is at its best with thousands of rows
_CACHED_BYTES = 4 * 2**20  # so that it stays in the caches of a CPU


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


def batch_loss(
    model: Transformer,
    batch: Batch,
    *,
    label_smoothing: float,
    hidden: Callable[[Tensor, Tensor], Tensor] | None = None,
) -> Tensor:
    """Return the cross-entropy of a batch by a model, summed over its labels; a scalar in nats.

    `hidden` takes the place of `Transformer.hidden`, as where it is compiled.
    """
    return linear_cross_entropy_sum(
        (hidden or model.hidden)(batch.source_ids, batch.target_input_ids),
        model.output_projection.weight,
        batch.target_label_ids,
        pad_id=model.pad_id,
        label_smoothing=label_smoothing,
        num_labels=batch.num_target_tokens,
    )


def linear_cross_entropy_sum(
    decoder_output: Tensor,
    output_weight: Tensor,
    target_label_ids: Tensor,
    *,
    pad_id: int,
    label_smoothing: float,
    num_labels: int | None = None,
) -> Tensor:
    """Return `cross_entropy_sum` of the logits `decoder_output @ output_weight.T`.

    The logits of the whole batch never exist: some hundred rows at a time (on a GPU thousands)
    are made, turned into the loss and both gradients, and forgotten. Under autocast the matrix
    products are taken in its type, the softmax in float32.

    Args:
        decoder_output: (batch, target_len, d_model).
        output_weight: (vocab_size, d_model).
        target_label_ids: (batch, target_len), padded with `pad_id`.
        pad_id: label that is left out.
        label_smoothing: see `cross_entropy_sum`.
        num_labels: how many labels are no padding; who does not tell waits for a GPU to count.

    Returns:
        A scalar in nats, float32.
    """
    labels = target_label_ids.flatten()
    real = labels != pad_id
    rows = real.nonzero() if num_labels is None else real.nonzero_static(size=num_labels)
    rows = rows.squeeze(1)  # (labels,)
    hidden = decoder_output.flatten(0, 1)[rows]  # (labels, d_model)
    kind = hidden.device.type
    precision = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else None
    loss: Tensor = _LinearCrossEntropy.apply(  # type: ignore[no-untyped-call]
        hidden, output_weight, labels[rows], label_smoothing, precision or hidden.dtype
    )
    return loss


class _LinearCrossEntropy(torch.autograd.Function):
    """For one row: loss = logsumexp(z) - (1 - e) z_y - e mean(z), with z = W h.

    Its gradient by z is softmax(z) - (1 - e) onehot(y) - e / vocab_size. What smoothing adds is the
    same for all tokens of the vocabulary: with the sum s of the rows of W, it adds -e / vocab_size
    times s to the gradient of h, times h to that of each row of W, and s·h to the loss.
    """

    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401
        hidden: Tensor,
        weight: Tensor,
        labels: Tensor,
        smoothing: float,
        precision: torch.dtype,
    ) -> Tensor:
        vocab_size = len(weight)
        cast_weight = weight.to(precision)
        cast_hidden = hidden.to(precision)
        exact = torch.float32 if hidden.device.type == "mps" else torch.float64  # no double on MPS
        loss = hidden.new_zeros((), dtype=exact)
        hidden_grad = torch.empty_like(hidden)
        weight_grad = torch.zeros_like(weight)
        on_cpu = hidden.device.type == "cpu"
        bytes_at_a_time = _BYTES_AT_A_TIME if on_cpu else _BYTES_AT_A_TIME_ON_A_GPU
        rows_at_a_time = max(1, bytes_at_a_time // (vocab_size * precision.itemsize))
        cached_rows = max(1, _CACHED_BYTES // (vocab_size * 4)) if on_cpu else rows_at_a_time
        for begin in range(0, len(hidden), rows_at_a_time):
            part = slice(begin, begin + rows_at_a_time)
            logits = cast_hidden[part] @ cast_weight.T  # (rows, vocab_size)
            cuts = (torch.split(rows, cached_rows) for rows in (logits, labels[part, None]))
            for some, label in zip(*cuts, strict=True):
                loss += _loss_to_gradient_(some, label, smoothing, exact)
            hidden_grad[part] = logits @ cast_weight
            weight_grad += logits.T @ cast_hidden[part]
        if smoothing:
            share = smoothing / vocab_size
            hidden_sum, weight_sum = (t.to(exact).sum(dim=0) for t in (cast_hidden, cast_weight))
            loss -= share * (hidden_sum @ weight_sum)
            hidden_grad -= share * weight_sum.to(hidden_grad.dtype)
            weight_grad -= share * hidden_sum.to(weight_grad.dtype)
        ctx.save_for_backward(hidden_grad, weight_grad)
        return loss.float()

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401
        hidden_grad, weight_grad = ctx.saved_tensors
        return hidden_grad * grads[0], weight_grad * grads[0], None, None, None


def _loss_to_gradient_(
    logits: Tensor, label: Tensor, smoothing: float, exact: torch.dtype
) -> Tensor:
    """Return the loss of some rows, and write its gradient over their logits.

    What smoothing adds for every token of the vocabulary is in neither.

    Args:
        logits: (rows, vocab_size); overwritten.
        label: (rows, 1).
        smoothing: e.
        exact: the type to sum in.
    """
    values = logits.float()
    grad = torch.softmax(values, dim=-1)
    # The largest logit's share is at least 1 / vocab_size, where a label's may be 0.
    log_sum_exp = values.amax(dim=1).to(exact) - grad.amax(dim=1).to(exact).log()
    label_logits = values.gather(1, label).to(exact)
    grad.scatter_add_(1, label, grad.new_full(label.shape, smoothing - 1))
    logits.copy_(grad)
    return log_sum_exp.sum() - (1 - smoothing) * label_logits.sum()
