from django.db import migrations, models


class Migration(migrations.Migration):
    """Rename CheckIn.worked_out_at; the index goes first, as its condition names the column."""

    dependencies = [("challenge", "0012_ledger_rules")]

    operations = [
        migrations.RemoveIndex("checkin", "check_in_to_work_out"),
        migrations.RenameField("checkin", "worked_out_at", "processed_at"),
        migrations.AddIndex(
            "checkin",
            models.Index(
                fields=["updated_at"], condition=models.Q(processed_at=None), name="check_in_to_process"
            ),
        ),
    ]
