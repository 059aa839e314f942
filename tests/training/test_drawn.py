import json

import numpy as np

from transformer_mt.data.batch import make_batch
from transformer_mt.data.mixing import Mixture, shares_by_weight
from transformer_mt.data.sampler import MicroBatch, Position
from transformer_mt.training.drawn import Drawn, drawn_in
from transformer_mt.training.state import TrainingState


def micro_batch(indices, target_lengths):
    rows = [[5] * length for length in target_lengths]
    return MicroBatch(
        batch=make_batch(rows, rows, pad_id=0, bos_id=2, eos_id=3),
        indices=np.array(indices, dtype=np.uint32),
        epoch=0,
        position_after=Position(),
    )


def test_pairs_and_target_tokens_are_counted_by_corpus():
    mixture = Mixture((3, 4), shares_by_weight([1.0, 1.0]))
    update = [micro_batch([0, 6, 2], [2, 5, 3]), micro_batch([3, 4], [1, 7])]
    drawn = drawn_in(update, mixture, pad_id=0)
    assert drawn == Drawn(pairs=[2, 3], target_tokens=[3 + 4, 6 + 2 + 8])
    assert sum(drawn.target_tokens) == sum(m.batch.num_target_tokens for m in update)
    assert drawn.shares() == {"pairs": [2 / 5, 3 / 5], "target_tokens": [7 / 23, 16 / 23]}


def test_what_was_drawn_adds_up():
    drawn = Drawn()
    drawn.add(Drawn([1, 2], [10, 20]))
    drawn.add(Drawn([3, 0], [30, 0]))
    assert drawn == Drawn([4, 2], [40, 20])


def test_it_survives_a_checkpoint_and_older_checkpoints_have_none():
    state = TrainingState(step=3, logged_drawn=Drawn([1, 2], [3, 4]), drawn=Drawn([5, 6], [7, 8]))
    saved = json.loads(json.dumps(state.to_json()))
    assert TrainingState.from_json(saved) == state
    del saved["logged_drawn"], saved["drawn"]
    assert TrainingState.from_json(saved) == TrainingState(step=3)
