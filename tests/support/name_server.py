"""A real name server for tests, on loopback over UDP, in a thread."""

import socket
import threading

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

from challenge.dns.finding import quoted_strings

Zone = dict[str, dict[str, list[str]]]


class NameServer:
    """Answers from `zone`: {"example.org": {"TXT": ["v=spf1 -all"], "MX": ["10 mail.example.org."]}}.

    Names in `failing` get SERVFAIL; while it is `silent`, no query gets an answer."""

    def __init__(self, zone: Zone | None = None) -> None:
        self.zone: Zone = zone or {}
        self.failing: set[str] = set()
        self.silent = False
        self.asked: list[str] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def say(self, name: str, *texts: str) -> None:
        self.zone.setdefault(name, {})["TXT"] = list(texts)

    def stop(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", ("127.0.0.1", self.port))
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while True:
            packet, sender = self._socket.recvfrom(4096)
            if not packet:
                return
            answer = self._answer(dns.message.from_wire(packet))
            if not self.silent:
                self._socket.sendto(answer.to_wire(), sender)

    def _answer(self, query: dns.message.Message) -> dns.message.Message:
        [question] = query.question
        name = question.name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(question.rdtype)
        self.asked.append(f"{name} {kind}")
        answer = dns.message.make_response(query, recursion_available=True)
        known = self.zone.get(name)
        if name in self.failing:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif known is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif values := known.get(kind):
            texts = [" ".join(quoted_strings(value)) for value in values] if kind == "TXT" else values
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *texts))
        return answer
