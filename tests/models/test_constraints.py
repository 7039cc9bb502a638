"""Every constraint says in plain words what is wrong: forms and loaders show its message."""

import pytest
from django.apps import apps
from django.db.models import BaseConstraint

CONSTRAINTS = [
    constraint for model in apps.get_app_config("practices").get_models() for constraint in model._meta.constraints
]


@pytest.mark.parametrize("constraint", CONSTRAINTS, ids=lambda constraint: constraint.name)
def test_a_constraint_has_a_message_in_plain_words(constraint: BaseConstraint) -> None:
    message = str(constraint.get_violation_error_message())
    assert message != str(constraint.default_violation_error_message) % {"name": constraint.name}
    assert message.endswith(".")
    assert constraint.name not in message
    assert "_" not in message
