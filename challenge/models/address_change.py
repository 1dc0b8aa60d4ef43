"""Changes of a runner's address, from the wish to the end of its undo."""

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import User


class AddressChangeManager(models.Manager["AddressChange"]):
    def end_wishes(self, user: "User", now: datetime, but_to: str = "") -> None:
        """End the wishes of a runner that nobody has confirmed, but those for one address."""
        wishes = self.filter(user=user, confirmed_at=None, undone_at=None)
        wishes.exclude(new_address=but_to).update(undone_at=now)

    def end_all(self, user: "User", now: datetime) -> None:
        """End the wishes, the undos and their links of a runner whose address a coach has corrected."""
        for change_id in self.filter(user=user).values_list("pk", flat=True):
            self.filter(pk=change_id).update(key=uuid.uuid4(), undone_at=now)


class AddressChange(models.Model):
    """One wish of a runner to get mail at another address. Deleted seven days after it was confirmed, or was
    asked for.

    The links to confirm and to undo it name `key`. `undone_at` is when the old address was put back, or when
    a wish that nobody had confirmed was ended by a later one.
    """

    CONFIRM_WITHIN = timedelta(days=1)
    UNDO_FOR = timedelta(days=7)

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="address_changes", verbose_name=_("runner")
    )
    old_address = models.EmailField(_("old address"), max_length=254)
    new_address = models.EmailField(_("new address"), max_length=254)
    key = models.UUIDField(_("key of the links"), default=uuid.uuid4, unique=True, editable=False)
    asked_at = models.DateTimeField(_("asked"))
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)

    objects: ClassVar[AddressChangeManager] = AddressChangeManager()

    class Meta:
        verbose_name = _("change of address")
        verbose_name_plural = _("changes of address")

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M}"

    @property
    def undo_ends_at(self) -> datetime:
        """Return when the undo ends. Raises LookupError for a change that was not confirmed."""
        if self.confirmed_at is None:
            raise LookupError(f"change of address {self.pk} was not confirmed")
        return self.confirmed_at + self.UNDO_FOR

    def may_be_confirmed(self, now: datetime) -> bool:
        is_open = self.confirmed_at is None and self.undone_at is None
        return is_open and now < self.asked_at + self.CONFIRM_WITHIN

    def may_be_undone(self, now: datetime) -> bool:
        return self.confirmed_at is not None and self.undone_at is None and now < self.undo_ends_at
