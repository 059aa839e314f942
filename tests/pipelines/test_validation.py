"""Validation while training: its loss by hand, its BLEU by sacreBLEU on what is translated."""

import pytest
import sacrebleu
import torch

from transformer_mt.interruption import StopRequest
from transformer_mt.pipelines import validation as validation_module
from transformer_mt.pipelines.corpora import evaluation_corpora
from transformer_mt.pipelines.validation import Validator
from transformer_mt.run_directory import RunDirectory
from transformer_mt.saved_model import load_model


@pytest.fixture(scope="module")
def run(trained):
    return RunDirectory(trained[0] / "runs" / "tiny")


@pytest.fixture(scope="module")
def saved(run):
    return load_model(run, device=torch.device("cpu"))


@pytest.fixture(scope="module")
def texts(corpus):
    """Sources and references."""
    return [(corpus / f"valid.{side}").read_text("utf-8").splitlines() for side in ("en", "de")]


@pytest.fixture
def validate(run, saved):
    """Validate the saved model, with some training settings changed."""

    def validate(**changes):
        training = saved.config.training.model_copy(update=changes)
        config = saved.config.model_copy(update={"training": training})
        corpora = evaluation_corpora(run, config, "validation")
        validator = Validator(
            corpora, tokenizers=saved.tokenizers, config=config, stop=StopRequest()
        )
        return validator(saved.model)

    return validate


@pytest.fixture(scope="module")
def loss(saved, texts):
    """Nats per target token, </s> included, each pair by itself and nothing smoothed."""
    source, target = saved.tokenizers.source, saved.tokenizers.target
    total, num_tokens = 0.0, 0
    for text, reference in zip(*texts, strict=True):
        labels = [*target.encode(reference), target.eos_id]
        with torch.inference_mode():
            logits = saved.model(
                torch.tensor([[*source.encode(text), source.eos_id]]),
                torch.tensor([[target.bos_id, *labels[:-1]]]),
            )
        log_probs = torch.log_softmax(logits[0].double(), dim=-1)
        total -= sum(log_probs[place, label].item() for place, label in enumerate(labels))
        num_tokens += len(labels)
    return total / num_tokens


@pytest.fixture
def hypotheses(run, corpus, tmt_here):
    """The translations of the same weights by the command."""
    printed = tmt_here("translate", "--run", run.path, "--input", corpus / "valid.en", "--quiet")
    return printed.out.splitlines()


@pytest.mark.parametrize("max_tokens_per_batch", [64, 150, 10_000])
def test_the_loss_is_that_of_the_references_whatever_the_batches(
    validate, loss, max_tokens_per_batch, monkeypatch
):
    monkeypatch.setattr(validation_module, "MAX_DECODED_LINES", 1)  # the search is not the point
    found = validate(max_tokens_per_batch=max_tokens_per_batch)
    assert found.loss == pytest.approx(loss, rel=1e-5)


def test_bleu_is_that_of_the_translations(validate, texts, hypotheses):
    found = validate()
    expected = sacrebleu.corpus_bleu(hypotheses, [texts[1]])
    assert 5 < expected.score < 95
    assert found.bleu == expected.score
    assert "|tok:13a|" in found.bleu_signature
    lines = list(zip(*texts, hypotheses, strict=True))
    assert len(found.samples) == 3
    for sample in found.samples:
        assert (sample.source, sample.reference, sample.hypothesis) in lines


def test_of_much_text_only_the_first_lines_are_translated(
    validate, loss, texts, hypotheses, monkeypatch
):
    assert validation_module.MAX_DECODED_LINES == 2000
    monkeypatch.setattr(validation_module, "MAX_DECODED_LINES", 7)
    found = validate()
    expected = sacrebleu.corpus_bleu(hypotheses[:7], [texts[1][:7]]).score
    assert expected != sacrebleu.corpus_bleu(hypotheses, [texts[1]]).score
    assert found.bleu == expected
    assert found.loss == pytest.approx(loss, rel=1e-5)  # of all
    assert {sample.source for sample in found.samples} <= set(texts[0][:7])
