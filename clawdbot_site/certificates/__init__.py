"""An authority of the intranet's own, the certificates it gives, and what one says."""
