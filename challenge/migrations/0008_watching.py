from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("challenge", "0007_limits")]

    operations = [
        migrations.CreateModel(
            name="Alarm",
            fields=[
                ("kind", models.CharField(max_length=300, primary_key=True, serialize=False, verbose_name="what")),
                ("sentence", models.CharField(max_length=500, verbose_name="sentence")),
                ("since", models.DateTimeField(verbose_name="since")),
                ("told_at", models.DateTimeField(blank=True, null=True, verbose_name="told")),
                ("claimed_until", models.DateTimeField(blank=True, null=True, verbose_name="claimed until")),
            ],
            options={"verbose_name": "alarm", "verbose_name_plural": "alarms", "ordering": ["since"]},
        ),
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("name", models.CharField(max_length=20, primary_key=True, serialize=False, verbose_name="what")),
                ("at", models.DateTimeField(verbose_name="last")),
            ],
            options={"verbose_name": "heartbeat", "verbose_name_plural": "heartbeats"},
        ),
    ]
