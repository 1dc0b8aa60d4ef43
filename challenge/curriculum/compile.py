"""Compile a mail with slots from its templates: a lesson's once when it is published, not for each mail.

Each mail is a Django template of MJML, one of plain text and one of its subject. A coach's text goes through
`to_html` and `plain_text`; of its placeholders only slots.PLACEHOLDERS become slots.
"""

import re
from typing import Any

import mrml
import nh3
from django.template.loader import render_to_string
from markdown_it import MarkdownIt

from challenge.curriculum import palette
from challenge.curriculum.slots import Compiled, sections, slots, without_slots

BLOCKS = {"p", "h2", "h3", "ul", "ol", "li", "blockquote"}
TAGS = BLOCKS | {"strong", "em", "br", "code", "a"}
# Without this, mrml makes the mail load fonts from Google.
OPTIONS = mrml.RenderOptions(fonts={})
ARTICLE = re.compile(
    r'(<div class="page") aria-label="[^"]*" aria-roledescription="email" (style="[^"]*") role="article"'
)


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


def compile_mail(name: str, context: dict[str, Any], **marks: tuple[str, str]) -> Compiled:
    """Compile a mail; `marks` are those around a section (curriculum.movements), by their name in it."""
    return render(name, {**remove_slots(context), **marks})


def render(name: str, context: dict[str, Any]) -> Compiled:
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


def remove_slots(content: Any) -> Any:
    """Remove the brackets of slots from every text of the content."""
    if isinstance(content, str):
        return without_slots(content)
    if isinstance(content, dict):
        return {key: remove_slots(value) for key, value in content.items()}
    if isinstance(content, list):
        return [remove_slots(value) for value in content]
    return content
