import pytest


def pytest_addoption(parser):
    parser.addoption("--run-slow", action="store_true", help="run the tests that take minutes")


def pytest_collection_modifyitems(config, items):
    if not config.getoption("--run-slow"):
        slow = pytest.mark.skip(reason="takes minutes; run with --run-slow")
        for item in items:
            if "slow" in item.keywords:
                item.add_marker(slow)
    on_gpu = [item for item in items if "gpu" in item.keywords]
    if on_gpu:
        import torch  # tests that need no torch start without it

        if not torch.cuda.is_available():
            for item in on_gpu:
                item.add_marker(pytest.mark.skip(reason="needs a CUDA device"))


@pytest.fixture(scope="session")
def perturb():
    """Move every parameter away from its start, where biases are 0 and norms 1."""
    import torch

    def perturb(module, *, seed=0, size=0.2):
        generator = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            for parameter in module.parameters():
                noise = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
                parameter += size * noise.to(parameter)
        return module

    return perturb


@pytest.fixture(scope="session")
def make_model(perturb):
    """Build a small model in evaluation mode; keywords are sizes and `ModelConfig` fields."""
    import torch

    from transformer_mt.config import ModelConfig
    from transformer_mt.model.transformer import Transformer

    def make_model(
        *,
        seed=0,
        fresh=False,
        source_vocab_size=13,
        target_vocab_size=17,
        shared_vocabulary=False,
        max_positions=40,
        **settings,
    ):
        small = {"d_model": 16, "num_heads": 2, "d_ff": 24, "dropout": 0.0}
        depths = {"num_encoder_layers": 2, "num_decoder_layers": 3}
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            model = Transformer(
                ModelConfig(**{**small, **depths, **settings}),
                source_vocab_size=source_vocab_size,
                target_vocab_size=target_vocab_size,
                shared_vocabulary=shared_vocabulary,
                max_positions=max_positions,
                pad_id=0,
            )
        return (model if fresh else perturb(model, seed=seed + 1)).eval()

    return make_model


@pytest.fixture(scope="session")
def make_ids():
    """Draw token ids from 2 up, one row per length, padded with 0 on the right."""
    import torch

    def make_ids(lengths, *, vocab_size, seed=0, padded_to=None):
        generator = torch.Generator().manual_seed(seed)
        ids = torch.zeros(len(lengths), padded_to or max(lengths), dtype=torch.long)
        for row, length in zip(ids, lengths, strict=True):
            row[:length] = torch.randint(2, vocab_size, (length,), generator=generator)
        return ids

    return make_ids
