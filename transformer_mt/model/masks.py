"""Who may look at whom.

Masks are boolean, True = may attend, and broadcast to (batch, num_heads, query_len, key_len).
"""

import torch
from torch import Tensor


def padding_mask(ids: Tensor, *, pad_id: int) -> Tensor:
    """Return True where `ids` (batch, key_len) holds a real token: (batch, 1, 1, key_len)."""
    return (ids != pad_id)[:, None, None, :]


def causal_mask(length: int, *, device: torch.device | None = None) -> Tensor:
    """Return the "subsequent" mask: position i sees 0..i, (1, 1, length, length).

    Vaswani et al. 2017, section 3.2.3: no leftward flow of information in the decoder.
    """
    ones = torch.ones(length, length, dtype=torch.bool, device=device)
    return torch.tril(ones)[None, None]


def target_mask(target_input_ids: Tensor, *, pad_id: int) -> Tensor:
    """Return padding and causal mask together: (batch, 1, target_len, target_len)."""
    length = target_input_ids.shape[1]
    return padding_mask(target_input_ids, pad_id=pad_id) & causal_mask(
        length, device=target_input_ids.device
    )
