"""Turn a lesson into a mail with slots: once for each publishing, never for each mail.

Each mail is a Django template of MJML, one of plain text and one of its subject. What a coach
writes goes through `to_html` and `plain`; nothing of it can become a slot but slots.PLACEHOLDERS.
"""

import hashlib
import re
from dataclasses import dataclass
from typing import Any

import mrml
import nh3
from django.template.loader import render_to_string
from markdown_it import MarkdownIt

from challenge import drawings
from challenge.curriculum import drawing_files, palette
from challenge.curriculum.plain import plain
from challenge.curriculum.slots import placed, sections, slots, without_slots

BLOCKS = {"p", "h2", "h3", "ul", "ol", "li", "blockquote"}
TAGS = BLOCKS | {"strong", "em", "br", "code", "a"}
# What a coach may write for the runner's and for her own name.
# No fonts are fetched from anywhere: without this mrml asks Google for those it knows.
OPTIONS = mrml.RenderOptions(fonts={})
ARTICLE = re.compile(
    r'(<div class="page") aria-label="[^"]*" aria-roledescription="email" (style="[^"]*") role="article"'
)
# CSS pixels: a card's width within its padding, in a mail of 600; two pictures stand side by side.
WIDE, HALF = 536, 262


@dataclass(frozen=True)
class Compiled:
    """A mail whose slots are not filled yet."""

    subject: str
    text: str
    html: str

    @property
    def digest(self) -> str:
        whole = "\0".join((self.subject, self.text, self.html))
        return hashlib.sha256(whole.encode()).hexdigest()


def to_html(markdown: str) -> str:
    """Markdown as HTML of the allow-listed tags alone; each block takes the direction of its script."""
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
    """A day's lesson as a mail with slots; `content` is as curriculum.lesson assembles it, `length` how
    many days the program has."""
    content = _deep(content)
    day, body = content["day"], content["body"]
    number = day["number"]
    cells = [{"past": n < number, "today": n == number} for n in range(1, length + 1)]
    return _compile(
        "lesson",
        {
            "length": length,
            "week": content["week"],
            "day": day,
            "strip": cells,
            "lesson_html": placed(to_html(body)),
            "lesson_text": placed(plain(body)),
            "pictures": _pictures(day),
            "stretches": [_part(stretch) for stretch in content["stretches"]],
            "self_check": _part(content["self_check"]) if content["self_check"] else None,
        },
    )


def compile_mail(name: str, context: dict[str, Any]) -> Compiled:
    """One of the other mails."""
    return _compile(name, _deep(context))


def _compile(name: str, context: dict[str, Any]) -> Compiled:
    """The three templates of a mail, rendered with every slot in its place."""
    context = {**context, "slot": slots(), **sections(), "light": palette.LIGHT, "dark": palette.DARK}
    text = render_to_string(f"emails/{name}.txt", context).strip()
    return Compiled(
        subject=" ".join(render_to_string(f"emails/{name}.subject.txt", context).split()),
        text=re.sub(r"\n{3,}", "\n\n", text) + "\n",
        html=_rendered(render_to_string(f"emails/{name}.mjml", context)),
    )


def _rendered(source: str) -> str:
    """MJML as HTML. Raises OSError when it is not well-formed."""
    html = mrml.to_html(source, render_options=OPTIONS).content
    # White on white, which mrml makes of the hidden preview text, looks like spam to a filter.
    html = html.replace("font-size:1px;color:#ffffff;", f"font-size:1px;color:{palette.LIGHT['ink']};", 1)
    # To a screen reader the whole mail is one landmark; mrml calls it an article of kind "email".
    return ARTICLE.sub(r'\1 role="main" \2', html)


def _part(content: dict[str, Any]) -> dict[str, Any]:
    """A stretch or the self-check, its steps as HTML whose numbers stand out, and as text."""
    # A list's number has the look of its item, so what the item says is wrapped, to have its own.
    html = to_html(content["body"])
    html = re.sub(r"(<li\b[^>]*>)", r'\1<div class="step">', html).replace("</li>", "</div></li>")
    return {
        **content,
        "steps_html": html,
        "steps_text": plain(content["body"]),
        "pictures": _pictures(content),
    }


def _pictures(holder: dict[str, Any]) -> list[dict[str, Any]]:
    """The figures of a day, a stretch or the self-check, as a mail shows them."""
    shown = holder.get("figures", [])
    is_pair = len(shown) == 2
    return [_picture(figure["name"], figure["alt"], is_pair) for figure in shown]


def _picture(name: str, alt: str, half: bool) -> dict[str, Any]:
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


def _deep(content: Any) -> Any:
    """The same content without the brackets of slots, wherever they stand."""
    if isinstance(content, str):
        return without_slots(content)
    if isinstance(content, dict):
        return {key: _deep(value) for key, value in content.items()}
    if isinstance(content, list):
        return [_deep(value) for value in content]
    return content
