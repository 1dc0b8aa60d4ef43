"""An alarm's sentence as a code and values; what was written before stays as it was written."""

from django.db import migrations, models


def keep_sentences(apps, schema_editor):
    for alarm in apps.get_model("challenge", "Alarm").objects.all():
        alarm.values = {"text": alarm.sentence}
        alarm.save(update_fields=["values"])


class Migration(migrations.Migration):
    dependencies = [("challenge", "0016_limit_codes")]

    operations = [
        migrations.AddField(
            model_name="alarm",
            name="code",
            field=models.CharField(
                choices=[
                    ("database", "The database can't be used: %(error)s"),
                    ("database_over", "The database can be used again."),
                    ("disk", "Only %(free)d MB are free on the disk of the database."),
                    ("disk_over", "There is room on the disk of the database again."),
                    (
                        "stop",
                        "Nothing is sent until an operator says so (manage.py resume_sending): %(reason)s.",
                    ),
                    ("stop_over", "Sending goes on."),
                    ("stall", "Mail stands still."),
                    ("stall_over", "Mail is moving again."),
                    ("suspension", "Mail to %(domain)s rests until %(until)s: %(reason)s"),
                    ("suspension_over", "Mail to %(domain)s goes again."),
                    ("as_written", "%(text)s"),
                ],
                default="as_written",
                max_length=20,
                verbose_name="code",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="alarm",
            name="values",
            field=models.JSONField(blank=True, default=dict, verbose_name="values"),
        ),
        migrations.RunPython(keep_sentences, migrations.RunPython.noop),
        migrations.RemoveField(model_name="alarm", name="sentence"),
    ]
