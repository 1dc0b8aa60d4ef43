"""Where a request came from."""

from django.conf import settings
from django.http import HttpRequest


def client_ip(request: HttpRequest) -> str:
    """The visitor's IP: the connection's, or behind PROXY_COUNT proxies the one they report.

    Each proxy appends the address it saw to X-Forwarded-For, so only the entries from the right
    that our own proxies wrote can be trusted.
    """
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    if settings.PROXY_COUNT and len(hops) >= settings.PROXY_COUNT:
        return hops[-settings.PROXY_COUNT]
    return str(request.META.get("REMOTE_ADDR", ""))
