from contextlib import closing, contextmanager

import pytest


@pytest.fixture(params=["whole", "halves in turn", "halves at a time"])
def passing(request, monkeypatch):
    """Let batches be passed as a whole, or in halves by one thread or by two."""
    import torch

    from transformer_mt.training import passes

    if request.param == "whole":
        yield
        return
    monkeypatch.setattr(passes, "_is_worth_two", lambda batch: True)
    threads = torch.get_num_threads()
    torch.set_num_threads(1 if request.param == "halves in turn" else 2)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def open_trainer():
    """Build a trainer with its milestones; what it wrote is complete when the context ends."""
    from transformer_mt.checkpoint import CheckpointStore
    from transformer_mt.interruption import StopRequest
    from transformer_mt.training.milestones import Milestones
    from transformer_mt.training.optimizer import build_optimizer
    from transformer_mt.training.progress import Reporter
    from transformer_mt.training.state import Validation
    from transformer_mt.training.trainer import Trainer

    def no_validation(model):
        return Validation(loss=1.0, bleu=0.0, bleu_signature="")

    @contextmanager
    def open_trainer(run, model, sampler, settings, *, validate=None, **options):
        run.path.mkdir(exist_ok=True)
        optimizer = build_optimizer(model, settings)
        with closing(Reporter(run, quiet=True)) as reporter:
            common = {
                "model": model,
                "optimizer": optimizer,
                "settings": settings,
                "reporter": reporter,
            }
            milestones = Milestones(
                **common,
                store=CheckpointStore(run.path),
                validate=validate or no_validation,
                stop=StopRequest(),
            )
            yield Trainer(**common, sampler=sampler, milestones=milestones, **options)

    return open_trainer
