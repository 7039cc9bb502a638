"""A server for mail on this machine, which keeps what it is sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from queue import SimpleQueue
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread

Inbox = SimpleQueue[EmailMessage]


@contextmanager
def server() -> Iterator[tuple[int, Inbox]]:
    """Serve SMTP; yields the port and the mails as they come."""
    inbox: Inbox = SimpleQueue()

    class Session(StreamRequestHandler):
        def answer(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

        def handle(self) -> None:
            self.answer("220 here")
            while command := self.rfile.readline()[:4].upper():
                if command == b"DATA":
                    self.answer("354 go on")
                    lines = list(iter(self.rfile.readline, b".\r\n"))
                    message = message_from_bytes(b"".join(lines), policy=policy.default)
                    assert isinstance(message, EmailMessage)
                    inbox.put(message)
                self.answer("221 bye" if command == b"QUIT" else "250 fine")

    with ThreadingTCPServer(("127.0.0.1", 0), Session) as tcp:
        tcp.daemon_threads = True
        Thread(target=tcp.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield tcp.server_address[1], inbox
        finally:
            tcp.shutdown()
