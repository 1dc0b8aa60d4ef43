"""A small IMAP server for tests (RFC 9051): the commands that reading a mailbox needs, over real sockets.

It was compared by hand with another server (pymap): the mailbox reads alike from both."""

import re
import socketserver
import sys
import threading
import time
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import Any
from urllib.parse import quote

USER, PASSWORD = "reset@example.org", "pass word/100%"


@dataclass
class Kept:
    uid: int
    raw: bytes
    folder: str = "INBOX"
    flags: set[str] = field(default_factory=set)


class Session(socketserver.StreamRequestHandler):
    """One connection. A client that has logged in sees one more capability, like with many servers."""

    server: "ImapServer"

    def handle(self) -> None:
        self.folder = ""
        self._say("* OK ready")
        for line in self.rfile:
            tag, _, rest = line.decode().rstrip("\r\n").partition(" ")
            name, _, arguments = rest.partition(" ")
            if name.upper() == "UID":
                name, _, arguments = arguments.partition(" ")
            self.server.commands.append(name.upper())
            if name.upper() == self.server.silent_at:
                time.sleep(30)
            if name.upper() == self.server.drops_at:
                return
            self._say(f"{tag} {getattr(self, f'do_{name.lower()}')(arguments)}")
            if name.upper() == "LOGOUT":
                return

    def _say(self, line: str, literal: bytes | None = None, after: str = "") -> None:
        body = b"" if literal is None else f" {{{len(literal)}}}\r\n".encode() + literal + after.encode()
        self.wfile.write(line.encode() + body + b"\r\n")

    def do_capability(self, _arguments: str) -> str:
        more = " MOVE UIDPLUS" if self.folder and self.server.can_move else ""
        self._say(f"* CAPABILITY IMAP4rev1{more}")
        return "OK done"

    def do_login(self, arguments: str) -> str:
        return "OK done" if arguments == f'"{USER}" "{PASSWORD}"' else "NO [AUTHENTICATIONFAILED] no"

    def do_select(self, arguments: str) -> str:
        self.folder = arguments.strip('"')
        self._say(f"* {len(self._mails())} EXISTS")
        return "OK [READ-WRITE] done"

    def do_search(self, arguments: str) -> str:
        found = [str(mail.uid) for mail in self._mails() if _fits(mail, _tokens(arguments))]
        self._say(f"* SEARCH {' '.join(found)}".rstrip())
        return "OK done"

    def do_fetch(self, arguments: str) -> str:
        uid, _, wanted = arguments.partition(" ")
        found = re.fullmatch(r"\(BODY(\.PEEK)?\[\]<0\.(\d+)>\)", wanted)
        assert found
        mail = self._mail(uid)
        if not found[1]:
            mail.flags.add("\\Seen")
        self.server.fetched.append(int(uid))
        self._say(f"* {uid} FETCH (UID {uid} BODY[]<0>", mail.raw[: int(found[2])], ")")
        return "OK done"

    def do_store(self, arguments: str) -> str:
        uid, how, flags = arguments.split(" ", 2)
        assert how == "+FLAGS"
        self._mail(uid).flags |= set(flags.strip("()").split())
        return "OK done"

    def do_move(self, arguments: str) -> str:
        uid, folder = arguments.split(" ", 1)
        self._mail(uid).folder = folder.strip('"')
        return "OK done"

    def do_logout(self, _arguments: str) -> str:
        self._say("* BYE")
        return "OK done"

    def _mails(self) -> list[Kept]:
        return [mail for mail in self.server.mails if mail.folder == self.folder]

    def _mail(self, uid: str) -> Kept:
        return next(mail for mail in self._mails() if mail.uid == int(uid))


def _tokens(text: str) -> list[str]:
    return [each.strip('"') for each in re.findall(r'[()]|"[^"]*"|[^\s()]+', text)]


def _fits(mail: Kept, tokens: list[str]) -> bool:
    """Return whether a mail fits all of the search keys (RFC 9051, 6.4.4) that the tests use."""
    fits = True
    while tokens and tokens[0] != ")":
        fits &= _key(mail, tokens)
    return fits


def _key(mail: Kept, tokens: list[str]) -> bool:
    match tokens.pop(0).upper():
        case "(":
            fits = _fits(mail, tokens)
            assert tokens.pop(0) == ")"
            return fits
        case "OR":
            first, second = _key(mail, tokens), _key(mail, tokens)
            return first or second
        case "UNSEEN":
            return "\\Seen" not in mail.flags
        case "HEADER":
            name, part = tokens.pop(0), tokens.pop(0)
            return part.lower() in str(message_from_bytes(mail.raw).get(name, "")).lower()
    raise AssertionError("a search key that this server does not know")


class ImapServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, context: Any = None) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        if context:
            self.socket = context.wrap_socket(self.socket, server_side=True)
        self.mails: list[Kept] = []
        self.commands: list[str] = []
        self.fetched: list[int] = []
        self.trouble: list[str] = []
        self.can_move, self.silent_at, self.drops_at = True, "", ""
        self.port = int(self.server_address[1])
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def url(self, scheme: str = "imap", query: str = "") -> str:
        return f"{scheme}://{quote(USER)}:{quote(PASSWORD, safe='')}@127.0.0.1:{self.port}/INBOX{query}"

    def add(self, raw: bytes) -> Kept:
        mail = Kept(100 + len(self.mails), raw)
        self.mails.append(mail)
        return mail

    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exception()
        if not isinstance(error, OSError):  # a client that hangs up in the middle is no error of the test
            self.trouble.append(repr(error))

    def stop(self) -> None:
        self.shutdown()
        self.server_close()
        assert not self.trouble
