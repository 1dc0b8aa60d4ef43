"""The address that a reported event is about, and the event of another address."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("challenge", "0040_erasing"),
    ]

    operations = [
        migrations.AddField(
            model_name='deliveryevent',
            name='address_hash',
            field=models.CharField(blank=True, max_length=64, verbose_name='address hash'),
        ),
        migrations.AlterField(
            model_name='event',
            name='kind',
            field=models.CharField(choices=[('signed_up', 'signed up'), ('reminded', 'reminded to confirm'), ('confirmed', 'confirmed'), ('paused', 'paused'), ('unreachable', 'paused as unreachable'), ('resumed', 'resumed'), ('rescheduled', 'changed the hour'), ('completed', 'completed'), ('withdrawn', 'left'), ('returned', 'came back'), ('changed', 'changed'), ('readdressed', 'got another address'), ('erase_asked', 'asked to be erased'), ('kept', 'took back the wish to be erased')], max_length=12, verbose_name='what'),
        ),
    ]
