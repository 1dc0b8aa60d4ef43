"""An address has one spelling, however it was typed; a refusal says in our own words what to do."""

import pytest
from django.utils import translation

from accounts.addresses import AddressError, ascii_spelling, normalise

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Maya@Example.COM\n", "maya@example.com"),
        ("maya+run@example.com", "maya+run@example.com"),
        ("maya@bücher.de", "maya@xn--bcher-kva.de"),
        ("maya@XN--BCHER-KVA.de", "maya@xn--bcher-kva.de"),
        ("maya@evil。com", "maya@evil.com"),
        ("maya@evil\uff61com", "maya@evil.com"),
        (
            "\uff4d\uff41\uff59\uff41\uff20\uff45\uff58\uff41\uff4d\uff50\uff4c\uff45\uff0e\uff43\uff4f\uff4d",
            "maya@example.com",
        ),
        ("\u202amaya@example.com\u202c\u200b", "maya@example.com"),
        ("o'neil_%x@example.co.uk", "o'neil_%x@example.co.uk"),
    ],
)
def test_one_spelling(typed: str, kept: str) -> None:
    assert normalise(typed) == kept
    assert normalise(kept) == kept


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Write the address"),
        ("maya", "The @ is missing"),
        ("@example.com", "Something is missing beside the @"),
        ("maya@", "Something is missing beside the @"),
        ("ma ya@example.com", "Write one address alone"),
        ("maya@example,com", "Write one address alone"),
        ("maya@example.com, bob@example.com", "Write one address alone"),
        ("Maya <maya@example.com>", "Write one address alone"),
        ("mailto:maya@example.com", "Write one address alone"),
        ("maya@@example.com", "Write one address alone"),
        ("maya@example.com\r\nBcc: bob@example.com", "Write one address alone"),
        ("jörg@example.com", "refuse ö before the @"),
        ('"maya"@example.com', 'refuse " before the @'),
        ("😀@example.com", "refuse 😀 before the @"),
        (".maya@example.com", "A dot is doubled"),
        ("ma..ya@example.com", "A dot is doubled"),
        ("maya@example..com", "A dot is doubled"),
        ("maya@example.com.", "A dot is doubled"),
        ("m" * 65 + "@example.com", "longer than an address can be"),
        ("maya@" + "e" * 64 + ".com", "longer than an address can be"),
        ("maya@" + "e." * 130 + "com", "longer than an address can be"),
        ("maya@[127.0.0.1]", "No address has [ after the @"),
        ("maya@exam_ple.com", "No address has _ after the @"),
        ("maya@☃.com", "No address has ☃ after the @"),
        ("maya@localhost", "ends in localhost"),
        ("maya@site.test", "ends in test"),
        ("maya@example", "The ending is missing"),
        ("maya@127.0.0.1", "The ending is missing"),
        ("maya@-example.com", "A hyphen stands at an end"),
        ("maya@ex\u0430mple.com", "two alphabets"),
        ("maya@xn--a.de", "Check each letter"),
    ],
)
def test_a_refusal_says_what_to_do(typed: str, said: str) -> None:
    with pytest.raises(AddressError) as refused:
        normalise(typed)
    assert said in str(refused.value)
    assert str(refused.value).endswith(".")


def test_refusals_can_be_translated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.addresses._", lambda text: f"[{translation.get_language()}] {text}")
    with translation.override("de"), pytest.raises(AddressError, match=r"\[de\] The @ is missing"):
        normalise("maya")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("bücher", "xn--bcher-kva"),
        ("maya@Bücher.de", "maya@xn--bcher-kva.de"),
        ("maya@evil。com", "maya@evil.com"),
        ("maya@", "maya@"),
        ("jörg@", "jörg@"),
        ("😀", "😀"),
        ("ß.de", "xn--zca.de"),
    ],
)
def test_a_part_of_an_address_for_a_search(typed: str, kept: str) -> None:
    assert ascii_spelling(typed) == kept
