import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("challenge", "0006_returns")]

    operations = [
        migrations.CreateModel(
            name="Limit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "domain",
                    models.CharField(
                        blank=True,
                        help_text="Of the recipients, as example.com. Left empty: all mail, whoever gets it.",
                        max_length=253,
                        unique=True,
                        verbose_name="domain",
                    ),
                ),
                (
                    "per_second",
                    models.FloatField(
                        blank=True,
                        help_text="0.5 is one every two seconds. Left empty: as fast as the mail server takes them.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0.001)],
                        verbose_name="mails a second",
                    ),
                ),
                (
                    "connections",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="How many senders may work on it at once. Left empty: all of them.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="connections",
                    ),
                ),
                (
                    "warm_up_from",
                    models.DateField(
                        blank=True,
                        help_text="The first day (UTC) on which a new sender is careful. Left empty: no warm-up.",
                        null=True,
                        verbose_name="warm-up from",
                    ),
                ),
                (
                    "first_day",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Twice as many on each day after it.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="mails on the first day",
                    ),
                ),
                (
                    "counted_on",
                    models.DateField(blank=True, editable=False, null=True, verbose_name="counted on"),
                ),
                ("counted", models.PositiveIntegerField(default=0, editable=False, verbose_name="counted")),
                (
                    "free_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="next slot"),
                ),
                (
                    "slow_until",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="slow until"),
                ),
                (
                    "resting_until",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="rests until"),
                ),
                (
                    "reason",
                    models.CharField(blank=True, editable=False, max_length=300, verbose_name="reason"),
                ),
                (
                    "rests",
                    models.PositiveSmallIntegerField(
                        default=0, editable=False, verbose_name="rests in a row"
                    ),
                ),
            ],
            options={
                "verbose_name": "sending limit",
                "verbose_name_plural": "sending limits",
                "ordering": ["domain"],
            },
        ),
    ]
