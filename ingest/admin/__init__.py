"""Admin pages of collections, documents and jobs: everything that shows how ingest is going."""

from ingest.admin.collections import CollectionAdmin
from ingest.admin.documents import DocumentAdmin
from ingest.admin.jobs import JobAdmin

__all__ = ["CollectionAdmin", "DocumentAdmin", "JobAdmin"]
