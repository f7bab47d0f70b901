import uuid

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    """The table is as new as this: it has no rows yet that would share an identifier."""

    dependencies = [("knowledge", "0005_erased_versions")]

    operations = [
        migrations.AddField(
            model_name="documentgrant",
            name="created_at",
            field=models.DateTimeField(
                auto_now_add=True, default=django.utils.timezone.now, verbose_name="created"
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="documentgrant",
            name="uuid",
            field=models.UUIDField(
                default=uuid.uuid4, editable=False, unique=True, verbose_name="identifier"
            ),
        ),
    ]
