"""The ledger keeps codes instead of sentences, and each row its domain, its priority and where it went."""

import re

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from accounts.addresses import keyed_hash

SIZE = 500
WAITED_FOR = ("confirmation", "welcome", "links", "paused", "resumed", "correction")
REASONS = {
    "The address is suppressed.": "suppressed",
    "The sign-up is not waiting to be confirmed.": "not_pending",
    "The runner has left.": "left",
    "She has begun again.": "begun_again",
    "There is no consent to mail.": "no_consent",
    "The enrollment was paused.": "paused",
    "It waits for the new hour.": "new_hour",
    "The server never confirmed it.": "unconfirmed",
    "It did not get through in time.": "too_late",
    "Its sender stopped without a word each time.": "sender_stopped",
    "Taken as sent: it was due before a backup was restored.": "taken_as_sent",
}
REASON_PATTERNS = {
    "wrong_state": r"The enrollment was (?P<state>pending|screening|active|held|completed|withdrawn)\.",
    "not_composed": r"It could not be composed: (?P<error>.*)",
    "refused": r"The mail server refused it: (?P<code>\d{3}) (?P<text>.*)",
}
DETAILS = {
    "She marked a mail as spam.": "complaint",
    "The address refuses mail.": "bad_address",
    "Three mails in a row came back.": "soft_bounces",
}
DETAIL_PATTERNS = {"hour": r"(?P<send_at>\d\d:\d\d) (?P<time_zone>\S+)"}


def coded(sentence, codes, patterns):
    if code := codes.get(sentence):
        return code, {}
    for code, pattern in patterns.items():
        if found := re.fullmatch(pattern, sentence, re.DOTALL):
            return code, found.groupdict()
    return "as_written", {"text": sentence}


def code_sentences(model, field, codes, patterns):
    told = model.objects.exclude(**{field: ""}).only(field).order_by("pk")
    batch = []
    for row in told.iterator(SIZE):
        code, values = coded(getattr(row, field), codes, patterns)
        setattr(row, field, code)
        setattr(row, f"{field}_values", values)
        batch.append(row)
        if len(batch) == SIZE:
            model.objects.bulk_update(batch, [field, f"{field}_values"])
            batch = []
    model.objects.bulk_update(batch, [field, f"{field}_values"])


def fill(apps, schema_editor):
    Delivery, Event = apps.get_model("challenge", "Delivery"), apps.get_model("challenge", "Event")
    User = apps.get_model("accounts", "User")
    Delivery.objects.filter(state="suppressed").update(state="withheld")
    Delivery.objects.filter(state__in=["queued", "retry", "sending"], kind__in=WAITED_FOR).update(priority=0)
    for pk, email in User.objects.filter(enrollments__isnull=False).distinct().values_list("pk", "email"):
        own = Delivery.objects.filter(enrollment__runner=pk)
        own.filter(domain="").update(domain=email.rpartition("@")[2].lower())
        own.filter(sent_at__isnull=False).update(address_hash=keyed_hash(email))
    code_sentences(Delivery, "reason", REASONS, REASON_PATTERNS)
    code_sentences(Event, "detail", DETAILS, DETAIL_PATTERNS)


class Migration(migrations.Migration):
    dependencies = [
        ("challenge", "0010_fewer_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="delivery",
            name="enrollment",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="deliveries",
                to="challenge.enrollment",
                verbose_name="enrollment",
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="recipient",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                help_text="Of mail that belongs to no enrollment.",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="deliveries",
                to=settings.AUTH_USER_MODEL,
                verbose_name="recipient",
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="address",
            field=models.EmailField(
                blank=True,
                default="",
                help_text="Where it is not the recipient's own.",
                max_length=254,
                verbose_name="address",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="delivery",
            name="address_hash",
            field=models.CharField(blank=True, default="", max_length=64, verbose_name="address hash"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="delivery",
            name="priority",
            field=models.PositiveSmallIntegerField(
                choices=[(0, "somebody waits for it"), (1, "usual")], default=1, verbose_name="priority"
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="reason_values",
            field=models.JSONField(blank=True, default=dict, verbose_name="values of the reason"),
        ),
        migrations.AddField(
            model_name="event",
            name="detail_values",
            field=models.JSONField(blank=True, default=dict, verbose_name="values of the detail"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
