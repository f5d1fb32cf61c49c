"""How names are filed and how they are looked for, in any script."""

import unicodedata
from string import ascii_lowercase, digits

# Trigrams know the letters of one locale only, so every other letter is written as three of these.
ALPHABET = digits + ascii_lowercase
SPREAD = 31627  # has no factor in common with the alphabet's third power: neighbours share nothing
SILENT = "'’ʼ`´"


def sortable(name):
    """A name as it is filed: folded case, no accents. There is no collation to lean on."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def searchable(*names):
    """Every name of a person as it is looked for; East Asian names also without the space."""
    given = [name for name in names if name]
    together = (
        ["".join(given[:2])] if any(_is_east_asian(letter) for letter in "".join(given)) else []
    )
    return " ".join(word for name in given + together for word in words_of(name))


def words_of(text):
    """The words of what somebody typed, spelled as `searchable` spells names."""
    spelled = "".join(_spell(letter) for letter in sortable(text) if letter not in SILENT)
    return spelled.split()


def _spell(letter):
    if letter.isascii():
        return letter if letter.isalnum() else " "
    if unicodedata.category(letter)[0] not in "LMN":
        return " "
    number = ord(letter) * SPREAD
    return "".join(ALPHABET[number // 36**place % 36] for place in (2, 1, 0))


def _is_east_asian(letter):
    return letter >= "\u2e80"
