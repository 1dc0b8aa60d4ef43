"""Record a check-in during the request; challenge.checkins.progress processes it later."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from accounts.models import Consent, give_consents, has_consented
from challenge.checkins.heeding import hear, heed, put_on_the_desk
from challenge.checkins.open_days import takes_check_in
from challenge.checkins.told_pain import CheckInAnswer, cleared_at
from challenge.enrollment import transitions
from challenge.models import CheckIn, EarlierCheckIn, Enrollment, SafetyRules

# A runner who reports at least this much pain is advised to stop and to see a doctor.
PAIN_TO_STOP = 6
# So many earlier answers of a day are kept; then it takes no other.
MOST_CHANGES = 20
# One press follows the other by so little where a program tries every link of a mail.
TOGETHER = timedelta(seconds=10)


class Closed(Exception):
    """The day takes no check-in: it was not sent yet, was sent more than three days ago, or the runner has
    left."""


class TooManyChanges(Exception):
    """The day was changed so often that it takes no other answer."""


@dataclass(frozen=True)
class CheckInData:
    """A day as its runner reports it. Tightness and pain are 0 to 10; distance is in `unit`."""

    status: str
    tightness: int | None = None
    pain: int | None = None
    pain_where: str = ""
    distance: Decimal | None = None
    unit: str = CheckIn.Unit.KILOMETRES
    note: str = ""
    place: str = ""
    running_brings_it_on: bool | None = None
    sharp: bool | None = None
    worse_next_morning: str = ""


HEALTH_DATA: dict[str, object] = {
    "tightness": None,
    "pain": None,
    "place": "",
    "pain_where": "",
    "running_brings_it_on": None,
    "sharp": None,
    "worse_next_morning": "",
    "note": "",
}


@contextmanager
def locked(enrollment_id: int) -> Iterator[Enrollment]:
    """Hold an enrollment's row. Raises Closed for a runner who has left."""
    rows = Enrollment.objects.select_for_update(of=("self",)).select_related("runner")
    with transaction.atomic():
        enrollment = rows.get(pk=enrollment_id)
        if enrollment.state == Enrollment.State.WITHDRAWN:
            raise Closed
        yield enrollment


def filled(data: CheckInData) -> dict[str, object]:
    """Return what was filled in; the unit belongs to the distance."""
    fields = {name: value for name, value in asdict(data).items() if value not in (None, "")}
    if "distance" not in fields:
        del fields["unit"]
    return fields


def record(
    enrollment_id: int,
    day: int,
    data: CheckInData,
    now: datetime,
    *,
    keep_health: bool = False,
    doubt: str = "",
    choice: str = "",
) -> CheckIn:
    """Create the check-in of a day, or replace what is filled in of it; the earlier answer is kept. Raises
    Closed and TooManyChanges. Without consent to health data only the status and the distance are saved;
    `keep_health` gives that consent. Whatever was told is judged; with a doubt (DayAnswer.Doubt) it holds and
    wakes nobody. `choice` is what the link of the mail proposed, if it came by one."""
    with locked(enrollment_id) as enrollment:
        if not takes_check_in(enrollment, day, now):
            raise Closed
        if EarlierCheckIn.objects.filter(enrollment=enrollment, day=day).count() >= MOST_CHANGES:
            raise TooManyChanges
        check_in = CheckIn.objects.filter(enrollment=enrollment, day=day).first()
        if check_in is None:
            check_in = CheckIn(enrollment=enrollment, day=day, created_at=now)
        else:
            check_in.enrollment = enrollment
            if choice and data.status != check_in.status and now - check_in.updated_at < TOGETHER:
                doubt = check_in.doubt = CheckIn.Doubt.SEVERAL_ANSWERS
            # An equal answer too: whether there is an earlier one would tell a guesser what is saved.
            EarlierCheckIn.objects.keep(check_in, now)
        if keep_health:
            give_consents(enrollment.runner, [Consent.Purpose.HEALTH], Consent.Form.CHECK_IN, now)
        answer = _write(check_in, data)
        check_in.updated_at, check_in.processed_at, check_in.doubt = now, None, doubt
        check_in.save()
        judge_and_act(check_in, answer, now)
    return check_in


def _write(check_in: CheckIn, data: CheckInData) -> CheckInAnswer:
    """Write what is filled in and may be kept. Return what is to be judged: without consent to health data
    what was told now; and what the coach has answered by lifting a hold is not told anew by a later answer
    about the rest."""
    has_consent = has_consented(check_in.enrollment.runner, Consent.Purpose.HEALTH)
    since = cleared_at(check_in.enrollment_id)
    counts = since is None or check_in.created_at > since
    for name, value in filled(data).items():
        if has_consent or name not in HEALTH_DATA:
            setattr(check_in, name, value)
    return check_in if has_consent and counts else data


def judge_and_act(check_in: CheckIn, answer: CheckInAnswer, now: datetime) -> None:
    """Hold what a saved answer asks for, and put on the desk what it asks the coach to see."""
    rules = SafetyRules.current()
    heard = hear(check_in.enrollment_id, check_in.day, answer, rules)
    put_on_the_desk(check_in, heard, now)
    if not check_in.doubt:
        heed(check_in.enrollment, heard, rules, now)


def heed_unsaved(enrollment_id: int, day: int, data: CheckInData, now: datetime) -> None:
    """Hold what an answer asks for that can't be saved: a field of it is wrong, it may not be kept, or the
    runner has left."""
    with transitions.locked(enrollment_id) as enrollment:
        rules = SafetyRules.current()
        heed(enrollment, hear(enrollment_id, day, data, rules), rules, now)
