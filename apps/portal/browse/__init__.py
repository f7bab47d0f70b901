"""Collections and documents: looking, adding, deleting."""
