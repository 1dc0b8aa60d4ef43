"""The pages of docs/ that quote the code quote it as it is."""

import re

import pytest

from tests.support import ROOT

EXAMPLE = re.compile(r"\(`([\w/]+\.py)`\):\n\n((?:    .*\n|\n(?=    ))+)")
STYLE = EXAMPLE.findall((ROOT / "docs" / "style.md").read_text())


@pytest.mark.pure
@pytest.mark.parametrize(("path", "quote"), STYLE)
def test_the_style_page_quotes_the_code(path: str, quote: str) -> None:
    [file] = [file for file in (ROOT / "challenge" / path, ROOT / path) if file.exists()]
    lines = [line[4:].rstrip() for line in quote.rstrip().splitlines()]
    assert "\n".join(lines) in file.read_text()


@pytest.mark.pure
def test_there_are_six_examples() -> None:
    assert len(STYLE) == 6
