"""The address that a reported event is about, and the event of another address."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("challenge", "0037_counted_mails"),
    ]

    operations = [
        migrations.AddField(
            model_name='deliveryevent',
            name='address_hash',
            field=models.CharField(blank=True, max_length=64, verbose_name='address hash'),
        ),
    ]
