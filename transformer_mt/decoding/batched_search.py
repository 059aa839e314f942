"""Token ids to hypotheses: batches of similar length, encoder, beam search."""

from collections.abc import Callable, Sequence

import torch

from transformer_mt.data.batch import pad_sequences
from transformer_mt.data.tokenizer import TokenizerPair
from transformer_mt.decoding.beam_search import SearchOptions, beam_search
from transformer_mt.decoding.cache import CachedDecoder
from transformer_mt.decoding.hypothesis import Hypothesis
from transformer_mt.model.masks import padding_mask
from transformer_mt.model.transformer import Transformer


def search(
    model: Transformer,
    tokenizers: TokenizerPair,
    sources: Sequence[Sequence[int]],
    *,
    options: SearchOptions,
    max_lengths: Sequence[int],
    batch_size: int,
    progress: Callable[[Sequence[int]], None],
) -> list[list[Hypothesis]]:
    """Search for the translations of sources, each by itself: neighbours change nothing.

    Args:
        model: on the device where it is to compute.
        tokenizers: of the two sides, for their special ids.
        sources: token ids without special ids, none of them empty.
        options: beam size, n-best, length penalty.
        max_lengths: the most tokens, </s> included, that each output may have.
        batch_size: sources searched together.
        progress: called with the indices of the sources that have just been done.

    Returns:
        For each source, in order, its hypotheses, best first.
    """
    found: list[list[Hypothesis]] = [[] for _ in sources]
    # Similar lengths together, long ones first: what is too large for memory shows at once.
    order = sorted(range(len(sources)), key=lambda i: (-len(sources[i]), i))
    model.eval()
    for begin in range(0, len(order), batch_size):
        chosen = order[begin : begin + batch_size]
        results = _search_batch(
            model,
            tokenizers,
            [sources[i] for i in chosen],
            options=options,
            max_lengths=[max_lengths[i] for i in chosen],
        )
        for index, hypotheses in zip(chosen, results, strict=True):
            found[index] = hypotheses
        progress(chosen)
    return found


@torch.inference_mode()
def _search_batch(
    model: Transformer,
    tokenizers: TokenizerPair,
    sources: Sequence[Sequence[int]],
    *,
    options: SearchOptions,
    max_lengths: Sequence[int],
) -> list[list[Hypothesis]]:
    target = tokenizers.target
    device = next(model.parameters()).device
    eos_id = tokenizers.source.eos_id
    source_ids = pad_sequences(sources, pad_id=model.pad_id, eos_id=eos_id).to(device)
    source_mask = padding_mask(source_ids, pad_id=model.pad_id)
    encoder_output = model.encode(source_ids, source_mask)  # (batch, source_len, d_model)
    return beam_search(
        CachedDecoder(model, encoder_output, source_mask),
        max_lengths=torch.tensor(max_lengths).to(device),
        options=options,
        bos_id=target.bos_id,
        eos_id=target.eos_id,
        forbidden_ids=target.forbidden_ids,
    )
