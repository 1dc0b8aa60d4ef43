"""What is kept of a runner: the rows that belong to the account, and words about it in rows that do not."""

from collections.abc import Callable

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models import Q
from django.db.models.deletion import Collector

from accounts.models import User
from challenge.models import Delivery, SavedFilter, Suppression

# Where django.contrib.messages keeps what a coach has not been shown yet.
UNREAD = "_messages"


def delete_all(user: User) -> dict[str, int]:
    """Delete every row of a runner, and every word about the runner elsewhere; return how many rows of each
    table. What remains are keyed hashes. A coach who has run the course keeps the account."""
    mentions = _mentions(user)
    _forget_reports(user)
    collector = Collector(using="default", origin=user)
    if user.is_staff:
        for rows in (user.enrollments.all(), user.consents.all(), user.deliveries.all()):
            collector.collect(rows)
        User.objects.filter(pk=user.pk).update(erase_at=None)
    else:
        collector.collect([user])
    _forget_log(collector, "" if user.is_staff else user.email)
    if not user.is_staff:
        _forget_sessions(user, mentions)
        _forget_filters(mentions)
    deleted = collector.delete()[1]
    if connection.vendor == "sqlite":
        transaction.on_commit(_empty_journal)
    return deleted


def _mentions(user: User) -> Callable[[str], bool]:
    """Return a test whether a text names the runner: by the address, or by a name that nobody else has."""
    words = [user.email.casefold()]
    name = user.first_name.strip()
    if name and not User.objects.filter(first_name__iexact=name).exclude(pk=user.pk).exists():
        words.append(name.casefold())
    return lambda text: any(word in text.casefold() for word in words)


def _forget_reports(user: User) -> None:
    """Empty the words of servers about any address that the runner had: they may name it."""
    mails = Delivery.objects.filter(Q(enrollment__runner=user) | Q(recipient=user))
    hashes = {user.address_hash, *mails.values_list("address_hash", flat=True)} - {""}
    Suppression.objects.filter(Q(runner=user) | Q(address_hash__in=hashes)).update(detail="")


def _forget_log(collector: Collector, address: str) -> None:
    """Delete the entries of the coaches' log about the rows that go, and those that quote the address."""
    rows = {model: [str(row.pk) for row in found] for model, found in collector.data.items()}
    for query in collector.fast_deletes:
        rows.setdefault(query.model, []).extend(map(str, query.values_list("pk", flat=True)))
    for model, ids in rows.items():
        content_type = ContentType.objects.get_for_model(model)
        LogEntry.objects.filter(content_type=content_type, object_id__in=ids).delete()
    if address:
        LogEntry.objects.filter(
            Q(object_repr__icontains=address) | Q(change_message__icontains=address)
        ).delete()


def _forget_sessions(user: User, mentions: Callable[[str], bool]) -> None:
    for session in Session.objects.iterator():
        content = session.get_decoded()
        if content.get("_auth_user_id") == str(user.pk):
            session.delete()
        elif mentions(str(content.get(UNREAD, ""))):
            del content[UNREAD]
            Session.objects.filter(pk=session.pk).update(session_data=SessionStore().encode(content))


def _forget_filters(mentions: Callable[[str], bool]) -> None:
    named = [each.pk for each in SavedFilter.objects.all() if mentions(each.name) or mentions(each.words)]
    SavedFilter.objects.filter(pk__in=named).delete()


def _empty_journal() -> None:
    """Write what was deleted over in the file itself: SQLite's journal still holds the rows."""
    if not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
