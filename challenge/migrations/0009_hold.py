import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("challenge", "0008_watching")]

    operations = [
        migrations.CreateModel(
            name="Hold",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("history", models.UUIDField(default=uuid.uuid4, verbose_name="history")),
                ("looks", models.PositiveBigIntegerField(default=1, verbose_name="looks")),
                ("looked_at", models.DateTimeField(verbose_name="last look")),
                ("place", models.CharField(blank=True, max_length=60, verbose_name="place")),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("older", "an older state of the database was restored"),
                            ("moved", "the database was restored or moved to another place"),
                        ],
                        max_length=10,
                        verbose_name="reason",
                    ),
                ),
                ("held_since", models.DateTimeField(blank=True, null=True, verbose_name="held since")),
                ("ran_until", models.DateTimeField(blank=True, null=True, verbose_name="ran until")),
            ],
            options={
                "verbose_name": "hold",
                "verbose_name_plural": "holds",
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="one_hold")],
            },
        ),
    ]
