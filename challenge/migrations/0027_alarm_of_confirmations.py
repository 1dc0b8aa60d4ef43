"""An alarm when more confirmations are asked for than the site sends in an hour."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("challenge", "0026_request_limits"),
    ]

    operations = [
        migrations.AlterField(
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
                    (
                        "confirmations",
                        "More than %(count)d people an hour sign up, so confirmations wait until %(until)s.",
                    ),
                    ("confirmations_over", "Confirmations leave at once again."),
                    ("as_written", "%(text)s"),
                ],
                max_length=20,
                verbose_name="code",
            ),
        ),
    ]
