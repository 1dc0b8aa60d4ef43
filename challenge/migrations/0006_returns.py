"""What came back of each mail; and suppressed addresses know whose they are, for as long as she is known."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from accounts.addresses import keyed_hash


def find_runners(apps, schema_editor):
    Suppression = apps.get_model("challenge", "Suppression")
    User = apps.get_model("accounts", "User")
    suppressed = {row.address_hash: row for row in Suppression.objects.all()}
    if not suppressed:
        return
    found = []
    for pk, email in User.objects.values_list("pk", "email").iterator():
        if row := suppressed.get(keyed_hash(email)):
            row.runner_id = pk
            found.append(row)
    Suppression.objects.bulk_update(found, ["runner"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [
        ("challenge", "0005_domain"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="suppression",
            name="runner",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="suppressions",
                to=settings.AUTH_USER_MODEL,
                verbose_name="runner",
            ),
        ),
        migrations.AlterField(
            model_name="event",
            name="kind",
            field=models.CharField(
                choices=[
                    ("signed_up", "signed up"),
                    ("reminded", "reminded to confirm"),
                    ("confirmed", "confirmed"),
                    ("paused", "paused"),
                    ("unreachable", "paused as unreachable"),
                    ("resumed", "resumed"),
                    ("rescheduled", "changed the hour"),
                    ("completed", "completed"),
                    ("withdrawn", "left"),
                ],
                max_length=12,
                verbose_name="what",
            ),
        ),
        migrations.CreateModel(
            name="Returned",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("delivered", "delivered"),
                            ("deferred", "delayed"),
                            ("bounced", "bounced"),
                            ("rejected", "not sent by the provider"),
                            ("failed", "failed at the provider"),
                            ("complained", "marked as spam"),
                            ("unsubscribed", "unsubscribed"),
                            ("autoresponded", "answered by a machine"),
                        ],
                        max_length=13,
                        verbose_name="what",
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("webhook", "the provider's webhook"),
                            ("dsn", "a report by mail"),
                            ("arf", "a complaint by mail"),
                            ("smtp", "the mail server's answer"),
                        ],
                        max_length=7,
                        verbose_name="from",
                    ),
                ),
                ("bad_address", models.BooleanField(default=False, verbose_name="bad address")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("event_id", models.CharField(max_length=64, unique=True, verbose_name="event")),
                ("detail", models.CharField(blank=True, max_length=200, verbose_name="detail")),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="returns",
                        to="challenge.delivery",
                        verbose_name="delivery",
                    ),
                ),
            ],
            options={
                "verbose_name": "return",
                "verbose_name_plural": "returns",
                "ordering": ["at", "id"],
            },
        ),
        migrations.RunPython(find_runners, migrations.RunPython.noop, elidable=True),
    ]
