"""A lesson becomes a mail: what the coach wrote is cleaned, and only the placeholders become slots."""

import re
from copy import deepcopy
from html.parser import HTMLParser
from typing import Any

import pytest

from challenge.curriculum import drawing_files
from challenge.curriculum.compile import compile_mail, to_html
from challenge.curriculum.compile_lesson import compile_lesson
from challenge.curriculum.sample import sample_values
from challenge.curriculum.slots import CLOSE, OPEN, Compiled, fill, slots

pytestmark = pytest.mark.pure
LENGTH = 21
PICTURE = {"name": "glute-bridge-1", "alt": 'Lying on the back, knees bent, "feet" <flat> & wide.'}
STRETCH = {
    "slug": "glute-bridge",
    "title": "Glute bridge",
    "purpose": "Work the seat.",
    "minutes": 3,
    "hold": "3 seconds",
    "sets": "2 sets of 8",
    "sides": "one",
    "equipment": ["mat", "towel"],
    "feel": "Work in the seat.",
    "not_feel": "No pain.",
    "easier": "Lift less.",
    "harder": "Lift one foot.",
    "skip_if": "It hurts.",
    "area": ["back of hip"],
    "timer": "3 seconds up, 3 seconds down, eight times",
    "figures": [PICTURE],
    "body": "1. Lie down.\n2. Lift.\n3. Lower.",
}
DAY = {
    "number": 9,
    "title": "One leg long",
    "subject": "Which leg?",
    "preview": "Lie down and let one leg be long.",
    "minutes": 7,
    "points": ["S2"],
    "stretches": ["glute-bridge"],
    "self_check": False,
    "run": "Easy run.",
    "sources": ["Betts JG (2022)."],
    "figures": [],
}
LESSON = {
    "day": DAY,
    "body": "Hello.\n\n## Why\n\nSo.",
    "week": "Free it",
    "stretches": [STRETCH],
    "self_check": None,
}


def elements(html: str) -> set[str]:
    found: set[str] = set()
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, _attributes: found.add(tag)  # type: ignore[method-assign]
    parser.feed(html)
    return found


def compiled(body: str = "Hello.", **day: Any) -> Compiled:
    content: dict[str, Any] = deepcopy(LESSON)
    content["body"] = body
    content["day"] |= day
    return compile_lesson(content, LENGTH)


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("<script>alert(1)</script>", '<p dir="auto">&lt;script&gt;alert(1)&lt;/script&gt;</p>\n'),
        ("**bold", '<p dir="auto">**bold</p>\n'),
        ("{% include 'x' %} {{ settings }}", "<p dir=\"auto\">{% include 'x' %} {{ settings }}</p>\n"),
        ("![a cat](https://x.org/cat.png)", '<p dir="auto"></p>\n'),
        ("> **The coach's view.** Mixed", None),
        ("[x](javascript:alert%281%29)", '<p dir="auto">[x](javascript:alert%281%29)</p>\n'),
        (f"{OPEN}leave_url{CLOSE} &#x27E6;day&#10215;", '<p dir="auto">leave_url day</p>\n'),
        ("مرحبا 🏃", '<p dir="auto">مرحبا 🏃</p>\n'),
    ],
)
def test_markdown_is_cleaned(source: str, html: str | None) -> None:
    found = to_html(source)

    assert html is None or found == html
    assert not re.search(r"<(?!/?(p|h2|h3|ul|ol|li|strong|em|blockquote|br|code|a)\b)", found)


@pytest.mark.parametrize("address", ["https://x.org/a", "mailto:a@x.org"])
def test_a_link_to_the_web_or_to_a_mailbox_is_kept(address: str) -> None:
    assert f'<a href="{address}"' in to_html(f"[there]({address})")


@pytest.mark.parametrize(
    "address", ["http://x.org", "ftp://x.org", "/library/", "data:text/html,x", "tel:112"]
)
def test_any_other_link_leads_nowhere(address: str) -> None:
    assert "href" not in to_html(f"[there]({address})")
    assert address not in compiled(f"[there]({address})").text or not address.startswith("http")


def test_the_two_placeholders_become_slots_in_both_parts() -> None:
    mail = compiled("Well done, {first_name}. Yours, {coach_name}. {leave_url} {{first_name}}")
    values = sample_values(first_name="<Robin>", coach_name="Mara")

    assert "Well done, <bdi>&lt;Robin&gt;</bdi>. Yours, Mara. {leave_url} {<bdi>&lt;Robin&gt;</bdi>}" in fill(
        mail.html, values, html=True
    )
    assert "Well done, \u2068<Robin>\u2069. Yours, Mara. {leave_url} {\u2068<Robin>\u2069}" in " ".join(
        fill(mail.text, values).split()
    )


def test_no_other_words_become_slots() -> None:
    tricky = f"{OPEN}leave_url{CLOSE} {OPEN}?day{CLOSE} {OPEN} &#x27E6;hour_url&#x27E7; {{first_name}}"
    plain, written = compiled(), compiled(title=tricky, run=tricky, preview=tricky, sources=[tricky])

    for before, after in ((plain.html, written.html), (plain.text, written.text)):
        assert {name: after.count(slot) for name, slot in slots().items()} == {
            name: before.count(slot) for name, slot in slots().items()
        }
    assert fill(written.html, sample_values(), html=True)
    assert OPEN not in compiled(subject=tricky).subject


@pytest.mark.parametrize(
    "words",
    [
        "</mj-text></mj-section>",
        '"><b>',
        "<script>x</script>",
        "a & b < c > d \" e ' f",
        "&nbsp;&#0;",
        "]]>",
        "<!-- x",
        "{% now %}",
        "‮abc 🏃",
    ],
)
def test_any_words_make_a_whole_mail(words: str) -> None:
    content: dict[str, Any] = deepcopy(LESSON)
    content["day"] |= {"title": words, "preview": words, "run": words, "sources": [words]}
    content["stretches"][0] |= {key: words for key in ("title", "purpose", "hold", "skip_if", "timer")}
    content["stretches"][0]["figures"] = [{"name": "glute-bridge-1", "alt": words}]
    content["body"] = words
    mail = compile_lesson(content, LENGTH)

    assert mail.html.rstrip().endswith("</html>")
    assert mail.html.count('role="main"') == 1
    assert {"done_url", "leave_url"} <= {name for name, slot in slots().items() if slot in mail.html}
    assert not {"b", "script"} & elements(mail.html)


def test_a_picture_has_a_size_a_dark_twin_and_words_for_those_who_do_not_see_it() -> None:
    html = fill(compiled().html, sample_values(site_url="https://reset.example"), html=True)
    [image] = re.findall(r"<img [^>]*>", html)
    [source] = re.findall(r"<source [^>]*>", html)
    light = drawing_files.file_name("glute-bridge-1", "light", "png")
    dark = drawing_files.file_name("glute-bridge-1", "dark", "png")

    assert f'src="https://reset.example/figures/{light}"' in image
    assert 'width="536" height="335"' in image
    assert "Lying on the back, knees bent, &quot;feet&quot;" in image
    assert f'srcset="https://reset.example/figures/{dark}"' in source
    assert "prefers-color-scheme: dark" in source


def test_two_pictures_stand_side_by_side() -> None:
    content: dict[str, Any] = deepcopy(LESSON)
    content["stretches"][0]["figures"] = [PICTURE, PICTURE]

    assert compile_lesson(content, LENGTH).html.count('width="262" height="164"') == 2


def test_a_picture_that_there_is_not_stops_the_compiling() -> None:
    with pytest.raises(KeyError):
        compiled(figures=[{"name": "headstand-1", "alt": "Upside down."}])


def test_the_steps_stay_a_numbered_list() -> None:
    html = compiled().html
    [steps] = re.findall(r"<ol.*?</ol>", html, re.DOTALL)

    assert re.findall(r"<li[^>]*><div[^>]*>([^<]*)</div></li>", steps) == ["Lie down.", "Lift.", "Lower."]


def test_the_strip_says_where_the_runner_is() -> None:
    mail = compiled()

    assert mail.html.count('aria-label="Day 9 of 21"') == 1
    assert [mail.html.count(f'class="cell{kind}"') for kind in (" past", " now", "")] == [8, 1, 12]
    assert fill(mail.text, sample_values()).splitlines()[2:4] == [
        "Day 9 of 21 · Free it · 8 minutes with the reading",
        "[####### #O----- -------]",
    ]


def test_the_coachs_note_shows_when_there_is_one() -> None:
    mail = compiled()
    silent, spoken = sample_values(), sample_values(coach_note="Start <left>.", coach_name="Mara")

    assert "A note from" not in fill(mail.text, silent) + fill(mail.html, silent, html=True)
    assert "A note from Mara:\n\nStart <left>.\n\nHello." in fill(mail.text, spoken)
    assert "Start &lt;left&gt;." in fill(mail.html, spoken, html=True)


def test_the_same_lesson_has_the_same_digest() -> None:
    assert compiled().digest == compiled().digest
    assert len({compiled().digest, compiled("Hi.").digest, compiled(subject="Other").digest}) == 3


def test_a_mail_asks_no_other_host_for_anything() -> None:
    html = fill(compiled().html, sample_values(site_url="https://reset.example"), html=True)

    assert set(re.findall(r"https?://([\w.]+)", re.sub(r'xmlns(:\w)?="[^"]*"', "", html))) <= {
        "reset.example",
        "localhost",
    }
    assert "@import" not in html
    assert "data:" not in html


def test_a_correction_holds_the_coachs_words_and_what_to_do_instead() -> None:
    context = {
        "stretch": "Couch & stretch",
        "message_html": to_html("It was **wrong**."),
        "message_text": "It was wrong.",
        "replacement": {"title": "Glute bridge", "slug": "glute-bridge"},
    }
    mail = compile_mail("correction", context)
    alone = compile_mail("correction", {**context, "replacement": None})

    assert mail.subject == "Please leave out: Couch & stretch"
    assert "/library/glute-bridge/" in mail.html
    assert "/library/glute-bridge/" in mail.text
    assert "Do this instead" not in alone.html
    assert re.search(r"It was <strong[^>]*>wrong</strong>", alone.html)
