"""Each delivery knows its recipient's domain; what waits to be sent gets it now."""

from django.db import migrations, models


def fill(apps, schema_editor):
    Delivery = apps.get_model("challenge", "Delivery")
    waiting = Delivery.objects.filter(state__in=["queued", "retry", "sending"]).select_related("enrollment__runner")
    filled = []
    for delivery in waiting:
        delivery.domain = delivery.enrollment.runner.email.rpartition("@")[2].lower()
        filled.append(delivery)
    Delivery.objects.bulk_update(filled, ["domain"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("challenge", "0004_sources")]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="domain",
            field=models.CharField(
                blank=True,
                help_text="Limits are kept by domain.",
                max_length=253,
                verbose_name="recipient's domain",
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
