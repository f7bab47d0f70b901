"""Messages about anomalies: they wait in rows until they have arrived or are given up."""

import hashlib
import hmac
import json
import logging
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings as site
from django.urls import reverse
from django.utils import translation
from django.utils.formats import localize
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from apps.core import clock, config, mail
from apps.core.errors import ClawdbotError, Conflict, Retryable
from apps.ops.anomalies.kinds import Deed, Outcome, Rule
from apps.ops.anomalies.selectors import subject_names
from apps.ops.anomalies.wording import advice, sentence
from apps.ops.models import Anomaly, AnomalyDeed

logger = logging.getLogger(__name__)
PAUSES_MIN = (1, 5, 15, 60, 240, 720)  # between tries; then it is given up
AT_ONCE = 50


def messages_send() -> int:
    """Send what is due. Returns how many arrived. Safe to repeat and in several processes: each
    message is claimed by one, and tried again when that one dies."""
    now = clock.now()
    due = AnomalyDeed.objects.filter(outcome=Outcome.WAITING, next_at__lte=now)
    arrived = 0
    for row in due.select_related("anomaly").order_by("next_at")[:AT_ONCE]:
        again_at = now + timedelta(minutes=PAUSES_MIN[min(row.attempts, len(PAUSES_MIN) - 1)])
        claimed = AnomalyDeed.objects.filter(
            pk=row.pk, attempts=row.attempts, outcome=Outcome.WAITING
        ).update(attempts=row.attempts + 1, next_at=again_at)
        if claimed:
            arrived += _sent(row)
    return arrived


def message_of(anomaly: Anomaly) -> dict[str, Any]:
    """What a webhook is told, ready for JSON."""
    figures = anomaly.evidence.get("figures", {})
    return {
        "event": "anomaly",
        "id": str(anomaly.uuid),
        "rule": anomaly.rule,
        "severity": anomaly.get_severity_display().lower(),
        "state": anomaly.state,
        "subject": anomaly.subject,
        "subject_name": subject_names([anomaly])[anomaly.subject],
        "network": anomaly.network,
        "words": sentence(Rule(anomaly.rule), figures),
        "figures": figures,
        "count": anomaly.count,
        "first_seen": anomaly.first_seen.isoformat(),
        "last_seen": anomaly.last_seen.isoformat(),
        "page": _page(anomaly),
    }


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """What X-Clawdbot-Signature holds: HMAC-SHA256 of `timestamp.body`, in hex."""
    signed = timestamp.encode() + b"." + body
    return "sha256=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def _sent(row: AnomalyDeed) -> bool:
    try:
        _send(row)
    except ClawdbotError as error:
        is_over = not isinstance(error, Retryable) or row.attempts + 1 >= len(PAUSES_MIN)
        outcome = Outcome.FAILED if is_over else Outcome.WAITING
        AnomalyDeed.objects.filter(pk=row.pk).update(outcome=outcome, note=error.message[:500])
        logger.warning("an anomaly could not be told by %s: %s", row.deed, error.message)
        return False
    AnomalyDeed.objects.filter(pk=row.pk).update(outcome=Outcome.DONE, at=clock.now(), note="")
    return True


def _send(row: AnomalyDeed) -> None:
    with translation.override(site.LANGUAGE_CODE):
        if row.deed == Deed.MAIL:
            _send_mail(row.anomaly)
        else:
            with translation.override("en"):  # programs read one language
                _post(row, json.dumps(message_of(row.anomaly), ensure_ascii=False).encode())


def _send_mail(anomaly: Anomaly) -> None:
    rule = Rule(anomaly.rule)
    who = subject_names([anomaly])[anomaly.subject]
    lines = [
        sentence(rule, anomaly.evidence.get("figures", {})),
        "",
        f"{anomaly.get_subject_kind_display()}: {who}",
        f"{_('First seen')}: {_moment(anomaly.first_seen)}",
        f"{_('Last seen')}: {_moment(anomaly.last_seen)}",
        "",
        advice(rule),
        _page(anomaly),
    ]
    refused = mail.send(
        to=config.load().anomalies.mail_to,
        subject=f"[Clawdbot] {anomaly.get_severity_display()}: {rule.label} – {who}",
        text="\n".join(lines) + "\n",
    )
    if refused:
        # For good; the others have it, and need not get it again.
        raise Conflict(f"The mail server refused {', '.join(refused)}.")


def _post(row: AnomalyDeed, body: bytes) -> None:
    import httpx  # takes a while to load

    chosen = config.load().anomalies
    timestamp = str(int(clock.now().timestamp()))
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Clawdbot",
        "X-Clawdbot-Delivery": f"{row.anomaly.uuid}-{row.pk}",
        "X-Clawdbot-Timestamp": timestamp,
        "X-Clawdbot-Signature": signature(chosen.webhook_secret, timestamp, body),
    }
    try:
        with (
            httpx.Client(
                timeout=chosen.webhook_timeout_s, follow_redirects=False, trust_env=False
            ) as client,
            client.stream("POST", chosen.webhook_url, content=body, headers=headers) as answer,
        ):
            status = answer.status_code  # what it says besides is not read
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        raise Retryable(f"The webhook cannot be reached: {type(error).__name__}.") from error
    if not 200 <= status < 300:
        raise Retryable(f"The webhook answered {status}.")


def _page(anomaly: Anomaly) -> str:
    here = config.load().service.public_url.rstrip("/")
    return here + reverse("admin:ops_anomaly_change", args=[anomaly.pk])


def _moment(when: datetime) -> str:
    return str(localize(localtime(when)))
