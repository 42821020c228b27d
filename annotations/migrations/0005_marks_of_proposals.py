from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("annotations", "0004_display_settings"),
    ]

    operations = [
        migrations.AddField(
            model_name="annotation",
            name="marks",
            field=models.JSONField(default=dict),
        ),
    ]
