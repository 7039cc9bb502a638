"""Groups for the four roles. Whoever could change records, and so publish them, becomes a publisher.

Nothing is taken away: a group that has the name of a role already keeps members and permissions under another name,
so that nobody gets a role unawares. The log names whom it concerns, and who has permissions but no role now.
"""

import logging

from django.conf import settings
from django.db import migrations
from django.db.models import Q

ROLES = ("Contributors", "Editors", "Publishers", "Administrators")
CURATED = ("source", "stakeholder", "event", "practice", "finding", "concept")
logger = logging.getLogger(__name__)


def make_groups(apps, schema_editor):
    alias = schema_editor.connection.alias
    groups = apps.get_model("auth", "Group").objects.using(alias)
    permissions = apps.get_model("auth", "Permission").objects.using(alias).filter(content_type__app_label="practices")
    users = apps.get_model(settings.AUTH_USER_MODEL).objects.using(alias).filter(is_staff=True, is_superuser=False)
    if groups.filter(name__in=ROLES).count() == len(ROLES):
        return  # this ran before, and was taken back
    for group in groups.filter(name__in=ROLES):
        former, group.name = group.name, f"{group.name} (before roles)"
        group.save()
        logger.warning("The group %s is called %s now: its name is that of a role.", former, group.name)
    for name in ROLES:
        groups.create(name=name)

    def holders(permissions):
        return users.filter(Q(user_permissions__in=permissions) | Q(groups__permissions__in=permissions)).distinct()

    publishers = list(holders(permissions.filter(codename__in=[f"change_{model}" for model in CURATED])))
    groups.get(name="Publishers").user_set.add(*publishers)
    for user in holders(permissions).exclude(pk__in=[user.pk for user in publishers]).order_by("pk"):
        logger.warning("%s has permissions, but no role: an administrator may give one.", user.get_username())


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("practices", "0007_former_slug_history"),
    ]

    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
