"""The comparisons that `apps.retrieval.verify` is put together from; none changes anything."""
