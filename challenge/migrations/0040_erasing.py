"""The mail, the events and the reasons around a request to erase."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('challenge', '0034_own_page'),
    ]

    operations = [
        migrations.AlterField(
            model_name='delivery',
            name='kind',
            field=models.CharField(choices=[('confirmation', 'confirmation'), ('reminder', 'reminder to confirm'), ('welcome', 'welcome'), ('links', 'fresh links'), ('lesson', 'lesson'), ('paused', 'paused'), ('resumed', 'resumed'), ('correction', 'correction'), ('summary', 'summary of the course'), ('goodbye', 'goodbye'), ('left', 'left'), ('changed', "changes on the runner's page"), ('own_page', "link to the runner's page"), ('address', 'confirm a new address'), ('address_used', "a new address that is another runner's"), ('address_old', 'a changed address, to the old one'), ('erasing', 'asked to be erased')], max_length=12, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='reason',
            field=models.CharField(blank=True, choices=[('suppressed', 'The address is suppressed.'), ('not_pending', 'The sign-up is not waiting to be confirmed.'), ('left', 'The runner has left.'), ('wrong_state', 'The enrollment was %(state)s.'), ('begun_again', 'The runner has begun again.'), ('erasing', 'The runner has asked to be erased.'), ('kept', 'The runner is not to be erased any more.'), ('no_consent', 'There is no consent to mail.'), ('paused', 'The enrollment was paused.'), ('new_hour', 'It waits for the new hour.'), ('not_composed', 'It could not be composed: %(error)s'), ('unconfirmed', 'The server never confirmed it.'), ('refused', 'The mail server refused it: %(code)s %(text)s'), ('too_late', 'It did not get through in time.'), ('sender_stopped', 'Its sender stopped without a word each time.'), ('taken_as_sent', 'Taken as sent: it was due before a backup was restored.'), ('as_written', '%(text)s')], max_length=20, verbose_name='reason'),
        ),
        migrations.AlterField(
            model_name='event',
            name='kind',
            field=models.CharField(choices=[('signed_up', 'signed up'), ('reminded', 'reminded to confirm'), ('confirmed', 'confirmed'), ('paused', 'paused'), ('unreachable', 'paused as unreachable'), ('resumed', 'resumed'), ('rescheduled', 'changed the hour'), ('completed', 'completed'), ('withdrawn', 'left'), ('returned', 'came back'), ('changed', 'changed'), ('erase_asked', 'asked to be erased'), ('kept', 'took back the wish to be erased')], max_length=12, verbose_name='what'),
        ),
    ]
