"""Requests for a confirmation, for fresh links and by another sign-up are counted apart."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("challenge", "0036_waiting_sign_ups")]

    operations = [
        migrations.AddField(
            model_name="mailrequest",
            name="mail",
            field=models.CharField(
                choices=[
                    ("confirmation", "confirmation"),
                    ("links", "fresh links"),
                    ("again", "of another sign-up"),
                ],
                default="confirmation",
                max_length=12,
                verbose_name="mail",
            ),
        ),
    ]
