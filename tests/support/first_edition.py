"""Content as it was published before stretches had doses."""

from copy import deepcopy

from challenge.curriculum.lesson import Content
from challenge.models import Day, Revision

OF_A_DAY = ("doses", "no_run", "strides")
OF_A_STRETCH = ("family", "reminder")


def in_first_edition(content: Content) -> Content:
    """Return a lesson's content without the keys that came later."""
    old = deepcopy(content)
    for part, keys in [(old["day"], OF_A_DAY), *((part, OF_A_STRETCH) for part in old["stretches"])]:
        for key in keys:
            part.pop(key, None)
    return old


def take_back_to_first_edition(number: int) -> Day:
    """Rewrite the published revision of a day as the first edition had it."""
    revision = Revision.objects.get(day__number=number)
    revision.content = in_first_edition(revision.content)
    revision.save(update_fields=["content"])
    return Day.objects.select_related("published", "program").get(number=number)
