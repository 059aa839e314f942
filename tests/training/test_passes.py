"""Passes of two halves at a time, in turn and as a whole: the same gradients, and always so."""

import threading
import weakref
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from transformer_mt.config import TrainingConfig
from transformer_mt.data.batch import make_batch
from transformer_mt.training import passes as passes_module
from transformer_mt.training.loss import batch_loss
from transformer_mt.training.passes import Passes

PAD, BOS, EOS = 0, 2, 3


@pytest.fixture(autouse=True)
def two_threads():
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(autouse=True)
def small_batches_are_worth_it(monkeypatch):
    monkeypatch.setattr(passes_module, "_WORTH_TWO", 40)


def batch_of(pairs, *, seed=0, longest=9):
    generator = np.random.default_rng(seed)
    source, target = (
        [generator.integers(4, 10, size=generator.integers(1, longest)) for _ in range(pairs)]
        for _ in range(2)
    )
    return make_batch(source, target, pad_id=PAD, bos_id=BOS, eos_id=EOS)


def settings(**changes):
    return TrainingConfig(precision="float32", label_smoothing=0.1, **changes)


def one_at_a_time(monkeypatch):
    monkeypatch.setattr(Passes, "_may_use_threads", lambda self: False)


def add_all(model, batches, *, seed=3, num_tokens=7):
    """Return the losses of batches and the gradients after all of them."""
    passes = Passes(model, settings())
    losses = []
    for number, batch in enumerate(batches):
        torch.manual_seed(seed + number)
        losses.append(passes.add(batch, num_tokens=num_tokens).item())
    passes.collect()
    gradients = [parameter.grad for parameter in model.parameters()]
    model.zero_grad(set_to_none=True)
    return losses, gradients


def assert_near(mine, others, relative=1e-5):
    """Compare all gradients as one vector; those of the keys' biases are noise around zero."""
    mine, others = (torch.cat([gradient.flatten() for gradient in all]) for all in (mine, others))
    assert (mine - others).norm() <= relative * others.norm()


BATCHES = [batch_of(12), batch_of(31, seed=1), batch_of(2, seed=2), batch_of(1, longest=50)]


def test_gradients_are_those_of_the_whole_batch(make_model):
    model = make_model(num_encoder_layers=1, num_decoder_layers=1).train()
    losses, gradients = add_all(model, BATCHES)
    expected = [batch_loss(model, batch, label_smoothing=0.1) for batch in BATCHES]
    assert losses == pytest.approx([loss.item() for loss in expected], rel=1e-5)
    torch.autograd.backward(torch.stack(expected).sum() / 7)
    assert_near(gradients, [parameter.grad for parameter in model.parameters()])


def test_two_threads_compute_what_one_does_with_dropout_too(make_model, monkeypatch):
    model = make_model(dropout=0.3, attention_dropout=0.2).train()
    twice = [add_all(model, BATCHES) for _ in range(2)]
    assert twice[0][0] == twice[1][0]
    assert all(map(torch.equal, twice[0][1], twice[1][1]))
    one_at_a_time(monkeypatch)
    losses, gradients = add_all(model, BATCHES)
    assert losses == pytest.approx(twice[0][0], rel=1e-5)
    assert_near(gradients, twice[0][1])
    other, _ = add_all(model, BATCHES, seed=11)
    assert other != losses


def test_both_halves_are_really_passed_at_a_time(make_model, monkeypatch):
    """Each waits within its pass for the other to be in it as well."""
    model = make_model().train()
    together = threading.Barrier(2, timeout=60)
    threads = {}

    def loss_of(model, batch, **options):
        together.wait()
        threads[threading.current_thread()] = torch.get_num_threads()
        return batch_loss(model, batch, **options)

    monkeypatch.setattr(passes_module, "batch_loss", loss_of)
    torch.set_num_threads(6)
    Passes(model, settings()).add(BATCHES[0])
    assert sorted(threads.values()) == [3, 3]
    assert torch.get_num_threads() == 6


@pytest.mark.parametrize("why", ["one thread", "three threads", "several ranks"])
def test_one_thread_passes_both_in_turn_where_two_cannot(make_model, monkeypatch, why):
    model = make_model(dropout=0.3).train()
    expected = add_all(model, BATCHES)
    passes = Passes(model, settings())
    if why == "several ranks":
        monkeypatch.setattr(passes, "_ranks", SimpleNamespace(size=2))
    else:
        torch.set_num_threads({"one thread": 1, "three threads": 3}[why])
    assert not passes._may_use_threads()
    if why != "several ranks":
        losses, gradients = add_all(model, BATCHES)
        assert losses == pytest.approx(expected[0], rel=1e-5)
        assert_near(gradients, expected[1])


def test_activations_computed_again_give_the_same_bits(make_model):
    model = make_model(dropout=0.3, attention_dropout=0.2).train()
    losses, expected = add_all(model, BATCHES)
    model.checkpoint_activations(True)
    again, gradients = add_all(model, BATCHES)
    assert again == losses
    assert all(map(torch.equal, gradients, expected))


@pytest.mark.parametrize(("threads", "copies"), [(1, 0), (2, 1), (3, 0), (4, 1)])
def test_a_second_thread_holds_gradients_of_its_own(make_model, threads, copies):
    model = make_model()
    torch.set_num_threads(threads)
    numbers = sum(parameter.numel() for parameter in model.parameters())
    assert Passes(model, settings()).second_bytes() == copies * 4 * numbers


def test_small_batches_stay_whole(make_model, monkeypatch):
    sizes = []

    def loss_of(model, batch, **options):
        sizes.append(len(batch.source_ids))
        return batch_loss(model, batch, **options)

    monkeypatch.setattr(passes_module, "batch_loss", loss_of)
    monkeypatch.setattr(passes_module, "_WORTH_TWO", 12 * 5 + 1)
    even = make_batch([[5] * 4] * 12, [[6] * 4] * 12, pad_id=PAD, bos_id=BOS, eos_id=EOS)
    passes = Passes(make_model().train(), settings())
    passes.add(even)
    assert sizes == [12]
    monkeypatch.setattr(passes_module, "_WORTH_TWO", 12 * 5)
    passes.add(even)
    assert sizes == [12, 6, 6]


@pytest.mark.parametrize("place", ["first", "second"])
def test_an_error_in_a_half_leaves_nothing_at_work_and_nothing_held(make_model, monkeypatch, place):
    model = make_model().train()
    expected, _ = add_all(model, BATCHES[:2])
    passes = Passes(model, settings())
    ended, held = [], []

    def loss_of(model, batch):
        in_first = threading.current_thread() is threading.main_thread()
        if in_first == (place == "first"):
            taken = torch.zeros(3)
            held.append(weakref.ref(taken))
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory")
        loss = batch_loss(model, batch, label_smoothing=0.1)
        ended.append(place)
        return loss

    with monkeypatch.context() as patch:
        patch.setattr(passes, "_loss_of", loss_of)
        with pytest.raises(RuntimeError, match="can't allocate"):
            passes.add(BATCHES[0])
        assert ended == [place]  # the other half was waited for
    assert torch.get_num_threads() == 2
    assert all(reference() is None for reference in held)
    model.zero_grad(set_to_none=True)
    passes.drop()
    losses = []
    for number, batch in enumerate(BATCHES[:2]):
        torch.manual_seed(3 + number)
        losses.append(passes.add(batch, num_tokens=7).item())
    assert losses == expected
    passes.collect()


def test_what_was_dropped_is_in_no_gradient(make_model):
    model = make_model().train()
    _, expected = add_all(model, BATCHES[:1])
    passes = Passes(model, settings())
    passes.add(BATCHES[1])
    model.zero_grad(set_to_none=True)
    passes.drop()
    torch.manual_seed(3)
    passes.add(BATCHES[0], num_tokens=7)
    passes.collect()
    passes.collect()  # and collecting twice adds nothing
    assert all(map(torch.equal, expected, [p.grad for p in model.parameters()]))


def test_the_second_thread_sees_weights_that_change_and_keeps_none(make_model):
    model = make_model().train()
    passes = Passes(model, settings())
    passes.add(BATCHES[0])
    passes.collect()
    shared = [p.data_ptr() for p in passes._twin.parameters()]
    assert shared == [p.data_ptr() for p in model.parameters()]
    assert all(p.grad is None for p in passes._twin.parameters())
    model.zero_grad(set_to_none=True)
    model.load_state_dict({n: t * 1.5 for n, t in model.state_dict().items()})
    torch.manual_seed(3)
    loss = passes.add(BATCHES[0], num_tokens=7).item()
    assert loss == add_all(model, BATCHES[:1])[0][0]


def test_bfloat16_is_taken_in_both_halves(make_model):
    model = make_model().train()
    exact, gradients = add_all(model, BATCHES[:2])
    passes = Passes(model, TrainingConfig(precision="bfloat16", label_smoothing=0.1))
    losses = [passes.add(batch, num_tokens=7).item() for batch in BATCHES[:2]]
    passes.collect()
    assert losses != exact
    assert losses == pytest.approx(exact, rel=0.02)
    assert_near([p.grad for p in model.parameters()], gradients, relative=0.1)


def test_the_threads_end_with_their_owner(make_model):
    model = make_model().train()
    passes = Passes(model, settings())
    passes.add(BATCHES[0])
    thread = next(iter(passes._thread._threads))
    assert thread.is_alive()
    del passes
    thread.join(timeout=60)
    assert not thread.is_alive()
