"""A lesson, a stretch and a self-check in which the linter finds nothing, to spoil one thing at a time."""

from typing import Any

from challenge.curriculum.lint import Finding, lint_lesson

WORDS = "The hip bends and the back keeps still while you breathe. " * 12
LESSON: dict[str, Any] = {
    "day": {
        "title": "A hip that bends",
        "subject": "What a hip does all day",
        "preview": "A short look at bending, with one stretch to lie down for.",
        "points": ["E1"],
        "run": "Run easy and change nothing.",
        "sources": ["Gray H (1918). Anatomy of the Human Body, 20th edition."],
        "figures": [
            {"name": "psoas-front", "alt": "Seen from the front: the psoas runs from spine to thigh."}
        ],
    },
    "body": f"{WORDS}\n\n## Why this matters for your running\n\nYou bend a hip in each step.",
}
STRETCH: dict[str, Any] = {
    "slug": "rest",
    "title": "Rest",
    "purpose": "Let the front of both hips go slack.",
    "minutes": 5,
    "hold": "5 minutes",
    "sets": "1",
    "sides": "one",
    "equipment": ["mat"],
    "area": ["low back"],
    "timer": "5 minutes, once, with a soft sound",
    "feel": "Your legs growing heavier on the floor.",
    "not_feel": "No pinching. If one starts, stop.",
    "easier": "Rest your calves on a chair.",
    "harder": "Slide one heel away.",
    "skip_if": "Lying flat makes you dizzy, or you have sciatica.",
    "figures": [{"name": "rest-1", "alt": "Lying on your back with both knees bent and the feet flat."}],
    "body": "1. Lie down.\n2. Bend your knees.\n3. Breathe.",
}
SELF_CHECK = {
    key: STRETCH[key] for key in ("title", "purpose", "minutes", "skip_if", "timer", "figures", "body")
}


def in_lesson(added: str) -> list[Finding]:
    """Return the linter's findings on a lesson with a paragraph added on its third line."""
    first, rest = LESSON["body"].split("\n\n", 1)
    return lint_lesson({**LESSON, "body": f"{first}\n\n{added}\n\n{rest}"})
