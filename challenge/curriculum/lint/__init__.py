"""The content linter. A text of the course is published only when the linter finds nothing."""

from challenge.curriculum.lint.finding import Finding
from challenge.curriculum.lint.rules import lint_article, lint_lesson, lint_self_check, lint_stretch

__all__ = ["Finding", "lint_article", "lint_lesson", "lint_self_check", "lint_stretch"]
