"""The cached decoder against `Transformer.decode`, which computes everything anew."""

import pytest
import torch

from transformer_mt.decoding.beam_search import SearchOptions, beam_search
from transformer_mt.decoding.cache import CachedDecoder
from transformer_mt.model.masks import padding_mask

BOS_ID, EOS_ID = 2, 3
SOURCE_LENGTHS = [6, 2, 9, 1, 4]


@pytest.fixture
def source_ids(make_ids):
    return make_ids(SOURCE_LENGTHS, vocab_size=13, seed=3)


def encode(model, source_ids):
    source_mask = padding_mask(source_ids, pad_id=0)
    return model.encode(source_ids, source_mask), source_mask


class Uncached:
    """The same scorer, which keeps all token ids and decodes them from the start."""

    def __init__(self, model, encoder_output, source_mask):
        self.model, self.encoder_output, self.source_mask = model, encoder_output, source_mask
        self.prefixes = None

    def __call__(self, token_ids, parents, sentences):
        self.encoder_output = self.encoder_output[sentences]
        self.source_mask = self.source_mask[sentences]
        prefixes = token_ids.unsqueeze(2)  # (sentences, hypotheses, length)
        if self.prefixes is not None:
            past = self.prefixes[sentences.unsqueeze(1), parents]
            prefixes = torch.cat([past, prefixes], dim=2)
        self.prefixes = prefixes
        hypotheses = prefixes.shape[1]
        decoder_output = self.model.decode(
            prefixes.flatten(0, 1),
            self.encoder_output.repeat_interleave(hypotheses, dim=0),
            self.source_mask.repeat_interleave(hypotheses, dim=0),
        )
        log_probs = self.model.log_probs(decoder_output[:, -1])
        return log_probs.view(len(sentences), hypotheses, -1)


def random_steps(*, sentences, beam_size, steps, seed):
    """Calls as a search makes them: one hypothesis, then `beam_size`; sentences leave."""
    generator = torch.Generator().manual_seed(seed)

    def draw(low, high, *shape):
        return torch.randint(low, high, shape, generator=generator)

    yield torch.full((sentences, 1), BOS_ID), torch.zeros(sentences, 1, dtype=int), None
    hypotheses = 1
    for step in range(steps):
        rows = torch.arange(sentences)
        if step % 3 == 2 and sentences > 1:
            leaves = draw(0, sentences, 1)
            rows = rows[rows != leaves]
            sentences -= 1
        shape = (sentences, beam_size)
        # not 0: padding is never in a hypothesis
        yield draw(1, 17, *shape), draw(0, hypotheses, *shape), rows
        hypotheses = beam_size


@pytest.mark.parametrize("positions", ["sinusoidal", "learned"])
@pytest.mark.parametrize("norm", ["post", "pre"])
@pytest.mark.parametrize("beam_size", [1, 3])
@torch.inference_mode()
def test_equals_uncached(make_model, source_ids, beam_size, norm, positions):
    model = make_model(norm=norm, positions=positions)
    cached = CachedDecoder(model, *encode(model, source_ids))
    uncached = Uncached(model, *encode(model, source_ids))
    counts = set()
    for token_ids, parents, rows in random_steps(
        sentences=5, beam_size=beam_size, steps=14, seed=beam_size
    ):
        sentences = torch.arange(5) if rows is None else rows
        log_probs = cached(token_ids, parents, sentences)
        assert log_probs.shape == (*token_ids.shape, 17)
        expected = uncached(token_ids, parents, sentences)
        torch.testing.assert_close(log_probs, expected, rtol=0, atol=1e-5)
        counts.add(len(sentences))
    assert counts == {5, 4, 3, 2, 1}


@torch.inference_mode()
def test_reordering_matters(make_model, source_ids):
    """Hypotheses of one sentence that end in the same token still have different pasts."""
    model = make_model()
    cached = CachedDecoder(model, *encode(model, source_ids))
    rows = torch.arange(5)
    cached(torch.full((5, 1), BOS_ID), torch.zeros(5, 1, dtype=int), rows)
    cached(torch.tensor([[4, 9]] * 5), torch.zeros(5, 2, dtype=int), rows)
    log_probs = cached(torch.full((5, 2), 7), torch.tensor([[1, 0]] * 5), rows)
    assert ((log_probs[:, 0] - log_probs[:, 1]).abs().amax(-1) > 1e-3).all()


@pytest.mark.parametrize("beam_size", [1, 4])
def test_searches_find_the_same(make_model, source_ids, beam_size):
    model = make_model(tie_embeddings=False)
    with torch.no_grad():
        model.output_projection.weight *= 3  # decided, so that hypotheses differ clearly
    results = []
    for kind in (CachedDecoder, Uncached):
        with torch.inference_mode():
            scorer = kind(model, *encode(model, source_ids))
        results.append(search(scorer, beam_size=beam_size))
    for cached, uncached in zip(*results, strict=True):
        assert [h.token_ids for h in cached] == [h.token_ids for h in uncached]
        assert [h.score for h in cached] == pytest.approx([h.score for h in uncached], abs=1e-5)


def search(scorer, *, beam_size):
    return beam_search(
        scorer,
        max_lengths=torch.tensor([12, 5, 20, 9, 30]),
        options=SearchOptions(beam_size=beam_size, n_best=beam_size),
        bos_id=BOS_ID,
        eos_id=EOS_ID,
        forbidden_ids=(0,),
    )


class Counter:
    """Counts the vectors that the keys' and values' projections of each layer are given."""

    def __init__(self, model):
        self.vectors = {}
        for index, layer in enumerate(model.decoder.layers):
            for kind in ("self", "cross"):
                attention = getattr(layer, f"{kind}_attention")
                self._watch(attention.key_projection, (kind, "key", index))
                self._watch(attention.value_projection, (kind, "value", index))

    def _watch(self, projection, name):
        def count(module, inputs):
            self.vectors[name] += inputs[0].numel() // inputs[0].shape[-1]

        self.vectors[name] = 0
        projection.register_forward_pre_hook(count)

    def of(self, kind):
        """The counts of all layers, keys and values: one number if they agree."""
        return {count for name, count in self.vectors.items() if name[0] == kind}


@pytest.mark.parametrize("beam_size", [1, 4])
def test_nothing_is_computed_twice(make_model, source_ids, beam_size):
    model = make_model()
    counter = Counter(model)
    assert len(counter.vectors) == 2 * 2 * 3  # keys and values, self and cross, three layers
    encoder_output, source_mask = encode(model, source_ids)
    cached = CachedDecoder(model, encoder_output, source_mask)
    source_tokens = source_ids.numel()  # with the padding of the batch
    assert counter.of("cross") == {source_tokens}
    assert counter.of("self") == {0}

    generated = 0
    widths = set()

    def counted(token_ids, parents, sentences):
        nonlocal generated
        generated += token_ids.numel()
        widths.add(token_ids.shape)
        log_probs = cached(token_ids, parents, sentences)
        assert counter.of("self") == {generated}
        return log_probs

    search(counted, beam_size=beam_size)
    assert counter.of("cross") == {source_tokens}
    assert counter.of("self") == {generated}
    assert len(widths) > 2  # the batch has shrunk on the way


@torch.inference_mode()
def test_uncached_decoding_would_be_counted(make_model, source_ids):
    """The counter sees what the test above would find if something were computed twice."""
    model = make_model()
    counter = Counter(model)
    uncached = Uncached(model, *encode(model, source_ids))
    for _ in range(3):
        uncached(torch.full((5, 1), BOS_ID), torch.zeros(5, 1, dtype=int), torch.arange(5))
    assert counter.of("self") == {5 * (1 + 2 + 3)}
    assert counter.of("cross") == {3 * source_ids.numel()}
