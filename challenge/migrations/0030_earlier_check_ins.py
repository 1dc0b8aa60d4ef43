"""Keep the answers of a day that were replaced or removed."""

import django.core.validators
import django.db.models.deletion
from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("challenge", "0027_alarm_of_confirmations"),
    ]

    operations = [
        migrations.CreateModel(
            name='EarlierCheckIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.PositiveSmallIntegerField(verbose_name='day')),
                ('status', models.CharField(choices=[('done', 'Done'), ('partly', 'Partly'), ('not_today', 'Not today')], max_length=10, verbose_name='how it went')),
                ('tightness', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(10)], verbose_name='tightness')),
                ('pain', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(10)], verbose_name='pain')),
                ('pain_where', models.CharField(blank=True, max_length=120, verbose_name='where it hurts')),
                ('distance', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0')), django.core.validators.MaxValueValidator(Decimal('500'))], verbose_name='distance')),
                ('unit', models.CharField(choices=[('km', 'kilometres'), ('mi', 'miles')], default='km', max_length=2, verbose_name='unit')),
                ('note', models.TextField(blank=True, max_length=2000, verbose_name='note')),
                ('created_at', models.DateTimeField(verbose_name='first saved')),
                ('updated_at', models.DateTimeField(verbose_name='last saved')),
                ('replaced_at', models.DateTimeField(verbose_name='replaced')),
                ('removed_at', models.DateTimeField(blank=True, null=True, verbose_name='removed')),
                ('enrollment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='earlier_check_ins', to='challenge.enrollment', verbose_name='enrollment')),
            ],
            options={
                'verbose_name': 'earlier answer',
                'verbose_name_plural': 'earlier answers',
                'indexes': [models.Index(condition=models.Q(('removed_at__isnull', False)), fields=['removed_at'], name='answer_to_erase')],
            },
        ),
    ]
