from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("challenge", "0007_limits")]

    operations = []
