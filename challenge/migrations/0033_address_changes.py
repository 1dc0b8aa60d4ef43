"""Changes of address, and the mails about them."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("challenge", "0030_earlier_check_ins"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AddressChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('old_address', models.EmailField(max_length=254, verbose_name='old address')),
                ('new_address', models.EmailField(max_length=254, verbose_name='new address')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='key of the links')),
                ('asked_at', models.DateTimeField(verbose_name='asked')),
                ('confirmed_at', models.DateTimeField(blank=True, null=True, verbose_name='confirmed')),
                ('undone_at', models.DateTimeField(blank=True, null=True, verbose_name='undone')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='address_changes', to=settings.AUTH_USER_MODEL, verbose_name='runner')),
            ],
            options={
                'verbose_name': 'change of address',
                'verbose_name_plural': 'changes of address',
            },
        ),
        migrations.AddField(
            model_name='delivery',
            name='address_change',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to='challenge.addresschange', verbose_name='change of address'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('address_change__isnull', False)), fields=['address_change'], name='delivery_address_change'),
        ),
    ]
