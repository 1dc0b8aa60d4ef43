"""A slip in the domain of an address is pointed out; a real domain never is."""

from string import ascii_lowercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.addresses import normalise
from accounts.typos import CLOSE, SUGGESTED, slips, suggestion

pytestmark = pytest.mark.pure

REAL = sorted({*SUGGESTED, *CLOSE})
LETTERS = st.text(ascii_lowercase, min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("gmail.ocm", "gmail.com"),
        ("gmai.com", "gmail.com"),
        ("gmaill.com", "gmail.com"),
        ("gnail.com", "gmail.com"),
        ("gmial.con", "gmail.com"),
        ("gmail.comm", "gmail.com"),
        ("GMIAL.COM", "gmail.com"),
        ("googlemial.com", "googlemail.com"),
        ("hotmial.com", "hotmail.com"),
        ("hotmal.com", "hotmail.com"),
        ("hotmail.cmo", "hotmail.com"),
        ("hotmial.co.uk", "hotmail.co.uk"),
        ("yaho.com", "yahoo.com"),
        ("yahooo.com", "yahoo.com"),
        ("yhaoo.de", "yahoo.de"),
        ("outlok.com", "outlook.com"),
        ("outloook.com", "outlook.com"),
        ("iclod.com", "icloud.com"),
        ("icloud.con", "icloud.com"),
        ("aol.con", "aol.com"),
        ("protonmial.com", "protonmail.com"),
        ("t-onlne.de", "t-online.de"),
        ("comcast.ent", "comcast.net"),
    ],
)
def test_a_slip_is_pointed_out(typed: str, meant: str) -> None:
    assert suggestion(normalise(f"maya.lee+run@{typed}")) == f"maya.lee+run@{meant}"


@pytest.mark.parametrize(
    "domain",
    [
        "example.com",
        "mail.com",
        "ymail.com",
        "email.com",
        "gmx.at",
        "me.com",
        "yahoo.co.in",
        "hotmail.it",
        "gmail.example.com",
        "xn--bcher-kva.de",
        "ol.com",
        "ail.com",
        "gail.org",
        "outlook.example",
    ],
)
def test_another_domain_is_left_alone(domain: str) -> None:
    assert suggestion(f"maya@{domain}") == ""


@given(st.sampled_from(REAL), LETTERS)
def test_a_real_domain_is_never_corrected(domain: str, local: str) -> None:
    assert suggestion(f"{local}@{domain}") == ""


@given(LETTERS, st.one_of(LETTERS, st.sampled_from(REAL)), LETTERS)
def test_a_suggestion_is_a_real_domain_a_slip_or_two_away(local: str, name: str, ending: str) -> None:
    domain = f"{name}.{ending}"
    found = suggestion(f"{local}@{domain}")

    if found:
        kept, _at, meant = found.partition("@")
        assert kept == local
        assert meant in SUGGESTED
        assert slips(domain, meant) <= 4


@given(LETTERS, LETTERS)
def test_slips_are_counted_alike_both_ways(first: str, second: str) -> None:
    assert slips(first, second) == slips(second, first)
    assert (slips(first, second) == 0) is (first == second)
    assert slips(first, second) <= max(len(first), len(second))


@pytest.mark.parametrize(
    ("typed", "meant", "count"), [("ab", "ba", 1), ("gmial", "gmail", 1), ("abc", "", 3), ("ca", "abc", 3)]
)
def test_slips(typed: str, meant: str, count: int) -> None:
    assert slips(typed, meant) == count
