"""What came back of a mail is called by the field's own word."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("challenge", "0013_check_in_processed_at")]

    operations = [
        migrations.RenameModel("Returned", "DeliveryEvent"),
        migrations.AlterModelOptions(
            name="deliveryevent",
            options={
                "verbose_name": "delivery event",
                "verbose_name_plural": "delivery events",
                "ordering": ["at", "id"],
            },
        ),
        migrations.AlterField(
            model_name="deliveryevent",
            name="delivery",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="delivery_events",
                to="challenge.delivery",
                verbose_name="delivery",
            ),
        ),
    ]
