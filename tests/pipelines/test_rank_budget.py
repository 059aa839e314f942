"""The size of a batch of a run that several processes begin, and of one that they go on with."""

import math

from hypothesis import given
from hypothesis import strategies as st

from transformer_mt.config import Config, DataConfig, TrainingConfig
from transformer_mt.data.micro_batching import micro_batch_budget
from transformer_mt.pipelines.rank_budget import as_asked, keep_lowered, lower_for_ranks


def config_of(tokens_per_update, max_tokens_per_batch, longest=64):
    return Config(
        data=DataConfig(max_source_length=longest, max_target_length=longest // 2),
        training=TrainingConfig(
            tokens_per_update=tokens_per_update, max_tokens_per_batch=max_tokens_per_batch
        ),
    )


@given(tokens=st.integers(1, 30_000), largest=st.integers(64, 30_000), num_ranks=st.integers(1, 64))
def test_an_update_has_a_batch_for_each_rank_where_sentences_leave_room(tokens, largest, num_ranks):
    asked = config_of(tokens, largest)
    lowered = lower_for_ranks(asked, num_ranks=num_ranks)
    budget = lowered.training.max_tokens_per_batch
    assert 64 <= budget <= largest
    if num_ranks > 1 and math.ceil(tokens / num_ranks) >= 64:
        used = micro_batch_budget(tokens_per_update=tokens, max_tokens_per_batch=budget, longest=64)
        assert used * (num_ranks - 1) < tokens  # so many full batches are too few
    if num_ranks == 1 or budget == largest:
        assert lowered == asked
    assert as_asked(lowered) == asked
    assert lower_for_ranks(lowered, num_ranks=num_ranks) == lowered
    assert Config.model_validate(lowered.model_dump()) == lowered


def test_batches_as_small_as_asked_stay_so():
    asked = config_of(8192, 2048)
    assert lower_for_ranks(asked, num_ranks=4) == asked
    assert lower_for_ranks(asked, num_ranks=5).training.max_tokens_per_batch == 1639


def test_a_run_goes_on_with_its_size_of_batch():
    asked = config_of(8192, 4096)
    begun_by_four = lower_for_ranks(asked, num_ranks=4)
    assert keep_lowered(asked, begun_by_four) == begun_by_four  # the user's config again
    assert keep_lowered(begun_by_four, begun_by_four) == begun_by_four  # that of the run
    assert keep_lowered(asked, asked) == asked  # begun by one
    other = config_of(8192, 2048)  # what four ranks have, but not what was asked for
    assert keep_lowered(other, begun_by_four) == other
