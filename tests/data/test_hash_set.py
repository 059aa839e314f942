import numpy as np

from transformer_mt.data.hash_set import HashSet, text_hash


def test_hash_set_is_a_set():
    generator = np.random.default_rng(0)
    ours, oracle = HashSet(), set()
    for size in [0, 1, 500, *generator.integers(0, 60, size=200)]:
        hashes = generator.integers(0, 4000, size=size).astype(np.uint64)
        hashes[: size // 9] += np.uint64(2**64 - 5000)
        expected = []
        for value in hashes.tolist():
            expected.append(value not in oracle)
            oracle.add(value)
        assert ours.add(hashes).tolist() == expected
        asked = generator.integers(0, 4000, size=20).astype(np.uint64)
        assert ours.contains(asked).tolist() == [value in oracle for value in asked.tolist()]
    assert len(ours._runs) < 12


def test_the_hash_knows_where_a_text_ends():
    assert text_hash("a", "b") == text_hash("a", "b")
    assert len({text_hash(*texts) for texts in (("ab", ""), ("a", "b"), ("", "ab"), ("ab",))}) == 4
