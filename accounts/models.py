"""People and their consents."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.addresses import AddressError, keyed_hash, mailbox, normalise
from accounts.wordings import WORDINGS
from accounts.words import WordsError, first_name, isolated, isolated_html, one_line


class UserManager(BaseUserManager["User"]):
    """Make users by address, stored in its normal spelling."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=normalise(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        email = username or ""
        with suppress(AddressError):
            email = normalise(email)
        return self.get(email=email)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Runner and coach are roles; a runner has no password."""

    email = models.EmailField(_("email address"), max_length=254, unique=True)
    first_name = models.CharField(_("first name"), max_length=60, blank=True)
    is_staff = models.BooleanField(_("coach"), default=False, help_text=_("May open the coach's desk."))
    is_active = models.BooleanField(_("may log in"), default=True)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)
    erase_at = models.DateTimeField(
        _("will be erased"), null=True, blank=True, help_text=_("The runner has asked for it.")
    )

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        """Return the name, for logs and titles, where an address must not stand."""
        role = _("coach %(number)s") if self.is_staff else _("runner %(number)s")
        name = one_line(self.first_name)
        return isolated(name) if name else role % {"number": self.pk}

    def clean(self) -> None:
        try:
            self.email = normalise(self.email)
        except AddressError as error:
            raise ValidationError({"email": str(error)}) from error
        try:
            self.first_name = first_name(self.first_name)
        except WordsError as error:
            raise ValidationError({"first_name": str(error)}) from error

    def get_short_name(self) -> str:
        return one_line(self.first_name) or self.email

    def name_in_html(self) -> SafeString:
        """Return the name, or the address, so that it turns nothing around it."""
        return isolated_html(self.get_short_name())

    @property
    def address_hash(self) -> str:
        return keyed_hash(self.email)

    @property
    def mailbox_hash(self) -> str:
        return keyed_hash(mailbox(self.email))


class Consent(models.Model):
    """One consent of a person. `asked_at` is when the form was sent, `given_at` when the person confirmed it.
    A consent counts from then until it is withdrawn. `wording` is what the person read beside the tick, in
    the person's language; rows of before it was kept have none, and no form."""

    class Purpose(models.TextChoices):
        MAIL = "mail", _("email of the program")
        HEALTH = "health", _("keeping health data")

    class Form(models.TextChoices):
        SIGN_UP = "sign_up", _("sign-up form")
        CONFIRM = "confirm", _("confirmation page")
        CHECK_IN = "check_in", _("check-in")
        OWN_PAGE = "own_page", _("the runner's own page")
        UNDO = "undo", _("undo of a leaving")

    VERSION = "2026-11"

    user = models.ForeignKey(User, models.CASCADE, related_name="consents", verbose_name=_("person"))
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose)
    version = models.CharField(_("version of the wording"), max_length=20, default=VERSION)
    form = models.CharField(_("form"), max_length=10, choices=Form, blank=True, db_default="")
    wording = models.TextField(_("wording"), blank=True, db_default="")
    asked_at = models.DateTimeField(_("asked"))
    given_at = models.DateTimeField(_("given"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "purpose"],
                condition=models.Q(withdrawn_at=None),
                name="one_open_consent_each",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} ({self.version})"


def request_consents(user: User, purposes: Sequence[str], form: Consent.Form, now: datetime) -> None:
    """Record the consents ticked on a form, with their wording; they count from the person's confirmation
    on."""
    Consent.objects.bulk_create(
        [
            Consent(user=user, purpose=purpose, form=form, wording=str(WORDINGS[purpose]), asked_at=now)
            for purpose in purposes
        ],
        ignore_conflicts=True,
    )


def give_consents(user: User, purposes: Sequence[str], form: Consent.Form, now: datetime) -> None:
    """Make the consents of these purposes count from now on, requested before or not. The record is of the
    form on which the person gave them."""
    request_consents(user, purposes, form, now)
    for purpose in purposes:
        Consent.objects.filter(user=user, purpose=purpose, given_at=None, withdrawn_at=None).update(
            given_at=now, form=form, wording=str(WORDINGS[purpose]), version=Consent.VERSION
        )


def withdraw_consent(user: User, purpose: str, now: datetime) -> None:
    """End a consent; its row stays as the record."""
    Consent.objects.filter(user=user, purpose=purpose, withdrawn_at=None).update(withdrawn_at=now)


def restore_consents(user: User, ended_at: datetime, now: datetime, *, without: Iterable[str]) -> None:
    """Give again the consents that ended at one instant, but for some purposes, from now on; the ended rows
    stay as the record. One that was not confirmed then still has to be."""
    ended = list(Consent.objects.filter(user=user, withdrawn_at=ended_at).exclude(purpose__in=without))
    for consent in ended:
        consent.pk, consent.withdrawn_at = None, None
        if consent.given_at:
            consent.asked_at = consent.given_at = now
    Consent.objects.bulk_create(ended, ignore_conflicts=True)


def has_consented(user: User, purpose: str) -> bool:
    return Consent.objects.filter(
        user=user, purpose=purpose, given_at__isnull=False, withdrawn_at=None
    ).exists()
