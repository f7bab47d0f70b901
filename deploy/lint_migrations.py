"""`make check`: what django-migration-linter sees in the SQL of migrations since the last minor.

Our own rule looks at the operations (clawdbot_site/upgrading/operations.py); this one at what
SQLite is told to do, and at code in data migrations.
"""

import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "clawdbot_site.settings"
# A default that the database knows fills what the version before leaves out, SQLite or not.
FILLED_BY_THE_DATABASE = ["NOT_NULL"]


def main() -> int:
    """0: nothing is wrong with any of them."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["CLAWDBOT_HOME"] = home
        import django

        django.setup()
        from django_migration_linter import MigrationLinter

        from apps.core.version import VERSION, minor_of
        from clawdbot_site.upgrading import releases

        heads = releases.HEADS[releases.before(minor_of(VERSION)) or min(releases.HEADS)]
        linter = MigrationLinter(str(ROOT), no_cache=True, no_output=False,
                                 exclude_migration_tests=FILLED_BY_THE_DATABASE)  # fmt: skip
        for migration in linter._gather_all_migrations():
            app, name = migration.app_label, migration.name
            if migration.__module__.startswith(("apps.", "ingest.")) and name > heads.get(app, ""):
                linter.lint_migration(migration)
        linter.print_summary()
        return 1 if linter.has_errors else 0


if __name__ == "__main__":
    sys.exit(main())
