"""Mail about safety goes before all other mail: its priority is below zero, so that no row changes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("challenge", "0046_screening_day")]

    operations = [
        migrations.AlterField(
            model_name="delivery",
            name="priority",
            field=models.SmallIntegerField(
                choices=[(-1, "somebody may be in danger"), (0, "somebody waits for it"), (1, "usual")],
                default=1,
                verbose_name="priority",
            ),
        ),
    ]
