"""A limit's suspension: by its name, and its reason as a code and values. The limit of all mail is marked "*"."""

import re

from django.db import migrations, models

REFUSED = re.compile(r"(\d+) mails were refused in a row, the last with: (.*)", re.DOTALL)


def keep_reasons(apps, schema_editor):
    limits = apps.get_model("challenge", "Limit").objects
    limits.filter(domain="").update(domain="*")
    for limit in limits.exclude(reason=""):
        if found := REFUSED.fullmatch(limit.reason):
            limit.reason, limit.reason_values = "refused", {"count": int(found[1]), "said": found[2]}
        else:
            limit.reason, limit.reason_values = "as_written", {"text": limit.reason}
        limit.save(update_fields=["reason", "reason_values"])


def mark_with_nothing(apps, schema_editor):
    apps.get_model("challenge", "Limit").objects.filter(domain="*").update(domain="")


class Migration(migrations.Migration):
    dependencies = [("challenge", "0015_restore_stop")]

    operations = [
        migrations.RenameField(model_name="limit", old_name="resting_until", new_name="suspended_until"),
        migrations.RenameField(model_name="limit", old_name="rests", new_name="suspensions"),
        migrations.AlterField(
            model_name="limit",
            name="suspended_until",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="suspended until"),
        ),
        migrations.AlterField(
            model_name="limit",
            name="suspensions",
            field=models.PositiveSmallIntegerField(
                default=0, editable=False, verbose_name="suspensions in a row"
            ),
        ),
        migrations.AddField(
            model_name="limit",
            name="reason_values",
            field=models.JSONField(
                blank=True, default=dict, editable=False, verbose_name="values of the reason"
            ),
        ),
        migrations.RunPython(keep_reasons, mark_with_nothing),
        migrations.AlterField(
            model_name="limit",
            name="reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("refused", "%(count)s mails were refused in a row, the last with: %(said)s"),
                    ("as_written", "%(text)s"),
                ],
                editable=False,
                max_length=20,
                verbose_name="reason",
            ),
        ),
    ]
