"""Sources of the course's files become contents, and whoever has begun is pinned to her start."""

import re
import tomllib

from django.db import migrations, models
from django.db.models.functions import Greatest


def page(source):
    parts = re.split(r'^\+\+\+[ \t]*$\n?', source, maxsplit=2, flags=re.MULTILINE)
    return (tomllib.loads(parts[1]), parts[2].strip()) if len(parts) == 3 else ({}, source)


def forwards(apps, schema_editor):
    Stretch = apps.get_model('challenge', 'Stretch')
    Revision = apps.get_model('challenge', 'Revision')
    contents = {}
    for stretch in Stretch.objects.all():
        meta, body = page(stretch.source)
        stretch.content = {'figures': [], 'area': [], 'timer': '', **meta, 'body': body}
        stretch.save(update_fields=['content'])
        contents[stretch.program_id, stretch.slug] = stretch
    for revision in Revision.objects.select_related('day'):
        meta, body = page(revision.source)
        used = [
            contents[revision.day.program_id, slug]
            for slug in meta.get('stretches', [])
            if (revision.day.program_id, slug) in contents
        ]
        revision.content = {
            'day': {'figures': [], **meta},
            'body': body,
            'week': '',
            'stretches': [{**stretch.content, 'slug': stretch.slug} for stretch in used],
            'self_check': None,
        }
        revision.save(update_fields=['content'])
        revision.stretches.set(used)
    pin(apps)


def pin(apps):
    Enrollment = apps.get_model('challenge', 'Enrollment')
    Delivery = apps.get_model('challenge', 'Delivery')
    Revision = apps.get_model('challenge', 'Revision')
    first = Delivery.objects.filter(enrollment=models.OuterRef('pk'), kind='lesson', day=1, copy=0)
    # Until now everybody was sent the newest version: nobody goes back to an older one.
    for newest in Revision.objects.values('day__program').annotate(at=models.Max('published_at')).order_by():
        begun = Enrollment.objects.filter(models.Exists(first), program=newest['day__program'])
        due_at = models.Subquery(first.values('due_at')[:1])
        begun.update(pinned_at=Greatest(due_at, models.Value(newest['at'], models.DateTimeField())))


class Migration(migrations.Migration):

    dependencies = [('challenge', '0002_publishing')]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
