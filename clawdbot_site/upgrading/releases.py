"""The last migration of each app in every released minor version.

What came since must leave the programs of the minor before working. On a release its line is added:
`python -m clawdbot_site.upgrading.releases` prints it.
"""

from collections.abc import Mapping

Minor = tuple[int, int]

HEADS: Mapping[Minor, Mapping[str, str]] = {
    (0, 1): {
        "accounts": "0002_generation_service",
        "api": "0001_initial",
        "evaluation": "0001_portal",
        "generation": "0005_trace_leant_on",
        "ingest": "0002_initial",
        "knowledge": "0009_collection_profile",
        "modelhub": "0005_language_models",
        "ops": "0002_pack_imports",
        "retrieval": "0006_generation_job_cursor",
    },
}


def before(minor: Minor) -> Minor | None:
    """The newest released minor before this one; None before the first."""
    return max((one for one in HEADS if one < minor), default=None)


def _print_heads() -> None:
    import django

    django.setup()
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None)
    ours = {app for heads in HEADS.values() for app in heads} | {"core"}
    for app, name in sorted(loader.graph.leaf_nodes()):
        if app in ours:
            print(f'        "{app}": "{name}",')  # noqa: T201


if __name__ == "__main__":
    _print_heads()
