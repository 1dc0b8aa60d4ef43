"""The rules for a lesson, a stretch, the self-check and an article."""

import re
from typing import Any

from django.utils.translation import gettext as _

from challenge.curriculum.lint import fields
from challenge.curriculum.lint.blocks import blocks, first_line, tokens
from challenge.curriculum.lint.doses import bad_minutes, lint_doses
from challenge.curriculum.lint.fields import items_of, text_of
from challenge.curriculum.lint.finding import Finding, in_order
from challenge.curriculum.lint.reading import word_count
from challenge.curriculum.parse import AREAS, FAMILIES
from challenge.curriculum.slots import PLACEHOLDERS

WHY = "## Why this matters for your running"
# A short one breaks the mould: dose_table.MOST_SHORT_LESSONS of a course.
LESSON_WORDS = (80, 220)
COACHS_VIEW = "The coach's view."
OPINIONS = frozenset({"E11", "E12", "E17", "E18", "E23"})
LEAST_STEPS = 3

_NO_POSITION = re.compile(
    r"\s*(?:an?\s+|the\s+)?(?:line\s+)?(?:picture|image|photo|photograph|drawing|figure|illustration|graphic)\b",
    re.IGNORECASE,
)


def lint_lesson(content: dict[str, Any]) -> list[Finding]:
    """Return the faults of the day's own parts; each stretch is linted separately."""
    day = content.get("day")
    day = day if isinstance(day, dict) else {}
    body = text_of(content.get("body"))
    found = fields.plain_fields(day, fields.DAY) + fields.optional_fields(day, fields.OPTIONAL_DAY)
    found += lint_doses(day)
    found += fields.markdown_field("lesson", body, fields.LESSON_LENGTH, PLACEHOLDERS)
    if body.strip() and len(body) <= fields.LESSON_LENGTH:
        found += _lesson_parts(body, {str(point) for point in items_of(day.get("points"))})
        found += fields.too_hard("lesson", body)
    found += _repeated_preview(day) + _sources(day)
    if not items_of(day.get("points")):
        found.append(Finding("points", 1, _("This is empty. Choose at least one point.")))
    return in_order(found + _drawings(day))


def lint_stretch(content: dict[str, Any]) -> list[Finding]:
    found = fields.plain_fields(content, fields.STRETCH) + _steps(content)
    found += fields.optional_fields(content, fields.OPTIONAL_STRETCH)
    areas = items_of(content.get("area"))
    if not areas or any(area not in AREAS for area in areas):
        advice = _("Choose one or more of these areas: %(areas)s.")
        found.append(Finding("area", 1, advice % {"areas": ", ".join(AREAS)}))
    things = items_of(content.get("equipment"))
    found += fields.too_many("equipment", things, fields.MAX_EQUIPMENT)
    for number, thing in enumerate(things[: fields.MAX_EQUIPMENT], 1):
        found += fields.plain_field("equipment", text_of(thing), (2, 60), number)
    found += bad_minutes("minutes", content.get("minutes"))
    if content.get("sides") not in ("both", "one"):
        found.append(Finding("sides", 1, _("Say whether both sides take turns or there is only one.")))
    if (content.get("family") or FAMILIES[0]) not in FAMILIES:
        advice = _("Choose one of these families, or none: %(families)s.")
        found.append(Finding("family", 1, advice % {"families": ", ".join(FAMILIES)}))
    return in_order(found + _drawings(content, least=1))


def lint_self_check(content: dict[str, Any]) -> list[Finding]:
    found = fields.plain_fields(content, fields.SELF_CHECK) + _steps(content)
    found += bad_minutes("minutes", content.get("minutes"))
    return in_order(found + _drawings(content, least=1))


def lint_article(body: str) -> list[Finding]:
    body = text_of(body)
    found = fields.markdown_field("article", body, fields.ARTICLE_LENGTH)
    if body.strip() and len(body) <= fields.ARTICLE_LENGTH:
        found += fields.too_hard("article", body)
        if not any(block.heading for block in blocks(tokens(body))):
            advice = _("Give the page headings (## ), so that people find their way.")
            found.append(Finding("article", 1, advice))
    return in_order(found)


def _lesson_parts(body: str, points: set[str]) -> list[Finding]:
    found = []
    (least, most), count = LESSON_WORDS, word_count(body)
    if not least <= count <= most:
        advice = _("Words in the lesson: %(count)d; %(least)d to %(most)d are right.")
        found.append(Finding("lesson", 1, advice % {"count": count, "least": least, "most": most}))
    whys = [number for number, line in enumerate(body.split("\n"), 1) if line.strip() == WHY]
    if len(whys) != 1:
        advice = _('The lesson needs one section "%(why)s", and only one.')
        found.append(Finding("lesson", whys[1] if whys else 1, advice % {"why": WHY}))
    if points & OPINIONS and not _gives_coachs_view(body):
        advice = _("%(points)s: this is opinion. Put it in a quotation that begins > **%(words)s**")
        named = ", ".join(sorted(points & OPINIONS))
        found.append(Finding("lesson", 1, advice % {"points": named, "words": COACHS_VIEW}))
    return found


def _gives_coachs_view(body: str) -> bool:
    parsed = tokens(body)
    for quote, _open, inline in zip(parsed, parsed[1:], parsed[2:], strict=False):
        if quote.type == "blockquote_open" and inline.type == "inline":
            begin = [child for child in inline.children or [] if child.type != "text" or child.content][:2]
            if [child.type for child in begin] == ["strong_open", "text"]:
                return begin[1].content.replace("\u2019", "'") == COACHS_VIEW
    return False


def _repeated_preview(day: dict[str, Any]) -> list[Finding]:
    subject, preview = text_of(day.get("subject")).strip(), text_of(day.get("preview")).strip()
    if not subject or subject.lower() not in preview.lower():
        return []
    return [Finding("preview", 1, _("The preview repeats the subject. Let it say what comes next."))]


def _sources(day: dict[str, Any]) -> list[Finding]:
    sources = items_of(day.get("sources"))
    if not sources:
        return [Finding("sources", 1, _("Name at least one source, one on each line."))]
    found = fields.too_many("sources", sources, fields.MAX_SOURCES)
    for number, source in enumerate(sources[: fields.MAX_SOURCES], 1):
        found += fields.plain_field("sources", text_of(source), fields.SOURCE, number)
    return found


def _steps(content: dict[str, Any]) -> list[Finding]:
    body = text_of(content.get("body"))
    found = fields.markdown_field("steps", body, fields.LESSON_LENGTH)
    if not body.strip() or len(body) > fields.LESSON_LENGTH:
        return found
    parsed = tokens(body)
    steps = sum(token.type == "list_item_open" for token in parsed)
    after = [token for token in parsed if token.level == 0 and token.nesting >= 0][1:]
    if not parsed or parsed[0].type != "ordered_list_open" or steps < LEAST_STEPS:
        advice = _("Write the steps as one numbered list (1. 2. 3.) of at least %(least)d steps.")
        found.append(Finding("steps", 1, advice % {"least": LEAST_STEPS}))
    elif after:
        advice = _("Only numbered steps belong here. Give this line a number or move it to another field.")
        found.append(Finding("steps", first_line(after[0]), advice))
    return found


def _drawings(content: dict[str, Any], least: int = 0) -> list[Finding]:
    drawings = items_of(content.get("figures"))
    found = fields.too_many("figures", drawings, fields.MAX_DRAWINGS)
    if len(drawings) < least:
        found.append(Finding("figures", 1, _("Choose at least one picture.")))
    for number, drawing in enumerate(drawings[: fields.MAX_DRAWINGS], 1):
        drawing = drawing if isinstance(drawing, dict) else {}
        if not text_of(drawing.get("name")).strip():
            found.append(Finding("figures", number, _("Choose which picture this is.")))
        alt = text_of(drawing.get("alt"))
        found += fields.plain_field("alt", alt, fields.ALT, number)
        if _NO_POSITION.match(alt):
            advice = _('Begin with the position itself, such as "Lying on your back", without "picture of".')
            found.append(Finding("alt", number, advice))
    return found
