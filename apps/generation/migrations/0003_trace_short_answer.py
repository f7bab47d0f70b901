from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('generation', '0002_portal'),
    ]

    operations = [
        migrations.AddField(
            model_name='trace',
            name='short_answer',
            field=models.TextField(blank=True, default=''),
        ),
    ]
