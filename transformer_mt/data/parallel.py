"""Two texts whose n-th lines translate each other."""

from collections.abc import Iterator
from itertools import zip_longest

from transformer_mt.data.text_lines import empty_file
from transformer_mt.errors import UserError


def pair_lines(
    sources: Iterator[str], targets: Iterator[str], names: tuple[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield line i of one with line i of the other; `names` say in errors which they are.

    Raises:
        UserError: one has more lines than the other, or both have none.
    """
    num_pairs = 0
    for source, target in zip_longest(sources, targets):
        if source is None or target is None:
            num_sources = num_pairs + (source is not None) + sum(1 for _ in sources)
            num_targets = num_pairs + (target is not None) + sum(1 for _ in targets)
            raise _unequal(names, (num_sources, num_targets))
        num_pairs += 1
        yield source, target
    if num_pairs == 0:
        raise empty_file(names[0])


def _unequal(names: tuple[str, str], counts: tuple[int, int]) -> UserError:
    if 0 in counts:
        return empty_file(names[counts.index(0)])
    return UserError(
        "The two files of a parallel corpus differ in their number of lines:\n"
        f"{names[0]}: {counts[0]}\n{names[1]}: {counts[1]}\n"
        "Line i of one must be the translation of line i of the other; mend the files."
    )
