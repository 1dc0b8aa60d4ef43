from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [('challenge', '0003_contents')]

    operations = [
        migrations.RemoveField(
            model_name='revision',
            name='source',
        ),
        migrations.RemoveField(
            model_name='stretch',
            name='source',
        ),
    ]
