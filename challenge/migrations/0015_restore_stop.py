"""The stop after a restored backup is called a RestoreStop."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("challenge", "0014_delivery_events")]

    operations = [
        migrations.RemoveConstraint(model_name="hold", name="one_hold"),
        migrations.RenameModel(old_name="Hold", new_name="RestoreStop"),
        migrations.AlterModelOptions(
            name="restorestop",
            options={"verbose_name": "stop after a restore", "verbose_name_plural": "stops after a restore"},
        ),
        migrations.RenameField(model_name="restorestop", old_name="looks", new_name="counter"),
        migrations.RenameField(model_name="restorestop", old_name="looked_at", new_name="counted_at"),
        migrations.RenameField(model_name="restorestop", old_name="place", new_name="database_identity"),
        migrations.RenameField(model_name="restorestop", old_name="held_since", new_name="stopped_since"),
        migrations.AlterField(
            model_name="restorestop",
            name="counter",
            field=models.PositiveBigIntegerField(default=1, verbose_name="counter"),
        ),
        migrations.AlterField(
            model_name="restorestop",
            name="counted_at",
            field=models.DateTimeField(verbose_name="counted"),
        ),
        migrations.AlterField(
            model_name="restorestop",
            name="database_identity",
            field=models.CharField(blank=True, max_length=60, verbose_name="database"),
        ),
        migrations.AlterField(
            model_name="restorestop",
            name="stopped_since",
            field=models.DateTimeField(blank=True, null=True, verbose_name="stopped since"),
        ),
        migrations.AddConstraint(
            model_name="restorestop",
            constraint=models.CheckConstraint(condition=models.Q(("id", 1)), name="one_restore_stop"),
        ),
    ]
