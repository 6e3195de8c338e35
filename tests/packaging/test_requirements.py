"""The lists of packages: pinned, by hash, from any index, and the same version everywhere."""

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent.parent.parent / "requirements"
LISTS = ("runtime", "local", "dev", "sam")


def pins(name: str) -> dict[str, str]:
    text = (FOLDER / f"{name}.txt").read_text()
    return dict(re.findall(r"^([a-z0-9-]+)(?:\[[^]]*\])?==([^ ]+)", text, re.MULTILINE))


@pytest.mark.parametrize("name", LISTS)
def test_a_list_pins_every_package_by_hash(name: str) -> None:
    text = (FOLDER / f"{name}.txt").read_text().replace("\\\n", "")
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    assert lines
    for line in lines:
        assert re.match(r"[a-z0-9.\[\], -]+==\S+", line), line
        assert "--hash=sha256:" in line


@pytest.mark.parametrize("name", LISTS)
def test_a_list_names_no_index(name: str) -> None:
    text = (FOLDER / f"{name}.txt").read_text() + (FOLDER / f"{name}.in").read_text()
    assert "://" not in text
    assert "index-url" not in text


@pytest.mark.parametrize(("smaller", "larger"), [("runtime", "local"), ("local", "dev")])
def test_what_runs_is_what_was_tested(smaller: str, larger: str) -> None:
    tested = pins(larger)
    assert {name: tested.get(name) for name in pins(smaller)} == pins(smaller)
