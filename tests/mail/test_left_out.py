"""Whatever is left out for a runner, nothing of it is in the lesson's mail, and all the rest is."""

import re
from collections.abc import Collection
from functools import cache
from html import unescape
from typing import Any

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from challenge.curriculum.accessibility import check_accessibility
from challenge.curriculum.check_files import lesson_from_files
from challenge.curriculum.compile_lesson import compile_lesson
from challenge.curriculum.course import CONTENT, read_course
from challenge.curriculum.lesson import Content
from challenge.curriculum.movements import SELF_CHECK, movements_of
from challenge.curriculum.sample import SampleValues, sample_values
from challenge.curriculum.slots import CLOSE, OPEN, Compiled, fill, keeps
from challenge.site.lessons import lesson_context
from tests.mail.test_mail_parts import Reader, words

pytestmark = pytest.mark.pure

COURSE = read_course(CONTENT / "reset-21")
DAYS = sorted(COURSE.days)
MOVEMENTS = (SELF_CHECK, *sorted(COURSE.stretches))
OF_A_MOVEMENT = ("purpose", "skip_if", "feel", "not_feel", "reminder", "timer", "hold", "body")
COUNT = re.compile(r"^(?:Stretch \d of \d|Today's stretch|Self-check)$", re.MULTILINE)
days, lists = st.sampled_from(DAYS), st.sets(st.sampled_from(MOVEMENTS))


class Less(SampleValues):
    """The values of a runner for whom some movements are left out."""

    def __init__(self, day: int, left_out: Collection[str], words_only: bool) -> None:
        super().__init__(sample_values(day, postal_address="1 Long Road, Bristol"))
        self.update(exercise="" if words_only else "yes", words_only="yes" if words_only else "")
        self._left_out, self._words_only = left_out, words_only

    def __missing__(self, name: str) -> str:
        return "yes" if keeps(name, self._left_out, self._words_only) else ""


@cache
def lesson(day: int) -> tuple[Content, Compiled]:
    content = lesson_from_files(COURSE, day)
    return content, compile_lesson(content, len(DAYS))


def mail(day: int, left_out: Collection[str] = (), words_only: bool = False) -> tuple[str, str]:
    """Return the two parts of a mail, each on one line, its drawings as their addresses."""
    values, compiled = Less(day, left_out, words_only), lesson(day)[1]
    text, html = fill(compiled.text, values), fill(compiled.html, values, html=True)
    # Both parts say the same, and the HTML closes whatever it opens, in the markup for Outlook too.
    said = re.sub(r"https?://\S+|mailto:\S+|^\[[#O -]+\]$|^-+$", " ", text, flags=re.MULTILINE)
    assert words(said) == words(" ".join(Reader.of(html).said))
    assert html.count("<!--[if") == html.count("<![endif]-->")
    for part in (text, html):
        assert OPEN not in part
        assert CLOSE not in part
    assert "\n\n\n" not in text
    return text, unescape(html)


def sentences(part: Content, name: str) -> set[str]:
    """Return the sentences of a movement, as a mail that has it shows them, and its drawings' addresses."""
    source = " ".join(str(part.get(key, "")) for key in OF_A_MOVEMENT)
    plain = re.sub(r"^\d+\. |[*_#]|\s+", " ", source, flags=re.MULTILINE)
    found = {each.strip(" .") for each in re.split(r"(?<=[.!?:]) ", " ".join(plain.split()))}
    drawings = {f"/figures/{figure['name']}." for figure in part["figures"]}
    alts = {figure["alt"] for figure in part["figures"]}
    return {each for each in found if len(each) > 15} | drawings | alts | {f"/library/{name}/"}


def flat(parts: tuple[str, str]) -> str:
    """Return both parts, and the addresses in them, without the marks of steps and emphasis."""
    text, html = parts
    addresses = " ".join(re.findall(r'(?:src|srcset|href|alt)="([^"]*)"', html))
    bare = re.sub(r"<[^>]+>|[*_]|^\s*\d+\. ", " ", f"{text} {html} {addresses}", flags=re.MULTILINE)
    return " ".join(bare.split())


@settings(max_examples=40, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(days, lists, st.booleans())
@example(1, {SELF_CHECK}, False)
@example(15, set(), True)
@example(15, set(MOVEMENTS), False)
@example(21, {"standing-hip-flexor", "glute-bridge"}, False)
def test_nothing_of_what_is_left_out_is_in_the_mail_and_all_the_rest_is(
    day: int, left_out: set[str], words_only: bool
) -> None:
    content = lesson(day)[0]
    whole, found = flat(mail(day)), flat(mail(day, left_out, words_only))
    parts = movements_of(content)
    out = {slug for slug in parts if words_only or slug in left_out}
    kept = {each for slug, part in parts.items() if slug not in out for each in sentences(part, slug)}
    # The words of the day may say the same.
    kept.add(" ".join(re.sub(r"[*_]", "", content["body"]).split()))
    for slug, part in parts.items():
        of_others = set[str]().union(*(sentences(parts[other], other) for other in parts if other != slug))
        own = {each for each in sentences(part, slug) if not any(each in other for other in of_others)}
        shown = {each for each in own if each in whole}
        assert len(shown) > 2
        for each in shown:
            if slug not in out:
                assert each in found, (slug, each)
            elif not any(each in other for other in kept):
                assert each not in found, (slug, each)
    for word in (content["day"]["run"], content["day"].get("no_run") or content["day"]["run"]):
        assert (word in found) is not words_only


@settings(max_examples=30, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(days, lists, st.booleans())
def test_no_count_and_no_minutes_lie(day: int, left_out: set[str], words_only: bool) -> None:
    content = lesson(day)[0]
    text = mail(day, left_out, words_only)[0]
    page = lesson_context(content, "Robin", left_out, words_only)
    shown = len(page["stretches"])
    places = [f"Stretch {place} of {shown}" for place in range(1, shown + 1)]
    counts = ["Self-check"] * bool(page["self_check"]) + (
        places if shown > 1 else ["Today's stretch"] * shown
    )

    assert COUNT.findall(text) == counts
    minutes = re.search(r"· (\d+) minutes? (with the|of) reading", text)
    assert minutes
    assert (int(minutes[1]), minutes[2]) == (page["minutes"], "with the" if counts else "of")
    assert ("When done:" in text) is bool(counts)
    assert ("NO STRETCHING TODAY" in text) is (not counts)


def test_what_is_left_out_is_named_before_the_words_and_without_a_word_about_health() -> None:
    text = mail(9, {"supine-psoas-march"})[0]
    said = "! Left out for you: Supine psoas march.\nYour page says why. Where today's words ask for it"
    assert said in text
    assert text.index(said) < text.index("Lie down, draw one thigh")
    assert "Left out for you" not in mail(9, {"couch-stretch"})[0]


def test_words_alone_begin_with_what_is_not_to_be_done() -> None:
    text, html = mail(18, words_only=True)
    assert text.index("! Nothing here is to be done now.") < text.index("Why this matters")
    assert "No stretching and no running until somebody has seen you." in " ".join(text.split())
    for word in ("Today's run", "No run today?", "Stretch 1", "Left out for you", "When done"):
        assert word not in text + html
    preview = lesson(18)[0]["day"]["preview"]
    assert preview in mail(18)[1]
    assert preview not in html


def test_a_drawing_of_the_words_goes_with_the_movement_that_it_shows() -> None:
    content = lesson_from_files(COURSE, 9)
    alt = "Lying on the back, one knee drawn up, the other leg long on the floor."
    names = ("psoas-front", "one-leg-long-psoas-stretch-1", "couch-stretch-1")
    figures: list[dict[str, Any]] = [{"name": name, "alt": f"{alt} {name}"} for name in names]
    content = {**content, "day": {**content["day"], "figures": figures}}
    compiled = compile_lesson(content, len(DAYS))

    def alts(left_out: Collection[str], words_only: bool = False) -> list[str]:
        html = fill(compiled.html, Less(9, left_out, words_only), html=True)
        page = lesson_context(content, "Robin", left_out, words_only)
        found = [name for name in names if f'alt="{alt} {name}"' in html]
        assert [picture.alt for picture in page["pictures"]] == [f"{alt} {name}" for name in found]
        return found

    assert alts(()) == list(names)
    assert alts({"couch-stretch"}) == list(names[:2])
    assert alts({"one-leg-long-psoas-stretch"}) == [names[0], names[2]]
    assert alts((), words_only=True) == [names[0]]


@pytest.mark.parametrize("day", DAYS)
def test_checks_before_publishing_see_every_section(day: int) -> None:
    compiled = lesson(day)[1]
    assert not check_accessibility(compiled)
    for said in ("Nothing here is to be done now", "No stretching today", "Left out for you", "Today's run"):
        assert said in unescape(compiled.html)


def test_a_section_of_another_name_has_no_value() -> None:
    with pytest.raises(KeyError):
        keeps("greeting", (), False)
    with pytest.raises(KeyError):
        fill(f"{OPEN}stretch_couch_stretch{CLOSE}", sample_values())
