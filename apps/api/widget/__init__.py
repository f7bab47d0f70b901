"""The widget on pages of the intranet: its token, and what the token opens."""
