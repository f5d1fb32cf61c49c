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


def slips_in(words, names, apart=None):
    """How many slips of the hand lie between typed words and names: letters wrong, missing, swapped.

    A word that a name begins with is right as far as it goes. Of many who share a name, `apart` may
    remember what was reckoned.
    """
    apart = apart or letters_apart
    other = [name for name in names if name not in words]
    return sum(
        min((apart(word, name) for name in other), default=len(word))
        for word in words
        if not any(name.startswith(word) for name in names)
    )


def letters_apart(one, two):
    """How many letters are wrong, missing or swapped between two words."""
    before, last = [], list(range(len(two) + 1))
    for row, letter in enumerate(one, start=1):
        now = [row]
        for column, other in enumerate(two, start=1):
            cost = min(last[column] + 1, now[-1] + 1, last[column - 1] + (letter != other))
            if row > 1 and column > 1 and letter == two[column - 2] and one[row - 2] == other:
                cost = min(cost, before[column - 2] + 1)
            now.append(cost)
        before, last = last, now
    return last[-1]


def _spell(letter):
    if letter.isascii():
        return letter if letter.isalnum() else " "
    if unicodedata.category(letter)[0] not in "LMN":
        return " "
    number = ord(letter) * SPREAD
    return "".join(ALPHABET[number // 36**place % 36] for place in (2, 1, 0))


def _is_east_asian(letter):
    return letter >= "\u2e80"
