"""The mistakes of a file: where, in which line, what, all of them at once."""

from collections.abc import Iterable
from dataclasses import dataclass

Place = tuple[str | int, ...]
Misplaced = tuple[Place, str, str]


@dataclass(frozen=True)
class Mistake:
    """One thing that is wrong with a file, in words that name its place."""

    place: str
    line: int | None
    message: str
    code: str

    def __str__(self) -> str:
        where = [self.place] if self.place else []
        where += [f"line {self.line}"] if self.line else []
        return f"{', '.join(where)}: {self.message}" if where else self.message


class FileMistakes(ValueError):
    """A file that was refused, with every mistake found in it."""

    def __init__(self, mistakes: Iterable[Mistake]):
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


def place_words(place: Place) -> str:
    """Write a place the way a person would point at it: screening.items[3].options[1].label."""
    words = ""
    for part in place:
        words += f"[{part}]" if isinstance(part, int) else f".{part}" if words else str(part)
    return words
