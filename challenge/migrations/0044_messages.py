"""A question becomes a message from the runner."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("challenge", "0043_codes")]

    operations = [
        migrations.RemoveIndex("Question", "question_asked"),
        migrations.RenameModel("Question", "Message"),
        migrations.RenameField("Message", "asked_at", "at"),
    ]
