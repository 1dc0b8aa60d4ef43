"""A message that a program may have sent says so."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("challenge", "0048_codes")]

    operations = [
        migrations.AddField(
            model_name="message",
            name="doubt",
            field=models.CharField(
                blank=True,
                choices=[
                    ("several_answers", "several answers of one mail within seconds"),
                    ("too_fast", "the form came back within two seconds"),
                    ("at_arrival", "within seconds of the mail's arrival"),
                    ("no_time", "the form did not say when it was served"),
                ],
                help_text="A mail scanner could have sent it: it holds and wakes nobody by itself.",
                max_length=15,
                verbose_name="doubtful",
            ),
        ),
    ]
