"""The safety rules of a program, which a later edit may not break; loading the course fills them in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("challenge", "0017_alarm_codes")]

    operations = [
        migrations.AddField(
            model_name="program",
            name="safety",
            field=models.JSONField(blank=True, default=list, verbose_name="safety rules"),
        ),
    ]
