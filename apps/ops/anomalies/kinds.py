"""The words of anomalies: rules, severities, states, and what may be done about one."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Rule(models.TextChoices):
    """What is looked for."""

    BULK_ENUMERATION = "bulk_enumeration", _("Many documents opened")
    SCRAPING = "scraping", _("Requests at a machine's pace")
    ERROR_SPIKE = "error_spike", _("Many failures")
    REFUSAL_SPIKE = "refusal_spike", _("Many refusals")
    NOT_FOUND_SPIKE = "not_found_spike", _("Much is not found")
    LATENCY_SHIFT = "latency_shift", _("Answers take longer")
    KEY_NETWORK = "key_network", _("A key from an unknown network")
    DENIALS = "denials", _("Repeated denials")
    INJECTION = "injection", _("Attempts to overrule the instructions")
    UNUSUAL_HOURS = "unusual_hours", _("Active at unusual hours")


class Severity(models.IntegerChoices):
    """How soon somebody should look."""

    LOW = 1, _("Low")
    MEDIUM = 2, _("Medium")
    HIGH = 3, _("High")


class State(models.TextChoices):
    """What became of it. More evidence goes to one that is open or acknowledged."""

    OPEN = "open", _("Open")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    CLOSED = "closed", _("Closed")
    FALSE_ALARM = "false_alarm", _("False alarm")


class Subject(models.TextChoices):
    """Whom it is about."""

    ALL = "all", _("Everybody")
    USER = "user", _("User")
    KEY = "key", _("API key")
    NETWORK = "net", _("Network")


class Measure(models.TextChoices):
    """What the program does by itself about one, besides telling."""

    NONE = "none", _("Nothing")
    THROTTLE = "throttle", _("Slow down")
    BLOCK = "block", _("Suspend")


class Deed(models.TextChoices):
    """What was done about one, by the program or by somebody."""

    MAIL = "mail", _("Told by mail")
    WEBHOOK = "webhook", _("Told by webhook")
    THROTTLE = "throttle", _("Slowed down")
    BLOCK = "block", _("Suspended")
    LIFT = "lift", _("Restriction lifted")
    ACKNOWLEDGE = "acknowledge", _("Acknowledged")
    CLOSE = "close", _("Closed")
    FALSE_ALARM = "false_alarm", _("Called a false alarm")
    REOPEN = "reopen", _("Opened again")
    NOTE = "note", _("Note")


class Outcome(models.TextChoices):
    """How a deed stands: messages are tried again until they arrive or are given up."""

    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
