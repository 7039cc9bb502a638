"""Operations for which models are made once: most of the time of a migration is Django making them after each."""

from django.db import migrations


class Together(migrations.SeparateDatabaseAndState):
    """Operations each of which may run when all of them are in the state already.

    So may those that create models, add columns that may be empty, or add constraints. Not so two for which SQLite
    makes one table anew with its former columns, such as two new columns that may not be empty.
    """

    def __init__(self, operations):
        super().__init__(operations, operations)

    def state_forwards(self, app_label, state):
        # Django would make anew all models that are related to the one that changed, which is nearly all of them
        state.__dict__.pop("apps", None)
        super().state_forwards(app_label, state)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for operation in self.database_operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)
