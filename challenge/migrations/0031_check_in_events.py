"""A check-in that was removed or put back is an event."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("challenge", "0030_earlier_check_ins"),
    ]

    operations = [
        migrations.AlterField(
            model_name='event',
            name='detail',
            field=models.CharField(blank=True, choices=[('hour', '%(send_at)s %(time_zone)s'), ('complaint', 'The runner marked a mail as spam.'), ('bad_address', 'The address refuses mail.'), ('soft_bounces', 'Three mails in a row came back.'), ('day', 'Day %(day)s.'), ('as_written', '%(text)s')], max_length=20, verbose_name='detail'),
        ),
        migrations.AlterField(
            model_name='event',
            name='kind',
            field=models.CharField(choices=[('signed_up', 'signed up'), ('reminded', 'reminded to confirm'), ('confirmed', 'confirmed'), ('paused', 'paused'), ('unreachable', 'paused as unreachable'), ('resumed', 'resumed'), ('rescheduled', 'changed the hour'), ('completed', 'completed'), ('withdrawn', 'left'), ('returned', 'came back'), ('removed', 'removed a check-in'), ('put_back', 'put a check-in back')], max_length=12, verbose_name='what'),
        ),
    ]
