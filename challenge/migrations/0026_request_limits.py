"""Requests count for a mailbox, for the network around a connection, and until somebody has answered."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("challenge", "0025_address_hash_key")]

    operations = [
        # The hash of an address without a tag is that of its mailbox.
        migrations.RenameField("mailrequest", "address_hash", "mailbox_hash"),
        migrations.AlterField(
            model_name="mailrequest",
            name="mailbox_hash",
            field=models.CharField(db_index=True, max_length=64, verbose_name="mailbox hash"),
        ),
        migrations.AddField(
            model_name="mailrequest",
            name="network_hash",
            field=models.CharField(
                blank=True, db_index=True, default="", max_length=64, verbose_name="network hash"
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="mailrequest",
            name="leaves_at",
            field=models.DateTimeField(blank=True, db_index=True, null=True, verbose_name="leaves"),
        ),
        migrations.AddField(
            model_name="mailrequest",
            name="answered",
            field=models.BooleanField(default=False, verbose_name="answered"),
        ),
    ]
