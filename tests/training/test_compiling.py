"""The compiled model against the model itself; with a backend that needs no compiler."""

import copy
import os
from pathlib import Path

import pytest
import torch
from functorch.compile import make_boxed_func
from torch._dynamo.backends.common import aot_autograd
from torch._dynamo.testing import CompileCounterWithBackend
from torch._inductor.exc import InductorError

from transformer_mt.data.static_shapes import BatchShape
from transformer_mt.errors import UserError
from transformer_mt.training.compiling import CompiledHidden, drop_gradients, keep_compiled_code
from transformer_mt.training.worst_batches import random_batch

SHAPES = [BatchShape(rows, 4 * n, 4 * n + 1) for n, rows in enumerate((9, 7, 5, 4, 3, 2), 1)]


@pytest.fixture(autouse=True)
def fresh_compiler(monkeypatch, tmp_path):
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path))
    limit = torch._dynamo.config.recompile_limit
    torch.compiler.reset()
    yield
    torch.compiler.reset()
    torch._dynamo.config.recompile_limit = limit


def pass_batch(hidden, model, batch):
    """Return the output of a batch; its gradients are added."""
    output = hidden(batch.source_ids, batch.target_input_ids)
    output.float().square().sum().backward()
    return output.detach()


@pytest.mark.parametrize("bfloat16", [False, True])
@pytest.mark.parametrize("recompute", [False, True])
@pytest.mark.parametrize("settings", [{}, {"norm": "pre", "positions": "learned"}])
def test_outputs_and_gradients_are_those_of_the_model(make_model, settings, recompute, bfloat16):
    model = make_model(num_encoder_layers=1, num_decoder_layers=1, **settings).train()
    model.checkpoint_activations(recompute)
    plain = copy.deepcopy(model)
    compiled = CompiledHidden(model, backend="aot_eager")
    for shape in SHAPES[:2]:
        batch = random_batch(model, shape.rows, shape.source_len, shape.target_len)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=bfloat16):
            mine = pass_batch(compiled, model, batch)
            other = pass_batch(plain.hidden, plain, batch)
        near = {"rtol": 3e-2, "atol": 3e-2} if bfloat16 else {"rtol": 1e-5, "atol": 1e-5}
        assert mine.dtype == other.dtype
        torch.testing.assert_close(mine, other, **near)
    for mine, other in zip(model.parameters(), plain.parameters(), strict=True):
        error = (mine.grad - other.grad).norm()
        assert error <= (3e-2 if bfloat16 else 1e-5) * other.grad.norm() + 1e-6
    assert [*dict(model.named_parameters())] == [*dict(plain.named_parameters())]


def test_each_shape_is_compiled_once(make_model):
    model = make_model(num_encoder_layers=1, num_decoder_layers=1).train()
    counter = CompileCounterWithBackend("eager")
    compiled = CompiledHidden(model, backend=counter)
    shapes = [BatchShape(2 + n % 3, 3 + n, 3 + n // 2) for n in range(12)]

    def work(batch):
        pass_batch(compiled, model, batch)

    assert compiled.compile_all(shapes, work) > 0
    assert counter.frame_count == 12
    model.eval()  # as a validation does between
    model.train()
    for shape in reversed(shapes):
        work(random_batch(model, shape.rows, shape.source_len, shape.target_len))
    assert counter.frame_count == 12


def test_dropout_follows_the_seed(make_model):
    model = make_model(num_encoder_layers=1, num_decoder_layers=1, dropout=0.3).train()
    compiled = CompiledHidden(model, backend="aot_eager")
    batch = random_batch(model, 3, 5, 6)

    def with_seed(seed):
        torch.manual_seed(seed)
        return pass_batch(compiled, model, batch)

    first = with_seed(1)
    assert not torch.equal(with_seed(2), first)
    assert torch.equal(with_seed(1), first)


def test_who_has_no_compiler_is_told(make_model):
    def backend(graph, inputs):
        raise RuntimeError("Failed to find C compiler. Please specify via CC.\nMore.")

    model = make_model().train()
    with pytest.raises(UserError) as caught:
        pass_batch(CompiledHidden(model, backend=backend), model, random_batch(model, 2, 3, 3))
    assert caught.value.exit_code == 1
    assert str(caught.value) == (
        "training.compile: the model cannot be compiled here (Failed to find C compiler. Please "
        "specify via CC).\nBegin anew (--overwrite) with training.compile=false."
    )


def test_who_cannot_compile_the_backward_pass_is_told(make_model):
    """It is compiled when it is first asked for, within `backward`."""

    def fail(graph, inputs):
        raise InductorError(RuntimeError("ptxas: no such file.\nMore."), None)

    backend = aot_autograd(fw_compiler=lambda graph, _: make_boxed_func(graph), bw_compiler=fail)
    model = make_model(num_encoder_layers=1, num_decoder_layers=1).train()
    compiled = CompiledHidden(model, backend=backend)
    with pytest.raises(UserError, match=r"cannot be compiled here \(ptxas: no such file\)"):
        compiled.compile_all(SHAPES[:1], lambda batch: pass_batch(compiled, model, batch))


def test_a_translation_longer_than_the_table_of_positions_compiles_nothing_again(make_model):
    model = make_model(num_encoder_layers=1, num_decoder_layers=1, max_positions=10).train()
    counter = CompileCounterWithBackend("eager")
    compiled = CompiledHidden(model, backend=counter)
    batch = random_batch(model, 3, 5, 6)
    pass_batch(compiled, model, batch)
    for length in (11, 30, 70):
        with torch.inference_mode():
            model.hidden(*(torch.full((1, length), 5) for _ in range(2)))
        pass_batch(compiled, model, batch)
    assert counter.frame_count == 1


def test_deterministic_training_chooses_no_kernel_by_its_speed(make_model, monkeypatch):
    from torch._inductor import config

    monkeypatch.setattr(config, "deterministic", False)
    CompiledHidden(make_model(), backend="aot_eager")
    assert not config.deterministic
    torch.use_deterministic_algorithms(True)
    config.deterministic = False  # as where PyTorch does not see to it
    try:
        CompiledHidden(make_model(), backend="aot_eager")
        assert config.deterministic
    finally:
        torch.use_deterministic_algorithms(False)


def test_gradients_that_must_keep_their_tensors_do(make_model):
    model = make_model()
    optimizer = torch.optim.SGD(model.parameters())
    drop_gradients(optimizer, keep_tensors=True)
    own = [p.grad for p in model.parameters()]
    batch = random_batch(model, 3, 5, 6)
    pass_batch(model.hidden, model, batch)
    assert any(gradient.any() for gradient in own)
    drop_gradients(optimizer, keep_tensors=True)
    for parameter, gradient in zip(model.parameters(), own, strict=True):
        assert parameter.grad is gradient
        assert not gradient.any()
    drop_gradients(optimizer, keep_tensors=False)
    assert all(p.grad is None for p in model.parameters())


def test_compiled_code_lasts_where_the_user_has_named_no_place(monkeypatch):
    monkeypatch.delenv("TORCHINDUCTOR_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    keep_compiled_code()
    assert os.environ["TORCHINDUCTOR_CACHE_DIR"] == "/somewhere/transformer_mt/compiled"
    monkeypatch.setenv("XDG_CACHE_HOME", "")
    keep_compiled_code()
    assert os.environ["TORCHINDUCTOR_CACHE_DIR"] == "/somewhere/transformer_mt/compiled"
    monkeypatch.delenv("TORCHINDUCTOR_CACHE_DIR")
    keep_compiled_code()
    expected = Path.home() / ".cache" / "transformer_mt" / "compiled"
    assert os.environ["TORCHINDUCTOR_CACHE_DIR"] == str(expected)
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", "/mine")
    keep_compiled_code()
    assert os.environ["TORCHINDUCTOR_CACHE_DIR"] == "/mine"
