"""DNS queries with a time limit: at most 5 seconds for one, at most 20 for all of them."""

import ipaddress
from time import monotonic
from typing import Any

import dns.exception
import dns.name
import dns.resolver

QUERY_SECONDS = 5.0
ALL_SECONDS = 20.0
NO_NAME = (dns.name.LabelTooLong, dns.name.EmptyLabel, dns.name.NameTooLong, dns.name.BadEscape)


class UnansweredError(Exception):
    """Nobody answered, so it is unknown whether a record exists. The message is for the operator."""


class Lookup:
    """Queries of one resolver, each sent once. `server` is "9.9.9.9", "9.9.9.9:53", "[2620:fe::fe]:53" or
    empty for the machine's own; anything else raises ValueError."""

    def __init__(self, server: str = "") -> None:
        self._resolver = _resolver(server)
        self._deadline = monotonic() + ALL_SECONDS
        self._answers: dict[tuple[str, str], list[Any]] = {}
        self.has_answered = False  # whether the resolver ever answered

    @property
    def servers(self) -> str:
        return ", ".join(str(server) for server in self._resolver.nameservers)

    def texts(self, name: str) -> list[str]:
        """Return the TXT records of a name, sorted, each with its strings joined (RFC 7208, 3.3)."""
        return sorted(b"".join(data.strings).decode("utf-8", "replace") for data in self._ask(name, "TXT"))

    def mail_servers(self, name: str) -> list[str]:
        """Return the MX hosts of a domain, "." for a domain that takes no mail (RFC 7505)."""
        return sorted(str(data.exchange) for data in self._ask(name, "MX"))

    def has_address(self, name: str) -> bool:
        return bool(self._ask(name, "A") or self._ask(name, "AAAA"))

    def _ask(self, name: str, kind: str) -> list[Any]:
        if (name, kind) not in self._answers:
            self._answers[name, kind] = self._query(name, kind)
        return self._answers[name, kind]

    def _query(self, name: str, kind: str) -> list[Any]:
        left = min(QUERY_SECONDS, self._deadline - monotonic())
        if left <= 0:
            raise UnansweredError(f"All questions together took over {ALL_SECONDS:.0f} seconds.")
        try:
            answer = self._resolver.resolve(f"{name}.", kind, lifetime=left, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            self.has_answered = True
            return []
        except (*NO_NAME, UnicodeError):
            return []
        except dns.resolver.LifetimeTimeout as error:
            raise UnansweredError(f"No answer for {name} within {left:.0f} seconds.") from error
        except dns.resolver.NoNameservers as error:
            # Errors: (server, over TCP, port, what happened, the answer if there was one).
            self.has_answered |= any(each[4] is not None for each in error.kwargs["errors"])
            raise UnansweredError(
                f"The name server has no answer for {name}, and says that it failed."
            ) from error
        except dns.exception.DNSException as error:
            raise UnansweredError(f"{name} could not be looked up: {error}") from error
        self.has_answered = True
        return list(answer)


def _resolver(server: str) -> dns.resolver.Resolver:
    if not server:
        return dns.resolver.Resolver()
    host, port = server, "53"
    if server.startswith("[") or server.count(":") == 1:
        host, _, port = server.rpartition(":")
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = [str(ipaddress.ip_address(host.strip("[]")))]
    resolver.port = int(port)
    return resolver
