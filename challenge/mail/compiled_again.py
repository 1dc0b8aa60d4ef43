"""Compile again what was published before there were sections: its words stay, and each runner's mail has
what it asks for or leaves out. Each text is compiled once in a process, which loads the compiler and the
drawings only then."""

from functools import lru_cache

from django.utils.module_loading import import_string

from challenge.curriculum.slots import OPEN, SHOWN, Compiled
from challenge.models import Enrollment, Recall, Revision
from challenge.models.mail_kinds import Wording

COMPILE_LESSON = "challenge.curriculum.compile_lesson.compile_lesson"
COMPILE_CORRECTION = "challenge.curriculum.recall.compile_correction"
# What a text with sections holds, by its wording.
SECTIONS = {Wording.REVISION: f"{OPEN}?words_only", Wording.RECALL: f"{OPEN}?{SHOWN}"}


def compiled_again(whole: Revision | Recall, runner: Enrollment) -> Compiled:
    """Return a mail as it may be sent to a runner. Raises LookupError for a revision without its content of
    which something is to be left out."""
    if isinstance(whole, Recall):
        return _correction(whole.pk)
    again = _lesson(whole.pk, whole.digest, runner.program.length)
    if again is None and (runner.left_out or runner.words_only):
        raise LookupError(f"revision {whole.pk} has no content, so nothing can be left out of it")
    return again or Compiled(whole.subject, whole.text, whole.html)


@lru_cache(maxsize=64)
def _lesson(revision_id: int, digest: str, length: int) -> Compiled | None:
    content = Revision.objects.values_list("content", flat=True).get(pk=revision_id)
    try:
        compiled: Compiled | None = import_string(COMPILE_LESSON)(content, length) if content else None
    except KeyError:  # published when the content had another shape
        return None
    return compiled


@lru_cache(maxsize=64)
def _correction(recall_id: int) -> Compiled:
    recall = Recall.objects.select_related("stretch__replacement").get(pk=recall_id)
    parts = recall.stretch.title, recall.stretch.replacement, recall.message
    compiled: Compiled = import_string(COMPILE_CORRECTION)(*parts)
    return compiled
