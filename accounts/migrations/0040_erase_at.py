"""When a runner who has asked for it is erased."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='erase_at',
            field=models.DateTimeField(blank=True, help_text='The runner has asked for it.', null=True, verbose_name='will be erased'),
        ),
    ]
