import torch

from transformer_mt.model.masks import causal_mask, padding_mask, target_mask

IDS = torch.tensor([[5, 6, 7], [8, 0, 0], [0, 9, 0]])


def test_padding_mask_is_true_at_real_tokens():
    mask = padding_mask(IDS, pad_id=0)
    assert mask.dtype == torch.bool
    assert mask.shape == (3, 1, 1, 3)
    assert mask[:, 0, 0].tolist() == [
        [True, True, True],
        [True, False, False],
        [False, True, False],
    ]


def test_padding_mask_follows_pad_id():
    assert padding_mask(IDS, pad_id=6)[:, 0, 0].logical_not().nonzero().tolist() == [[0, 1]]


def test_causal_mask_lets_each_position_see_itself_and_the_past():
    mask = causal_mask(4)
    assert mask.dtype == torch.bool
    assert mask.shape == (1, 1, 4, 4)
    for query in range(4):
        for key in range(4):
            assert mask[0, 0, query, key] == (key <= query)


def test_target_mask_is_both():
    mask = target_mask(IDS, pad_id=0)
    assert mask.shape == (3, 1, 3, 3)
    for row in range(3):
        for query in range(3):
            for key in range(3):
                allowed = key <= query and IDS[row, key] != 0
                assert mask[row, 0, query, key] == allowed


def test_broadcasts_over_heads():
    scores = torch.zeros(3, 8, 3, 3)
    assert scores.masked_fill(~target_mask(IDS, pad_id=0), 1.0).shape == (3, 8, 3, 3)
