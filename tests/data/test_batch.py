import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from transformer_mt.data.batch import make_batch, pad_sequences, shift_right

PAD, BOS, EOS = 0, 2, 3
SEQUENCES = st.lists(st.lists(st.integers(4, 500), max_size=12), min_size=1, max_size=8)


def test_shift_right_on_a_written_out_example():
    labels = torch.tensor([[7, 8, 9, EOS], [5, EOS, PAD, PAD], [EOS, PAD, PAD, PAD]])
    inputs = shift_right(labels, bos_id=BOS, pad_id=PAD)
    assert inputs.tolist() == [[BOS, 7, 8, 9], [BOS, 5, PAD, PAD], [BOS, PAD, PAD, PAD]]
    assert labels[0].tolist() == [7, 8, 9, EOS]  # the labels are not changed


@given(data=st.data(), target=SEQUENCES)
def test_batch_is_the_definition(data, target):
    source = data.draw(
        st.lists(st.lists(st.integers(4, 500)), min_size=len(target), max_size=len(target))
    )
    arrays = [np.array(ids, dtype=np.int32) for ids in source]
    batch = make_batch(arrays, target, pad_id=PAD, bos_id=BOS, eos_id=EOS)

    def padded(rows):
        longest = max(map(len, rows))
        return [row + [PAD] * (longest - len(row)) for row in rows]

    assert batch.source_ids.tolist() == padded([[*ids, EOS] for ids in source])
    assert batch.target_label_ids.tolist() == padded([[*ids, EOS] for ids in target])
    assert batch.target_input_ids.tolist() == padded([[BOS, *ids] for ids in target])
    assert batch.num_source_tokens == int((batch.source_ids != PAD).sum())
    assert batch.num_target_tokens == int((batch.target_label_ids != PAD).sum())
    for tensor in (batch.source_ids, batch.target_input_ids, batch.target_label_ids):
        assert tensor.dtype == torch.int64


def test_pad_sequences_takes_empty_sequences():
    assert pad_sequences([[]], pad_id=PAD, eos_id=EOS).tolist() == [[EOS]]
    assert pad_sequences([[], [5]], pad_id=PAD, eos_id=EOS).tolist() == [[EOS, PAD], [5, EOS]]


def test_to_moves_every_tensor():
    batch = make_batch([[5]], [[6]], pad_id=PAD, bos_id=BOS, eos_id=EOS).to("meta")
    assert batch.source_ids.device.type == "meta"
    assert batch.target_input_ids.device.type == "meta"
    assert batch.target_label_ids.device.type == "meta"
    assert batch.num_target_tokens == 2
