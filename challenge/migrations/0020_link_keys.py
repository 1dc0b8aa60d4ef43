"""A random key for each enrollment, which its links name. Rows of before go on opening the links that are out,
which name the row's number."""

import uuid

from django.db import migrations, models


class RandomKey(models.Func):
    """A random UUID, made by the database for each row."""

    template = "gen_random_uuid()"
    output_field = models.UUIDField()

    def as_sqlite(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, template="lower(hex(randomblob(16)))", **context)


def give_keys(apps, schema_editor):
    apps.get_model("challenge", "Enrollment").objects.update(link_key=RandomKey(), opens_numbered_links=True)


class Migration(migrations.Migration):
    dependencies = [("challenge", "0018_safety_rules")]

    operations = [
        migrations.AddField(
            model_name="enrollment",
            name="link_key",
            field=models.UUIDField(editable=False, null=True, verbose_name="key of the links"),
        ),
        migrations.AddField(
            model_name="enrollment",
            name="opens_numbered_links",
            field=models.BooleanField(default=False, editable=False, verbose_name="opens numbered links"),
        ),
        migrations.RunPython(give_keys, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="enrollment",
            name="link_key",
            field=models.UUIDField(
                default=uuid.uuid4, editable=False, unique=True, verbose_name="key of the links"
            ),
        ),
    ]
