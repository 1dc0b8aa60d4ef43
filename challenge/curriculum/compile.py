"""Compile a lesson into a mail with slots: once when it is published, not for each mail.

Each mail is a Django template of MJML, one of plain text and one of its subject. A coach's text goes through
`to_html` and `plain_text`; of its placeholders only slots.PLACEHOLDERS become slots.
"""

import re
from typing import Any

import mrml
import nh3
from django.template.loader import render_to_string
from markdown_it import MarkdownIt

from challenge import drawings
from challenge.curriculum import drawing_files, palette
from challenge.curriculum.lesson import whole_minutes, with_dose
from challenge.curriculum.plain import plain_text
from challenge.curriculum.slots import Compiled, sections, slots, with_slots, without_slots
from challenge.curriculum.sources import short_names

BLOCKS = {"p", "h2", "h3", "ul", "ol", "li", "blockquote"}
TAGS = BLOCKS | {"strong", "em", "br", "code", "a"}
# Without this, mrml makes the mail load fonts from Google.
OPTIONS = mrml.RenderOptions(fonts={})
ARTICLE = re.compile(
    r'(<div class="page") aria-label="[^"]*" aria-roledescription="email" (style="[^"]*") role="article"'
)
# CSS pixels: the width of a single drawing in a card, and of two side by side, in a mail of 600.
WIDE, HALF = 536, 262


def to_html(markdown: str) -> str:
    """Return Markdown as HTML of the allow-listed tags; each block takes the direction of its script."""
    rendered = MarkdownIt("commonmark", {"html": False}).render(markdown)
    cleaned = nh3.clean(
        rendered,
        tags=TAGS,
        attributes={"a": {"href"}},
        set_tag_attribute_values={tag: {"dir": "auto"} for tag in BLOCKS},
        url_schemes={"https", "mailto"},
        url_relative="deny",
    )
    return without_slots(cleaned)


def compile_lesson(content: dict[str, Any], length: int) -> Compiled:
    """Compile a day's lesson; `content` is as curriculum.lesson assembles it, `length` in days."""
    content = _without_slots(content)
    day, body = content["day"], content["body"]
    number = day["number"]
    cells = [{"past": n < number, "today": n == number} for n in range(1, length + 1)]
    return _compile(
        "lesson",
        {
            "length": length,
            "week": content["week"],
            "day": day,
            "minutes": whole_minutes(content),
            "sources": short_names(day["sources"]),
            "strip": cells,
            "lesson_html": with_slots(to_html(body)),
            "lesson_text": with_slots(plain_text(body)),
            "pictures": _drawings(day.get("figures", [])),
            "stretches": [_stretch_context(stretch, day) for stretch in content["stretches"]],
            "self_check": _stretch_context(content["self_check"], day) if content["self_check"] else None,
        },
    )


def compile_mail(name: str, context: dict[str, Any]) -> Compiled:
    return _compile(name, _without_slots(context))


def _compile(name: str, context: dict[str, Any]) -> Compiled:
    context = {**context, "slot": slots(), **sections(), "light": palette.LIGHT, "dark": palette.DARK}
    text = render_to_string(f"emails/{name}.txt", context).strip()
    return Compiled(
        subject=" ".join(render_to_string(f"emails/{name}.subject.txt", context).split()),
        text=re.sub(r"\n{3,}", "\n\n", text) + "\n",
        html=_render_mjml(render_to_string(f"emails/{name}.mjml", context)),
    )


def _render_mjml(source: str) -> str:
    """Render MJML as HTML. Raises OSError when it is not well-formed."""
    html = mrml.to_html(source, render_options=OPTIONS).content
    # mrml hides the preview text as white on white, which spam filters punish.
    html = html.replace("font-size:1px;color:#ffffff;", f"font-size:1px;color:{palette.LIGHT['ink']};", 1)
    # A screen reader needs one landmark around the mail; mrml makes it an article of kind "email".
    return ARTICLE.sub(r'\1 role="main" \2', html)


def _stretch_context(content: dict[str, Any], day: dict[str, Any]) -> dict[str, Any]:
    content = with_dose(content, day)
    shown = content.get("figures", [])
    # A list's number looks like its item; the wrapper gives the item's text a style of its own.
    html = to_html(content["body"])
    html = re.sub(r"(<li\b[^>]*>)", r'\1<div class="step">', html).replace("</li>", "</div></li>")
    return {
        **content,
        "steps_html": html,
        "steps_text": plain_text(content["body"]),
        "pictures": _drawings(shown if content["in_full"] else shown[-1:]),
    }


def _drawings(shown: list[dict[str, str]]) -> list[dict[str, Any]]:
    is_pair = len(shown) == 2
    return [_drawing(drawing["name"], drawing["alt"], is_pair) for drawing in shown]


def _drawing(name: str, alt: str, half: bool) -> dict[str, Any]:
    width, height = drawings.size(name)
    shown = HALF if half else WIDE
    return {
        "alt": alt,
        "half": half,
        "light": drawing_files.file_name(name, "light", "png"),
        "dark": drawing_files.file_name(name, "dark", "png"),
        "width": shown,
        "height": round(shown * height / width),
    }


def _without_slots(content: Any) -> Any:
    """Remove the brackets of slots from every text of the content."""
    if isinstance(content, str):
        return without_slots(content)
    if isinstance(content, dict):
        return {key: _without_slots(value) for key, value in content.items()}
    if isinstance(content, list):
        return [_without_slots(value) for value in content]
    return content
