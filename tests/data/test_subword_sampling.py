import numpy as np

from transformer_mt.data.subword_sampling import sample_ids, sampling_seeds


def seeds_of(indices, *, key=0):
    return sampling_seeds(np.random.SeedSequence(1, spawn_key=(key,)), np.asarray(indices))


def test_a_seed_depends_on_its_index_alone():
    indices = np.random.default_rng(0).permutation(5000).astype(np.uint32)
    seeds = seeds_of(np.arange(5000))
    assert (seeds_of(indices) == seeds[indices]).all()
    assert len(np.unique(seeds)) == 5000
    assert not (seeds == seeds_of(np.arange(5000), key=1)).any()


def test_samples_are_those_of_the_tokenizer(unigram, sentences):
    texts = sentences[:50]
    unsampled = unigram.encode_arrays(texts)
    seeds = seeds_of(np.arange(50))
    sampled = sample_ids(
        unigram, texts, seeds=seeds, alpha=0.1, unsampled=unsampled, max_length=1000
    )
    for ids, text, seed in zip(sampled, texts, seeds.tolist(), strict=True):
        assert ids.dtype == np.int32
        assert ids.tolist() == unigram.sample(text, seed=seed, alpha=0.1)
    assert [ids.tolist() for ids in sampled] != [ids.tolist() for ids in unsampled]


def test_a_sample_that_is_too_long_is_not_used(unigram, sentences):
    texts = sentences[:50]
    unsampled = unigram.encode_arrays(texts)
    longest = max(map(len, unsampled)) + 1  # with </s>
    seeds = seeds_of(np.arange(50))

    def sample(max_length):
        options = {"seeds": seeds, "alpha": 0.1, "unsampled": unsampled}
        return sample_ids(unigram, texts, max_length=max_length, **options)

    free, limited = sample(1000), sample(longest)
    too_long = [len(ids) + 1 > longest for ids in free]
    assert 0 < sum(too_long) < len(texts)
    for i, is_too_long in enumerate(too_long):
        assert limited[i].tolist() == (unsampled if is_too_long else free)[i].tolist()
