"""The coach's pages about runners who need her: of somebody who is held, has asked, has left or goes on."""

from datetime import datetime

from django.urls import reverse

from accounts.models import User
from challenge.conversation.notes import memo, note
from challenge.models import Escalation, Message
from tests.gallery.pages import Cast

COACH = "sam@example.org"


def desk_pages(people: Cast, now: datetime) -> dict[str, str]:
    """Return the path of each page by what it shows."""
    coach = User.objects.get(email=COACH)
    note(people.active.pk, coach, "Start with the left side.\n\nNo hurry.", now)
    memo(people.active.pk, coach, "Runs on trails.", now)
    needs = Escalation.objects.filter(enrollment=people.held).latest("pk")
    said = Message.objects.get(enrollment=people.hurt, direction=Message.Direction.OUT)
    asked = Message.objects.filter(enrollment=people.lapsed, direction=Message.Direction.IN).latest("pk")

    def page(name: str, *about: int) -> str:
        return reverse(f"admin:{name}", args=about)

    return {
        "desk": page("index"),
        "desk-done-lately": page("done-lately"),
        "desk-escalation": page("challenge_escalation_change", needs.pk),
        "desk-escalations": page("challenge_escalation_changelist"),
        "desk-messages": page("challenge_message_changelist"),
        "desk-answer": page("answer", said.answers_id or 0),
        "desk-answer-left": page("answer", asked.pk),
        "desk-publish": page("publish", said.pk),
        "desk-write": page("write", people.held.pk),
        "desk-write-left": page("write", people.gone.pk),
        "desk-note": page("note", people.active.pk),
        "desk-note-first": page("note", people.hurt.pk),
        "desk-memo": page("memo", people.active.pk),
        "desk-give-back": page("give-back", people.lapsed.pk),
        "desk-hold": page("hold", people.active.pk),
        "desk-hold-again": page("hold", people.stopped.pk),
        "desk-hold-left": page("hold", people.gone.pk),
        "desk-clear": page("clear-hold", people.held.pk),
        "desk-nothing-to-clear": page("clear-hold", people.active.pk),
        "desk-runner": page("challenge_enrollment_change", people.held.pk),
        "desk-safety-rules": page("challenge_safetyrules_change", 1),
    }


# Forms of the desk with a mistake in each.
WRONG = ("desk-answer", "desk-publish", "desk-write", "desk-note", "desk-memo", "desk-clear")
