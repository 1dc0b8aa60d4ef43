"""Check-ins, what was replaced or removed of them, and the progress calculated from them."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from challenge.models.enrollment import Enrollment

SCALE = [MinValueValidator(0), MaxValueValidator(10)]
# What was told is worth a word in the mail and check-in of the next day, and of the one after it.
RECENT_DAYS = 2


class DayAnswer(models.Model):
    """One program day, as the runner reports it. Tightness, pain and note are health data, stored only with
    that consent. `status` is empty where the runner has told of the morning alone."""

    class Status(models.TextChoices):
        DONE = "done", _("Done")
        PARTLY = "partly", _("Partly")
        NOT_TODAY = "not_today", _("Not today")

    class Unit(models.TextChoices):
        KILOMETRES = "km", _("kilometres")
        MILES = "mi", _("miles")

    class Place(models.TextChoices):
        FRONT_OF_HIP = "front_of_hip", _("groin or front of hip")
        BACK = "back", _("back")
        KNEE = "knee", _("knee")
        DOWN_A_LEG = "down_a_leg", _("down a leg")
        ELSEWHERE = "elsewhere", _("elsewhere")

    class Morning(models.TextChoices):
        NOT_WORSE = "not_worse", _("no")
        WORSE = "worse", _("yes")
        NO_PAIN = "no_pain", _("had no pain")

    class Doubt(models.TextChoices):
        SEVERAL_ANSWERS = "several_answers", _("several answers of one mail within seconds")
        TOO_FAST = "too_fast", _("the form came back within two seconds")
        AT_ARRIVAL = "at_arrival", _("within seconds of the mail's arrival")
        NO_TIME = "no_time", _("the form did not say when it was served")

    VALUES = (
        "status",
        "tightness",
        "pain",
        "place",
        "pain_where",
        "running_brings_it_on",
        "sharp",
        "worse_next_morning",
        "distance",
        "unit",
        "note",
        "doubt",
    )

    day = models.PositiveSmallIntegerField(_("day"))
    status = models.CharField(_("how it went"), max_length=10, choices=Status, blank=True)
    tightness = models.PositiveSmallIntegerField(_("tightness"), null=True, blank=True, validators=SCALE)
    pain = models.PositiveSmallIntegerField(_("pain"), null=True, blank=True, validators=SCALE)
    place = models.CharField(_("place of the pain"), max_length=12, choices=Place, blank=True)
    running_brings_it_on = models.BooleanField(
        _("running brings it on, or makes the runner limp"), null=True, blank=True
    )
    sharp = models.BooleanField(_("sharp"), null=True, blank=True)
    worse_next_morning = models.CharField(
        _("worse the next morning"), max_length=9, choices=Morning, blank=True
    )
    doubt = models.CharField(
        _("doubtful"),
        max_length=15,
        choices=Doubt,
        blank=True,
        help_text=_("A mail scanner could have given it: it holds and wakes nobody by itself."),
    )
    pain_where = models.CharField(_("where it hurts"), max_length=120, blank=True)
    distance = models.DecimalField(
        _("distance"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(500))],
    )
    unit = models.CharField(_("unit"), max_length=2, choices=Unit, default=Unit.KILOMETRES)
    note = models.TextField(_("note"), max_length=2000, blank=True)
    created_at = models.DateTimeField(_("first saved"))
    updated_at = models.DateTimeField(_("last saved"))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return _("Day %(day)d: %(status)s") % {"day": self.day, "status": self.how_it_went}

    @property
    def how_it_went(self) -> str:
        return str(self.get_status_display() if self.status else _("not told yet"))

    def values(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.VALUES}

    @staticmethod
    def is_recent(told_on: int, day: int) -> bool:
        """Tell whether what was told on one day (0: never) is still worth a word on another."""
        return 0 < day - told_on <= RECENT_DAYS and told_on > 0


class CheckIn(DayAnswer):
    """The answer that counts for a program day. The runner may change it while the day is open.

    `processed_at` is None until the enrollment's progress includes the row.
    """

    enrollment = models.ForeignKey(
        Enrollment, models.CASCADE, related_name="check_ins", verbose_name=_("enrollment")
    )
    processed_at = models.DateTimeField(_("worked out"), null=True, blank=True)

    class Meta:
        verbose_name = _("check-in")
        verbose_name_plural = _("check-ins")
        constraints = [
            models.UniqueConstraint(fields=["enrollment", "day"], name="one_check_in_a_day"),
            models.CheckConstraint(
                condition=models.Q(tightness=None) | models.Q(tightness__range=(0, 10)),
                name="tightness_0_to_10",
            ),
            models.CheckConstraint(
                condition=models.Q(pain=None) | models.Q(pain__range=(0, 10)), name="pain_0_to_10"
            ),
        ]
        indexes = [
            models.Index(
                fields=["updated_at"], condition=models.Q(processed_at=None), name="check_in_to_process"
            )
        ]


class EarlierCheckInManager(models.Manager["EarlierCheckIn"]):
    def keep(self, check_in: CheckIn, now: datetime) -> "EarlierCheckIn":
        """Keep what a check-in says at this moment."""
        times = {"created_at": check_in.created_at, "updated_at": check_in.updated_at, "replaced_at": now}
        return self.create(
            enrollment_id=check_in.enrollment_id, day=check_in.day, **check_in.values(), **times
        )


class EarlierCheckIn(DayAnswer):
    """An answer that another one replaced, kept for the coach; or one that was removed by a link alone. That
    one is hidden, and erased after UNDO_FOR. Until then both can be put back."""

    UNDO_FOR = timedelta(days=7)

    enrollment = models.ForeignKey(
        Enrollment, models.CASCADE, related_name="earlier_check_ins", verbose_name=_("enrollment")
    )
    replaced_at = models.DateTimeField(_("replaced"))
    removed_at = models.DateTimeField(_("removed"), null=True, blank=True)

    objects: ClassVar[EarlierCheckInManager] = EarlierCheckInManager()

    class Meta:
        verbose_name = _("earlier answer")
        verbose_name_plural = _("earlier answers")
        indexes = [
            models.Index(
                fields=["removed_at"], condition=models.Q(removed_at__isnull=False), name="answer_to_erase"
            )
        ]

    @property
    def saved_at(self) -> str:
        """Return what tells this answer from the others of its day."""
        return self.updated_at.isoformat()


class Progress(models.Model):
    """The sum of an enrollment's check-ins, calculated anew after each of them."""

    enrollment = models.OneToOneField(
        Enrollment, models.CASCADE, related_name="progress", verbose_name=_("enrollment")
    )
    done = models.PositiveSmallIntegerField(_("done"), default=0)
    partly = models.PositiveSmallIntegerField(_("partly"), default=0)
    not_today = models.PositiveSmallIntegerField(_("not today"), default=0)
    streak = models.PositiveSmallIntegerField(
        _("streak"), default=0, help_text=_("Days in a row, done or partly, up to the last check-in.")
    )
    last_check_in_at = models.DateTimeField(_("last check-in"), null=True, blank=True)

    class Meta:
        verbose_name = _("progress")
        verbose_name_plural = _("progress")

    def __str__(self) -> str:
        return _("%(done)d done, streak %(streak)d") % {"done": self.done, "streak": self.streak}
