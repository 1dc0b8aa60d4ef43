"""The sections of a lesson for its movements, each of which is shown to one runner and left out for another.

A movement is a stretch, named by its slug, or the self-check. One section of each is open: the one that shows
it, or the one that says that it is left out; neither in a lesson without exercise.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any

from challenge.curriculum.slots import CLOSE, LEFT_OUT, OPEN, SHOWN, in_names

SELF_CHECK = "self-check"

_NUMBERED = re.compile(r"(?P<slug>.+)-\d+")

Slugs = tuple[str, ...]


def marks(kind: str, slug: str) -> tuple[str, str]:
    """Return the marks before and after a section of a movement; `kind` is SHOWN or LEFT_OUT."""
    name = kind + in_names(slug)
    return f"{OPEN}?{name}{CLOSE}", f"{OPEN}/{name}{CLOSE}"


def every_choice(slugs: Sequence[str]) -> Iterator[tuple[Slugs, str, str]]:
    """Yield each choice of the movements that a runner may be shown, with the marks before and after what is
    said for it."""
    for kinds in product((SHOWN, LEFT_OUT), repeat=len(slugs)):
        around = [marks(kind, slug) for kind, slug in zip(kinds, slugs, strict=True)]
        shown = tuple(slug for kind, slug in zip(kinds, slugs, strict=True) if kind == SHOWN)
        yield shown, "".join(one[0] for one in around), "".join(one[1] for one in reversed(around))


def for_each_choice(slugs: Sequence[str], say: Callable[[Slugs], str], shown: Slugs = ()) -> str:
    """Return what `say` has for the movements that are shown, in sections for every choice of them."""
    if not slugs:
        return say(shown)
    first, rest = slugs[0], slugs[1:]
    with_it, without = for_each_choice(rest, say, (*shown, first)), for_each_choice(rest, say, shown)
    if with_it == without:
        return with_it
    return with_it.join(marks(SHOWN, first)) + without.join(marks(LEFT_OUT, first))


def movements_of(content: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the movements of a lesson's content by their slugs, in the order of the mail."""
    check = {SELF_CHECK: content["self_check"]} if content["self_check"] else {}
    return {**check, **{stretch["slug"]: stretch for stretch in content["stretches"]}}


def shown_by(drawing: str, content: dict[str, Any]) -> str:
    """Return the movement that a drawing of a lesson's words shows: one of the lesson, or the one that the
    drawing's number follows. Empty for another drawing."""
    for slug, part in movements_of(content).items():
        if drawing in [figure["name"] for figure in part.get("figures", [])]:
            return slug
    numbered = _NUMBERED.fullmatch(drawing)
    return numbered["slug"] if numbered else ""
