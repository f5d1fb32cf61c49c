"""The contrast of every pair of colours that stands on a page, in both themes."""

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).resolve().parents[3] / "static" / "css" / "tokens.css").read_text()
GROUNDS = ["page", "surface", "raised", "sunken"]
TONES = ["info", "good", "attention", "danger", "record", "void"]


def tokens(theme):
    block = re.search(rf'\[data-bs-theme="{theme}"\] {{(.*?)\n}}', CSS, re.DOTALL).group(1)
    return dict(re.findall(r"--vg-([a-z0-9-]+): (#[0-9a-f]{6});", block))


def luminance(colour):
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize(("theme", "least"), [("light", 7), ("dark", 4.5)])
def test_body_text_is_read_easily(theme, least, ground):
    colour = tokens(theme)

    assert contrast(colour["ink"], colour[ground]) >= least
    assert contrast(colour["muted"], colour[ground]) >= least


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("text", ["accent", "accent-hover", "faint", *TONES])
def test_coloured_text_is_readable_on_every_ground(theme, ground, text):
    colour = tokens(theme)

    assert contrast(colour[text], colour[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("tone", TONES)
def test_a_chip_is_readable_on_its_own_wash(theme, tone):
    colour = tokens(theme)

    assert contrast(colour[tone], colour[f"{tone}-wash"]) >= 4.5
    assert contrast(colour["ink"], colour[f"{tone}-wash"]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("fill", ["fill", "fill-hover", "danger-fill", "danger-fill-hover"])
def test_a_filled_button_is_readable(theme, fill):
    colour = tokens(theme)

    assert contrast(colour["on-fill"], colour[fill]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize(
    "mark", ["focus", "line-strong", "series-1", "series-2", "series-3", "series-4", "series-5"]
)
def test_what_is_not_text_stands_out_three_to_one(theme, ground, mark):
    colour = tokens(theme)

    assert contrast(colour[mark], colour[ground]) >= 3


def test_nothing_in_dim_is_brighter_than_its_top_grey():
    dim = tokens("dark")

    assert {n: c for n, c in dim.items() if luminance(c) > luminance(dim["ink"])} == {}


def test_both_themes_name_the_same_colours():
    assert tokens("light").keys() == tokens("dark").keys()


def test_no_other_file_names_a_colour_of_its_own():
    folder = Path(__file__).resolve().parents[3] / "static" / "css"
    # Paper is white and a QR code has to be; everything else is a token.
    free = {
        "print.css": {"#fff", "#000", "#333", "#444", "#bbb", "#eee"},
        "components.css": {"#fff"},
    }

    for sheet in sorted(folder.glob("*.css")):
        if sheet.name != "tokens.css":
            found = set(re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[;\s])", sheet.read_text()))
            assert found <= free.get(sheet.name, set()), sheet.name
