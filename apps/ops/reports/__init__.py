"""The monthly report: what was asked, how well it was answered, what is missing, what it costs."""
