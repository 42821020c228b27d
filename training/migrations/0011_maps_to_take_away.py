from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("training", "0010_starts"),
    ]

    operations = [
        migrations.AddField(
            model_name="pictureresult",
            name="asked_doubt",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="pictureresult",
            name="doubt_map",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.AddField(
            model_name="predictionbatch",
            name="with_doubt",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="predictionrequest",
            name="with_doubt",
            field=models.BooleanField(default=False),
        ),
    ]
