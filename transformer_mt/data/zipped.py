"""The zip of two Moses files, as OPUS gives it: NAME.en-de.en and NAME.en-de.de, among others."""

import lzma
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, cast

from transformer_mt.data.choices import listed
from transformer_mt.data.languages import covers, same_language
from transformer_mt.data.parallel import pair_lines
from transformer_mt.data.text_lines import lines_of, user_errors
from transformer_mt.errors import UserError

_ENCRYPTED = 0x1  # a flag of a member


def read_zip(path: Path, *, languages: tuple[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the lines of the two members whose names end in the languages, side by side.

    Raises:
        UserError: the file is no readable zip, has no such members or too many of them, or
            they differ in their number of lines.
    """
    with user_errors(path), path.open("rb") as file:
        try:
            with zipfile.ZipFile(file) as archive:
                yield from _pairs(archive, languages, path)
        except (
            zipfile.BadZipFile,
            EOFError,
            zlib.error,
            lzma.LZMAError,
            NotImplementedError,  # a compression that zipfile does not know
        ) as error:
            raise _unreadable(path, str(error)) from None


def _pairs(
    archive: zipfile.ZipFile, languages: tuple[str, str], path: Path
) -> Iterator[tuple[str, str]]:
    members = [info for info in archive.infolist() if not _is_hidden(info)]
    names = _members([info.filename for info in members], languages, path)
    if any(info.flag_bits & _ENCRYPTED for info in members if info.filename in names):
        raise _unreadable(path, "encrypted")
    source, target = (f"{path}, {name}" for name in names)
    with archive.open(names[0]) as sources, archive.open(names[1]) as targets:
        yield from pair_lines(
            lines_of(cast(BinaryIO, sources), name=source),
            lines_of(cast(BinaryIO, targets), name=target),
            (source, target),
        )


def _is_hidden(info: zipfile.ZipInfo) -> bool:
    """Tell whether a member is a folder, or what macOS adds for each file."""
    return info.is_dir() or info.filename.startswith("__MACOSX/")


def _unreadable(path: Path, reason: str) -> UserError:
    return UserError(
        f"{path}: damaged or incomplete zip file, or one that cannot be read ({reason}).\n"
        "Copy or download it again, or unpack it and name its files as source and target."
    )


def _members(names: Sequence[str], languages: tuple[str, str], path: Path) -> tuple[str, str]:
    """Return the two members that have the same name but for the language at its end."""
    sources, targets = (_by_stem(names, language) for language in languages)
    stems = [stem for stem in sources if stem in targets and sources[stem] != targets[stem]]
    if len(stems) == 1:
        return sources[stems[0]], targets[stems[0]]
    wanted = f"files of one name that end in .{languages[0]} and .{languages[1]}"
    if stems:
        several = listed([sources[stem] for stem in stems])
        raise UserError(
            f"{path}: holds several {wanted}: {several}.\n"
            "Unpack it, and name the files one by one as source and target."
        )
    raise UserError(
        f"{path}: holds no two {wanted}.\nIt holds: {listed(names)}.\n"
        "Set data.source_language and data.target_language to the languages of the file, or unpack "
        "it and name the files in it."
    )


def _by_stem(names: Sequence[str], language: str) -> dict[str, str]:
    """Map NAME of each NAME.xx to the member, xx being the language; `en` is also in en_GB."""
    found: dict[str, str] = {}
    for name in names:
        stem, _, suffix = name.rpartition(".")
        exact = same_language(language, suffix)
        if exact or (covers(language, suffix) and stem not in found):
            found[stem] = name
    return found
