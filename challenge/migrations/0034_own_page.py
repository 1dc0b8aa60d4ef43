"""A runner's own page: the mails about what was changed there, and its events."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("challenge", "0033_address_changes"),
    ]

    operations = [
        migrations.AlterField(
            model_name='delivery',
            name='kind',
            field=models.CharField(choices=[('confirmation', 'confirmation'), ('reminder', 'reminder to confirm'), ('welcome', 'welcome'), ('links', 'fresh links'), ('lesson', 'lesson'), ('paused', 'paused'), ('resumed', 'resumed'), ('correction', 'correction'), ('summary', 'summary of the course'), ('goodbye', 'goodbye'), ('left', 'left'), ('changed', "changes on the runner's page"), ('own_page', "link to the runner's page"), ('address', 'confirm a new address'), ('address_used', "a new address that is another runner's"), ('address_old', 'a changed address, to the old one')], max_length=12, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='event',
            name='detail',
            field=models.CharField(blank=True, choices=[('hour', '%(send_at)s %(time_zone)s'), ('name', 'The first name.'), ('links', 'All earlier links were ended.'), ('complaint', 'The runner marked a mail as spam.'), ('bad_address', 'The address refuses mail.'), ('soft_bounces', 'Three mails in a row came back.'), ('as_written', '%(text)s')], max_length=20, verbose_name='detail'),
        ),
        migrations.AlterField(
            model_name='event',
            name='kind',
            field=models.CharField(choices=[('signed_up', 'signed up'), ('reminded', 'reminded to confirm'), ('confirmed', 'confirmed'), ('paused', 'paused'), ('unreachable', 'paused as unreachable'), ('resumed', 'resumed'), ('rescheduled', 'changed the hour'), ('completed', 'completed'), ('withdrawn', 'left'), ('returned', 'came back'), ('changed', 'changed')], max_length=12, verbose_name='what'),
        ),
    ]
