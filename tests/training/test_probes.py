"""What fits, found out on a device that is imitated, and on this CPU."""

import math

import pytest
import torch

from transformer_mt.config import ModelConfig, TrainingConfig
from transformer_mt.errors import UserError
from transformer_mt.training import device_probe, resident_probe, trial_updates
from transformer_mt.training.budget_search import largest_budget
from transformer_mt.training.device_probe import DeviceProbe
from transformer_mt.training.resident_probe import Growth, ProbedModel, ProbeLimits, measure_growth
from transformer_mt.training.worst_batches import random_batch, worst_shapes

GB = 2**30


@pytest.mark.parametrize(
    ("tokens", "source", "target", "shapes"),
    [
        (100, 10, 10, [(50, 2, 2), (10, 10, 10)]),
        (100, 20, 10, [(50, 2, 2), (10, 10, 10), (5, 20, 10)]),
        (100, 10, 25, [(50, 2, 2), (10, 10, 10), (4, 10, 25)]),
        (30, 2, 30, [(15, 2, 2), (1, 2, 30)]),
    ],
)
def test_the_worst_shapes_fill_the_budget(tokens, source, target, shapes):
    assert worst_shapes(tokens, max_source_length=source, max_target_length=target) == shapes


def test_a_random_batch_is_full(make_model):
    batch = random_batch(make_model(), 4, 7, 5)
    assert batch.source_ids.shape == (4, 7)
    assert batch.target_input_ids.shape == batch.target_label_ids.shape == (4, 5)
    assert batch.num_target_tokens == 20
    assert batch.source_ids.min() >= 3
    assert batch.source_ids.max() < 13


class Cuda:
    """Stands in for torch.cuda: a device of 10 GB on which a padded token takes 1 MB."""

    def __init__(self, *, size=10 * GB, fixed=GB):
        self.size, self.fixed, self.per_token = size, fixed, 2**20
        self.reserved = self.peak = 0
        self.updates, self.emptied = [], 0

    def mem_get_info(self, device):
        return self.size - self.reserved, self.size

    def memory_reserved(self, device):
        return self.reserved

    def reset_peak_memory_stats(self, device):
        self.peak = self.reserved

    def max_memory_reserved(self, device):
        return self.peak

    def take(self, passes, batch):
        pairs, source_len = batch.source_ids.shape
        tokens = pairs * max(source_len, batch.target_label_ids.shape[1])
        needed = self.fixed + tokens * self.per_token
        self.updates.append(((pairs, source_len), passes.precision))
        self.peak = max(self.peak, min(needed, self.size))
        if needed > self.size:
            raise torch.OutOfMemoryError("CUDA out of memory.")

    def give_back(self, device):
        self.emptied += 1


@pytest.fixture
def probe(make_model, monkeypatch):
    def probe(cuda):
        for name in ("mem_get_info", "memory_reserved", "reset_peak_memory_stats"):
            monkeypatch.setattr(device_probe.torch.cuda, name, getattr(cuda, name))
        monkeypatch.setattr(
            device_probe.torch.cuda, "max_memory_reserved", cuda.max_memory_reserved
        )
        monkeypatch.setattr(trial_updates, "forward_backward", cuda.take)
        monkeypatch.setattr(device_probe, "give_back_memory", cuda.give_back)
        settings = TrainingConfig(precision="bfloat16")
        return DeviceProbe(make_model(), settings, max_source_length=32, max_target_length=32)

    return probe


def test_on_cuda_what_fits_leaves_a_tenth(probe):
    cuda = Cuda()
    found = largest_budget(probe(cuda).fits, smallest=32, most=25_000)
    most = (0.9 * 10 * GB - GB) / 2**20
    assert most * 15 / 16 < found <= most
    assert {precision for _, precision in cuda.updates} == {torch.bfloat16}
    assert {shape[1] for shape, _ in cuda.updates} == {2, 32}


def test_running_out_of_memory_is_an_answer_and_everything_is_given_back(probe):
    cuda = Cuda()
    made = probe(cuda)
    before = cuda.emptied
    assert made.fits(1024)
    assert not made.fits(20_000)
    assert made.fits(1024)
    assert cuda.emptied == before + 3


def test_other_errors_of_a_device_are_not_hidden(probe, monkeypatch):
    made = probe(Cuda())

    def broken(*arguments, **options):
        raise RuntimeError("CUDA error: device-side assert triggered")

    monkeypatch.setattr(trial_updates, "forward_backward", broken)
    with pytest.raises(RuntimeError, match="device-side assert"):
        made.fits(64)


@pytest.mark.gpu
def test_on_a_real_device(make_model):
    model = make_model(d_model=256, num_heads=4, d_ff=1024, max_positions=64).cuda()
    settings = TrainingConfig(precision="bfloat16")
    made = DeviceProbe(model, settings, max_source_length=64, max_target_length=64)
    found = largest_budget(made.fits, smallest=64, most=10**9)
    assert found is not None
    assert not made.fits(4 * found)
    assert torch.cuda.max_memory_reserved() <= torch.cuda.mem_get_info()[1]


@pytest.mark.parametrize(
    ("measured", "tokens", "foreseen"),
    [
        (((100, 1000),), 50, 1000),
        (((100, 1000),), 100, 1000),
        (((100, 1000),), 400, 4000),
        (((100, 1000), (200, 1500)), 150, 1500),
        (((100, 1000), (200, 1500)), 400, 3000),  # 7.5 a token are more than 5
        (((100, 100), (200, 1500)), 400, 4300),  # 14 a token between the two
    ],
)
def test_growth_is_extrapolated_by_its_steeper_estimate(measured, tokens, foreseen):
    assert Growth(fixed=0, measured=measured).foreseen(tokens) == foreseen
    assert Growth(fixed=70, measured=measured).foreseen(tokens) == foreseen + 70


def test_where_memory_was_refused_nothing_larger_fits():
    growth = Growth(fixed=0, measured=((100, 1000),), too_large=200)
    assert growth.foreseen(190) == 1900
    assert growth.foreseen(200) == math.inf


PROBED = ProbedModel(
    model=ModelConfig(
        d_model=64, num_heads=2, d_ff=256, num_encoder_layers=2, num_decoder_layers=2
    ),
    training=TrainingConfig(precision="float32"),
    source_vocab_size=100,
    target_vocab_size=100,
    shared_vocabulary=True,
    max_source_length=32,
    max_target_length=32,
    pad_id=0,
)


def limits(**changes):
    usual = {"smallest": 1024, "most": 4096, "usable_bytes": GB, "bytes_per_token": 40_000}
    return ProbeLimits(**usual | {"threads": 1} | changes)


def test_it_is_measured_in_another_process():
    growth = measure_growth(PROBED, limits())
    assert [tokens for tokens, _ in growth.measured] == [1024, 2048, 4096]
    assert growth.fixed > 0
    sizes = [size for _, size in growth.measured]
    assert sizes == sorted(sizes)
    assert 20e6 < sizes[-1] < 400e6  # by the formula 135 MB
    assert growth.too_large is None


@pytest.fixture
def imitated(monkeypatch):
    """Give a function: measure in this process a program that takes so many bytes a token."""

    def imitated(*, per_token=1000, full_at=math.inf, asked=None):
        peak = [5000]

        def take(passes, batch):
            pairs, length = batch.source_ids.shape
            if pairs * length >= full_at:
                raise RuntimeError("DefaultCPUAllocator: can't allocate memory")
            peak[0] = max(peak[0], 7000 + per_token * pairs * length)

        monkeypatch.setattr(trial_updates, "forward_backward", take)
        monkeypatch.setattr(resident_probe, "peak_resident_bytes", lambda: peak[0])
        monkeypatch.setattr(resident_probe, "keep_freed_memory", lambda: None)
        monkeypatch.setattr(resident_probe, "keep_few_kernels", lambda: None)
        monkeypatch.setattr(resident_probe.signal, "signal", lambda *_: None)
        monkeypatch.setattr(resident_probe.torch, "set_num_threads", lambda _: None)
        return resident_probe._measure(PROBED, asked)

    return imitated


def test_batches_grow_until_they_tell_enough(imitated):
    growth = imitated(per_token=100_000, asked=limits(smallest=512, most=10**6))
    assert [tokens for tokens, _ in growth.measured] == [512, 1024, 2048, 4096]
    assert growth.foreseen(40_000) == pytest.approx(40_000 * 100_000, rel=0.01)


def test_nothing_is_tried_that_is_foreseen_not_to_fit(imitated):
    asked = limits(smallest=512, most=10**6, usable_bytes=50_000_000, bytes_per_token=20_000)
    growth = imitated(per_token=20_000, asked=asked)
    assert [tokens for tokens, _ in growth.measured] == [512, 1024, 2048]
    assert imitated(asked=limits(smallest=4096, usable_bytes=10**6)).measured == ()


def test_more_than_was_believed_is_seen_in_time(imitated):
    asked = limits(smallest=512, most=10**6, usable_bytes=100_000_000, bytes_per_token=1000)
    growth = imitated(per_token=60_000, asked=asked)
    assert [tokens for tokens, _ in growth.measured] == [512, 1024]


def test_refused_memory_ends_the_measuring(imitated):
    growth = imitated(full_at=2048, asked=limits(smallest=512))
    assert [tokens for tokens, _ in growth.measured] == [512, 1024]
    assert growth.too_large == 2048


@pytest.mark.parametrize(
    ("result", "words", "code"),
    [
        (resident_probe.BrokenProcessPool(), "the process that measured memory was killed", 1),
        (Growth(measured=((512, 0),)), "does not tell how much memory a process takes", 2),
    ],
)
def test_where_it_cannot_be_measured_a_number_is_asked_for(monkeypatch, result, words, code):
    class Pool:
        def __init__(self, *arguments, **options):
            pass

        def submit(self, *arguments):
            return self

        def result(self):
            if isinstance(result, BaseException):
                raise result
            return result

        def shutdown(self, **options):
            pass

    monkeypatch.setattr(resident_probe, "ProcessPoolExecutor", Pool)
    with pytest.raises(UserError) as caught:
        measure_growth(PROBED, limits())
    assert str(caught.value).startswith("training.max_tokens_per_batch: auto:")
    assert words in str(caught.value)
    assert "Give a number of tokens in its place." in str(caught.value)
    assert caught.value.exit_code == code
