"""Events as providers post them to a webhook, formed and signed after their documentation."""

import base64
import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

SECRET = "provider:a-secret-made-at-random"
KEY = "the-signing-key-of-mailgun"
USER_UNKNOWN = "550 5.1.1 <alice@example.com>: user unknown"

Payload = dict[str, Any] | list[dict[str, Any]]


class Door:
    def __init__(self, client: Any, provider: str = "mailgun", secret: str = SECRET) -> None:
        self._client, self.url = client, f"/webhooks/{provider}/tracking/"
        self.headers = {"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"}

    def post(self, payload: Payload | bytes, **options: Any) -> Any:
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        options = {"content_type": "application/json", "headers": self.headers, **options}
        return self._client.post(self.url, body, **options)


def mailgun(
    delivery: Any, event: str, at: datetime, *, token: str = "", key: str = KEY, **data: Any
) -> dict[str, Any]:
    """Return an event of Mailgun's about a mail that it got by SMTP, whose Message-ID it keeps."""
    token = token or hashlib.sha256(f"{delivery.pk} {event} {at} {data}".encode()).hexdigest()[:50]
    stamp = str(int(at.timestamp()))
    return {
        "signature": {
            "token": token,
            "timestamp": stamp,
            "signature": hmac.new(key.encode(), (stamp + token).encode(), "sha256").hexdigest(),
        },
        "event-data": {
            "event": event,
            "id": "CPgfbmQMTCKtHW6uIWtuVe",
            "timestamp": at.timestamp(),
            "recipient": delivery.enrollment.runner.email,
            "message": {"headers": {"message-id": delivery.message_id.strip("<>"), "subject": "Day 1"}},
            "tags": [],
            "user-variables": {},
            **data,
        },
    }


def failed(message: str, severity: str = "permanent", reason: str = "bounce") -> dict[str, Any]:
    """Return the fields that Mailgun adds for a mail that failed."""
    return {
        "severity": severity,
        "reason": reason,
        "delivery-status": {"code": int(message[:3]), "message": message, "description": ""},
    }


def postmark(delivery: Any, kind: str, at: datetime, description: str = "", **data: Any) -> dict[str, Any]:
    """Return an event of Postmark's, which gives mails ids of its own: only the address names the runner."""
    record = "SpamComplaint" if kind == "SpamComplaint" else "Bounce"
    return {
        "RecordType": record,
        "ID": 4323372036854775807,
        "Type": kind,
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Description": description,
        "Details": description,
        "Email": delivery.enrollment.runner.email,
        "From": "coach@example.org",
        "BouncedAt": at.isoformat(),
        "Metadata": {},
        **data,
    }


def brevo(delivery: Any, event: str, at: datetime, reason: str = "") -> dict[str, Any]:
    return {
        "event": event,
        "email": delivery.enrollment.runner.email,
        "id": 26224,
        "message-id": delivery.message_id,
        "ts_epoch": int(at.timestamp() * 1000),
        "reason": reason,
    }


def sendgrid(delivery: Any, event: str, at: datetime, **data: Any) -> list[dict[str, Any]]:
    return [
        {
            "email": delivery.enrollment.runner.email,
            "timestamp": int(at.timestamp()),
            "smtp-id": delivery.message_id,
            "event": event,
            "sg_event_id": f"sg-{event}-{at:%s}",
            "sg_message_id": "14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0",
            **data,
        }
    ]


def mailjet(delivery: Any, event: str, at: datetime, **data: Any) -> dict[str, Any]:
    return {
        "event": event,
        "time": int(at.timestamp()),
        "MessageID": 19421777835146490,
        "email": delivery.enrollment.runner.email,
        **data,
    }


def resend(delivery: Any, event: str, at: datetime, **data: Any) -> dict[str, Any]:
    return {
        "type": event,
        "created_at": at.isoformat(),
        "data": {
            "email_id": "56761188-7520-42d8-8898-ff6fc54ce618",
            "to": [delivery.enrollment.runner.email],
            "headers": [{"name": "Message-ID", "value": delivery.message_id}],
            **data,
        },
    }
