"""Saved views that search for an address name the person by number instead (accounts.search)."""

from django.db import migrations
from django.http import QueryDict


def name_by_number(apps, schema_editor):
    people = apps.get_model("accounts", "User").objects
    for saved in apps.get_model("challenge", "SavedFilter").objects.filter(query__contains="%40"):
        query = QueryDict(saved.query, mutable=True)
        words = []
        for word in query.get("q", "").split():
            if "@" in word and not word.startswith("@"):
                found = people.filter(email__icontains=word.strip("<>()[],;:\"'")).order_by("pk")[:100]
                word = "#" + (",".join(str(person.pk) for person in found) or "0")
            words.append(word)
        query["q"] = " ".join(words)
        if len(query.urlencode()) > 500:
            saved.delete()
            continue
        saved.query = query.urlencode()
        saved.save(update_fields=["query"])


class Migration(migrations.Migration):
    dependencies = [("challenge", "0041_whom_it_went_to"), ("accounts", "0040_erase_at")]

    operations = [migrations.RunPython(name_by_number, migrations.RunPython.noop, elidable=True)]
