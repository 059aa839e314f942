"""The model compiled for the shapes of its batches (`training.compile`)."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import torch
from torch import Tensor

from transformer_mt.compile_setting import COMPILE_KEY
from transformer_mt.data.batch import Batch
from transformer_mt.data.static_shapes import MOST_SHAPES, BatchShape
from transformer_mt.device import is_out_of_memory
from transformer_mt.errors import UserError
from transformer_mt.model.transformer import Transformer
from transformer_mt.training.worst_batches import random_batch

# Up to here a GPU computes faster than it can be told what to do, and replaying CUDA graphs pays.
_FEW_PARAMETERS = 30_000_000
_PASSES_UNTIL_READY = 3  # CUDA graphs are recorded in the second pass of a shape


class CompiledHidden:
    """`Transformer.hidden`, compiled for each shape of batch when it first comes.

    The model stays as it is, its names too: who calls it directly is not concerned.

    Attributes:
        uses_graphs: whether CUDA graphs are replayed; see `drop_gradients`.
    """

    def __init__(self, model: Transformer, *, backend: str = "inductor") -> None:
        """Get ready to compile; nothing is compiled yet."""
        self._model = model
        device = next(model.parameters()).device
        parameters = sum(parameter.numel() for parameter in model.parameters())
        on_cuda = device.type == "cuda" and backend == "inductor"
        self.uses_graphs = on_cuda and parameters <= _FEW_PARAMETERS
        keep_compiled_code()
        config = torch._dynamo.config
        config.recompile_limit = max(config.recompile_limit, 2 * MOST_SHAPES)
        if torch.are_deterministic_algorithms_enabled():
            # Else kernels are chosen by how fast they are, and may be others in the next process.
            # PyTorch 2.13 sees to it where algorithms are made deterministic; 2.11 may not.
            from torch._inductor import config as inductor

            inductor.deterministic = True
        # One graph for the whole, so that whatever cannot be compiled is an error and not slow.
        self._hidden: Callable[[Tensor, Tensor], Tensor] = torch.compile(
            model.hidden,
            fullgraph=True,
            dynamic=False,
            backend=backend,
            mode="reduce-overhead" if self.uses_graphs else None,
        )

    def __call__(self, source_ids: Tensor, target_input_ids: Tensor) -> Tensor:
        """Return what `Transformer.hidden` does: (batch, target_len, d_model).

        Raises:
            UserError: it cannot be compiled, as where there is no C compiler.
        """
        if self.uses_graphs:
            torch.compiler.cudagraph_mark_step_begin()  # type: ignore[no-untyped-call]
        with _compiling():
            return self._hidden(source_ids, target_input_ids)

    def compile_all(
        self, shapes: Sequence[BatchShape], pass_batch: Callable[[Batch], object]
    ) -> float:
        """Compile for every shape ahead of training; return the seconds that it took.

        `pass_batch` is a forward and a backward pass; the gradients are for the caller to drop,
        before (see `drop_gradients`) and after.

        Raises:
            UserError: it cannot be compiled.
        """
        began = time.perf_counter()
        for shape in shapes:
            batch = random_batch(self._model, shape.rows, shape.source_len, shape.target_len)
            for _ in range(_PASSES_UNTIL_READY if self.uses_graphs else 1):
                with _compiling():  # the backward pass is compiled when it is first asked for
                    pass_batch(batch)
        if batch.source_ids.device.type == "cuda":
            torch.cuda.synchronize(batch.source_ids.device)
        return time.perf_counter() - began


@contextmanager
def _compiling() -> Iterator[None]:
    """Say what to do where the model cannot be compiled."""
    try:
        yield
    except torch._dynamo.exc.BackendCompilerFailed as error:
        if is_out_of_memory(error.inner_exception):
            raise error.inner_exception from None
        reason = next(iter(str(error.inner_exception).splitlines()), "no reason given")
        raise UserError(
            f"{COMPILE_KEY}: the model cannot be compiled here ({reason.rstrip('.')}).\n"
            f"Begin anew (--overwrite) with {COMPILE_KEY}=false.",
            exit_code=1,
        ) from None


def drop_gradients(optimizer: torch.optim.Optimizer, *, keep_tensors: bool) -> None:
    """Drop all gradients; with `keep_tensors` set them to 0 instead.

    Autograd would take a gradient's first tensor over from a CUDA graph, whose next replay writes
    over it: where graphs are replayed, gradients must be added to tensors of their own.
    """
    optimizer.zero_grad(set_to_none=not keep_tensors)
    if keep_tensors:
        for group in optimizer.param_groups:
            for parameter in group["params"]:
                if parameter.grad is None:
                    parameter.grad = torch.zeros_like(parameter)


def keep_compiled_code() -> None:
    """Let compiled code last from run to run, where the user has named no place for it."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", str(cache / "transformer_mt" / "compiled"))
