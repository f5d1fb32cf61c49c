"""What others made and we ship: unchanged, named, licensed, and only what is used."""

import json
import re
from hashlib import sha256
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "static" / "vendor"
PARTS = json.loads((VENDOR / "manifest.json").read_text())["parts"]
FILES = [(part["name"], file["path"], file["sha256"]) for part in PARTS for file in part["files"]]
SPRITE = (ROOT / "static" / "icons" / "sprite.svg").read_text()


@pytest.mark.parametrize(("part", "path", "digest"), FILES)
def test_a_vendored_file_is_the_one_the_manifest_names(part, path, digest):
    assert sha256((VENDOR / path).read_bytes()).hexdigest() == digest


def test_every_vendored_file_is_in_the_manifest():
    shipped = {str(p.relative_to(VENDOR)) for p in VENDOR.rglob("*") if p.is_file()}

    assert shipped == {path for _, path, _ in FILES if not path.startswith("..")} | {
        "manifest.json"
    }


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part["name"])
def test_every_part_says_its_version_source_and_licence(part):
    assert part["version"]
    assert part["source"].endswith(part["version"])
    assert (VENDOR / part["name"] / "LICENSE").read_text().startswith("The MIT License")


def test_no_vendored_file_points_to_a_map_that_is_not_here():
    assert [
        path for _, path, _ in FILES if b"sourceMappingURL" in (VENDOR / path).read_bytes()
    ] == []


def test_the_sprite_holds_every_icon_a_template_names():
    named = set()
    for template in (ROOT / "templates").rglob("*.html"):
        named |= set(
            re.findall(r'components/icon\.html" with name="([a-z-]+)"', template.read_text())
        )

    assert sorted(named - set(re.findall(r'<symbol id="([a-z-]+)"', SPRITE))) == []
