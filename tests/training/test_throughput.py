"""Tokens, padding and FLOPs of training, against counts made in other ways."""

import random

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from transformer_mt.data.batch import make_batch
from transformer_mt.training.loss import cross_entropy_sum, linear_cross_entropy_sum
from transformer_mt.training.throughput import (
    ModelWeights,
    Speedometer,
    TokenCounts,
    UpdateTimes,
)

PAD, BOS, EOS = 0, 2, 3
SOURCE_VOCAB, TARGET_VOCAB = 13, 17
PRODUCTS = {torch.ops.aten.mm, torch.ops.aten.addmm}  # attention scores are batched: bmm


def draw_batch(lengths, *, seed=0):
    generator = random.Random(seed)

    def draw(vocab_size, length):
        return [generator.randrange(4, vocab_size) for _ in range(length - 1)]

    sides = zip(*((draw(SOURCE_VOCAB, s), draw(TARGET_VOCAB, t)) for s, t in lengths), strict=True)
    return make_batch(*sides, pad_id=PAD, bos_id=BOS, eos_id=EOS)


def loss_by_formula(model, batch):
    logits = model(batch.source_ids, batch.target_input_ids)
    return cross_entropy_sum(logits, batch.target_label_ids, pad_id=PAD, label_smoothing=0.1)


def loss_of_training(model, batch):
    hidden = model.hidden(batch.source_ids, batch.target_input_ids)
    weight = model.output_projection.weight
    return linear_cross_entropy_sum(
        hidden, weight, batch.target_label_ids, pad_id=PAD, label_smoothing=0.1
    )


@pytest.mark.parametrize("activation", ["relu", "gelu", "swiglu"])
def test_weights_are_those_of_the_formula(make_model, activation):
    d, f, layers = 16, 24, 3
    sizes = {"num_encoder_layers": layers, "num_decoder_layers": layers, "activation": activation}
    weights = ModelWeights.of(make_model(d_model=d, d_ff=f, target_vocab_size=17, **sizes))
    feed_forward = (3 if activation == "swiglu" else 2) * d * f
    assert weights.encoder == layers * (4 * d**2 + feed_forward)
    assert weights.decoder == layers * (6 * d**2 + feed_forward)
    assert weights.cross_attention == 2 * layers * d**2
    assert weights.output == 17 * d


@pytest.mark.parametrize("loss_of", [loss_by_formula, loss_of_training])
@pytest.mark.parametrize("settings", [{}, {"activation": "swiglu", "norm": "pre"}])
def test_flops_are_those_that_pytorch_counts_up_to_attention_scores(make_model, settings, loss_of):
    model = make_model(source_vocab_size=SOURCE_VOCAB, target_vocab_size=TARGET_VOCAB, **settings)
    batch = draw_batch([(6, 9)] * 4)  # without padding, which a model computes on as well
    with FlopCounterMode(display=False) as counter:
        torch.autograd.backward(loss_of(model, batch))
    counted = counter.get_flop_counts()["Global"]
    expected = sum(flops for operator, flops in counted.items() if operator in PRODUCTS)
    assert ModelWeights.of(model).training_flops(TokenCounts.of([batch])) == expected


def test_counts_are_those_of_the_ids():
    batches = [draw_batch([(6, 9), (3, 12)]), draw_batch([(2, 2), (8, 5), (5, 5)], seed=1)]
    counts = TokenCounts.of(batches)
    assert counts.source_tokens == sum(int((b.source_ids != PAD).sum()) for b in batches) == 24
    assert counts.target_tokens == sum(int((b.target_label_ids != PAD).sum()) for b in batches)
    assert counts.target_tokens == 33
    assert (counts.source_places, counts.target_places) == (2 * 6 + 3 * 8, 2 * 12 + 3 * 5)
    assert counts.padding() == {"source": round(1 - 24 / 36, 4), "target": round(1 - 33 / 39, 4)}
    assert TokenCounts.of(batches[:1]) + TokenCounts.of(batches[1:]) == counts


def test_a_reading_is_of_the_updates_since_the_last_and_measures_the_rate_once(
    make_model, monkeypatch
):
    asked = []

    def rate(*, device, precision, seconds):
        asked.append((device.type, precision, seconds))
        return 1e9

    monkeypatch.setattr("transformer_mt.training.throughput.quick_rate", rate)
    model = make_model(source_vocab_size=SOURCE_VOCAB, target_vocab_size=TARGET_VOCAB)
    speed = Speedometer(model, precision=torch.float32)
    first, second = TokenCounts(10, 12, 20, 16), TokenCounts(30, 40, 30, 50)
    speed.add(UpdateTimes(first, seconds=0.5, waiting_seconds=0.0, preparing_seconds=0.0))
    speed.add(UpdateTimes(second, seconds=1.5, waiting_seconds=0.0, preparing_seconds=0.0))
    flops = ModelWeights.of(model).training_flops(first + second)
    assert speed.read() == {
        "seconds": 2.0,
        "target_tokens_per_second": 26.0,
        "utilisation": round(flops / 2e9, 4),
        "padding": {"source": 0.2, "target": round(1 - 52 / 66, 4)},
    }
    speed.add(UpdateTimes(first, seconds=0.5, waiting_seconds=0.0, preparing_seconds=0.0))
    assert speed.read()["target_tokens_per_second"] == 24.0
    assert asked == [("cpu", torch.float32, 0.1)]  # 5 % of the time before
