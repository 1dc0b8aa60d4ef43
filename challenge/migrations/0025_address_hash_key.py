"""The key that the suppressed addresses were hashed with goes on, under a name of its own.

Before, that was SECRET_KEY, and with another SECRET_KEY the list was forgotten. The hashes of people who are
still here show which key it was.
"""

import logging
from collections import Counter

from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

from accounts.addresses import key_canary, keyed_hash
from challenge.runtime.keys import read_or_create

log = logging.getLogger(__name__)

UNKNOWN = "unknown"
MAILS = 500


def keep_the_key(apps, schema_editor):
    if not apps.get_model("accounts", "User").objects.exists():
        return  # a new installation
    key = _found(apps)
    if key is not None and not settings.HAS_ADDRESS_HASH_KEY:
        try:
            read_or_create(settings.ADDRESS_HASH_KEY_FILE, lambda: key)
        except OSError as error:
            log.critical(
                "ADDRESS_HASH_KEY could not be written to VAR_DIR (%s); set it to the present SECRET_KEY",
                type(error).__name__,
            )
    stop, _ = apps.get_model("challenge", "RestoreStop").objects.get_or_create(
        pk=1, defaults={"counted_at": timezone.now()}
    )
    stop.key_canary = UNKNOWN if key is None else key_canary(key)
    stop.save(update_fields=["key_canary"])


def _found(apps):
    """Return the key of the list; hash addresses anew that were listed under another one. None when there are
    hashes to compare with and no key fits."""
    keys = [settings.ADDRESS_HASH_KEY, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    suppressions = apps.get_model("challenge", "Suppression").objects
    listed = set(suppressions.values_list("address_hash", flat=True))
    if not listed:
        return keys[0]
    emails = apps.get_model("accounts", "User").objects.values_list("email", flat=True)
    found = {
        digest: (email, key)
        for email in emails.iterator()
        for key in keys
        if (digest := keyed_hash(email, key)) in listed
    }
    fitting = Counter(key for _, key in found.values())
    pairs = suppressions.filter(runner__isnull=False).exists()
    if not fitting:
        mails = apps.get_model("challenge", "Delivery").objects.exclude(address_hash="")
        newest = mails.filter(enrollment__isnull=False).order_by("-sent_at")[:MAILS]
        sent = list(newest.values_list("enrollment__runner__email", "address_hash"))
        fitting = Counter(key for email, digest in sent for key in keys if keyed_hash(email, key) == digest)
        pairs = pairs or bool(sent)
    if not fitting:
        return None if pairs else keys[0]
    chosen = max(dict.fromkeys(keys), key=lambda key: fitting[key])
    for digest, (email, key) in found.items():
        if key != chosen and keyed_hash(email, chosen) not in listed:
            suppressions.filter(address_hash=digest).update(address_hash=keyed_hash(email, chosen))
    return chosen


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("challenge", "0021_leaving")]

    operations = [
        migrations.AddField(
            model_name="restorestop",
            name="key_canary",
            field=models.CharField(blank=True, max_length=64, verbose_name="canary of the key"),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="restorestop",
            name="reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("older", "an older state of the database was restored"),
                    ("moved", "the database was restored or moved to another place"),
                    ("key", "ADDRESS_HASH_KEY is not the key that the suppressed addresses were hashed with"),
                ],
                max_length=10,
                verbose_name="reason",
            ),
        ),
        migrations.RunPython(keep_the_key, migrations.RunPython.noop),
    ]
