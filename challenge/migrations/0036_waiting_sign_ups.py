"""A later sign-up form waits for its own mail, so that it changes nothing that an earlier mail asks for."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("challenge", "0033_address_changes")]

    operations = [
        migrations.CreateModel(
            name="WaitingSignUp",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("first_name", models.CharField(max_length=60, verbose_name="first name")),
                ("starts_on", models.DateField(verbose_name="starts on")),
                ("send_at", models.TimeField(verbose_name="hour")),
                ("time_zone", models.CharField(max_length=64, verbose_name="time zone")),
                ("asked_at", models.DateTimeField(db_index=True, verbose_name="asked")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered")),
                (
                    "cohort",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="challenge.cohort",
                        verbose_name="cohort",
                    ),
                ),
                (
                    "enrollment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="waiting_sign_up",
                        to="challenge.enrollment",
                        verbose_name="enrollment",
                    ),
                ),
            ],
            options={
                "verbose_name": "waiting sign-up",
                "verbose_name_plural": "waiting sign-ups",
            },
        ),
    ]
