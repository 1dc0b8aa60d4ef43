"""An undo of leaving: when it was and from which state; the mail that says so; the event of coming back."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('challenge', '0020_link_keys'),
    ]

    operations = [
        migrations.AddField(
            model_name='enrollment',
            name='left_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='left'),
        ),
        migrations.AddField(
            model_name='enrollment',
            name='left_from',
            field=models.CharField(blank=True, choices=[('pending', 'pending'), ('screening', 'screening'), ('active', 'active'), ('paused', 'paused'), ('held', 'held'), ('completed', 'completed'), ('withdrawn', 'withdrawn')], help_text='An undo leads back to it; empty where there is none.', max_length=10, verbose_name='state before leaving'),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='kind',
            field=models.CharField(choices=[('confirmation', 'confirmation'), ('reminder', 'reminder to confirm'), ('welcome', 'welcome'), ('links', 'fresh links'), ('lesson', 'lesson'), ('paused', 'paused'), ('resumed', 'resumed'), ('correction', 'correction'), ('summary', 'summary of the course'), ('goodbye', 'goodbye'), ('left', 'left')], max_length=12, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='event',
            name='kind',
            field=models.CharField(choices=[('signed_up', 'signed up'), ('reminded', 'reminded to confirm'), ('confirmed', 'confirmed'), ('paused', 'paused'), ('unreachable', 'paused as unreachable'), ('resumed', 'resumed'), ('rescheduled', 'changed the hour'), ('completed', 'completed'), ('withdrawn', 'left'), ('returned', 'came back')], max_length=12, verbose_name='what'),
        ),
    ]
