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
