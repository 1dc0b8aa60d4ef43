"""Each mail is written twice, and every index with it: those that nothing needs are gone."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("challenge", "0009_hold")]

    operations = [
        migrations.AlterField(
            model_name="delivery",
            name="enrollment",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="deliveries",
                to="challenge.enrollment",
                verbose_name="enrollment",
            ),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="recall",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="deliveries",
                to="challenge.recall",
                verbose_name="recall",
            ),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="revision",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deliveries",
                to="challenge.revision",
                verbose_name="revision",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("revision__isnull", False)), fields=["revision"], name="delivery_revision"
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("recall__isnull", False)), fields=["recall"], name="delivery_recall"
            ),
        ),
    ]
