"""Every delivery has a domain and one recipient; what somebody waits for goes first."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('challenge', '0011_ledger'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='delivery',
            name='delivery_waiting',
        ),
        migrations.AlterField(
            model_name='delivery',
            name='domain',
            field=models.CharField(help_text='Limits are kept by domain.', max_length=253, verbose_name="recipient's domain"),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='reason',
            field=models.CharField(blank=True, choices=[('suppressed', 'The address is suppressed.'), ('not_pending', 'The sign-up is not waiting to be confirmed.'), ('left', 'The runner has left.'), ('wrong_state', 'The enrollment was %(state)s.'), ('begun_again', 'The runner has begun again.'), ('no_consent', 'There is no consent to mail.'), ('paused', 'The enrollment was paused.'), ('new_hour', 'It waits for the new hour.'), ('not_composed', 'It could not be composed: %(error)s'), ('unconfirmed', 'The server never confirmed it.'), ('refused', 'The mail server refused it: %(code)s %(text)s'), ('too_late', 'It did not get through in time.'), ('sender_stopped', 'Its sender stopped without a word each time.'), ('taken_as_sent', 'Taken as sent: it was due before a backup was restored.'), ('as_written', '%(text)s')], max_length=20, verbose_name='reason'),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='state',
            field=models.CharField(choices=[('queued', 'queued'), ('sending', 'sending'), ('sent', 'sent'), ('retry', 'retry'), ('failed', 'failed'), ('withheld', 'held back')], default='queued', max_length=10, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='event',
            name='detail',
            field=models.CharField(blank=True, choices=[('hour', '%(send_at)s %(time_zone)s'), ('complaint', 'The runner marked a mail as spam.'), ('bad_address', 'The address refuses mail.'), ('soft_bounces', 'Three mails in a row came back.'), ('as_written', '%(text)s')], max_length=20, verbose_name='detail'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('state__in', ['queued', 'retry'])), fields=['priority', 'try_at'], name='delivery_waiting'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('recipient__isnull', False)), fields=['recipient'], name='delivery_recipient'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(('domain', ''), _negated=True), name='delivery_has_domain'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('enrollment__isnull', False), ('recipient', None)), models.Q(('enrollment', None), ('recipient__isnull', False)), _connector='OR'), name='delivery_has_one_recipient'),
        ),
    ]
