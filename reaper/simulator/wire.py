"""HTTP/1.1 on a loopback socket: keep-alive, one thread per connection, no more of the protocol than clients use."""

import contextlib
import socket
import socketserver
import threading
from collections.abc import Callable, Mapping
from io import BufferedIOBase
from urllib.parse import unquote

from reaper.simulator.exchange import ApiAnswer

REASONS = {
    200: "OK",
    201: "Created",
    202: "Accepted",
    204: "No Content",
    300: "Multiple Choices",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    406: "Not Acceptable",
    409: "Conflict",
    415: "Unsupported Media Type",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}

#: What a client sends first that takes this for a TLS server; it has no line to read to the end of.
TLS_HELLO = b"\x16"
# method, path, raw query, headers in lower case, body -> answer; None drops the connection
Respond = Callable[[str, str, str, Mapping[str, str], bytes], ApiAnswer | None]


class _Connection(socketserver.StreamRequestHandler):
    server: "HttpServer"
    disable_nagle_algorithm = True
    wbufsize = 0

    def handle(self) -> None:
        """Answer requests until the client goes or an answer is dropped."""
        self.server.opened(self.connection)
        try:
            if self.connection.recv(1, socket.MSG_PEEK) == TLS_HELLO:
                self.wfile.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                return
            while self._serve_one():
                pass
        except (ConnectionError, TimeoutError, ValueError, OSError):
            pass  # a client that goes away in the middle is the client's affair
        finally:
            self.server.closed(self.connection)

    def _serve_one(self) -> bool:
        start = self.rfile.readline(65536).decode("latin-1").split()
        if len(start) != 3:  # noqa: PLR2004 - method, target, version
            return False
        headers = _read_headers(self.rfile)
        if headers.get("expect", "").lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        content = _read_body(self.rfile, headers)
        path, _, query = start[1].partition("?")
        answer = self.server.respond(start[0], unquote(path), query, headers, content)
        if answer is None:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # a reset, not an end
            return False
        self.wfile.write(_written(answer, without_body=start[0] == "HEAD"))
        return headers.get("connection", "").lower() != "close"


def _read_headers(stream: BufferedIOBase) -> dict[str, str]:
    headers: dict[str, str] = {}
    while (line := stream.readline(65536)) not in {b"\r\n", b"\n", b""}:
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    return headers


def _read_body(stream: BufferedIOBase, headers: Mapping[str, str]) -> bytes:
    if headers.get("transfer-encoding", "").lower() != "chunked":
        return stream.read(int(headers.get("content-length") or 0))
    chunks = []
    while size := int(stream.readline(1024).split(b";")[0], 16):
        chunks.append(stream.read(size))
        stream.readline(16)
    _read_headers(stream)
    return b"".join(chunks)


def _written(answer: ApiAnswer, *, without_body: bool) -> bytes:
    body = answer.body()
    lines = [f"HTTP/1.1 {answer.status} {REASONS.get(answer.status, 'Other')}"]
    if body:
        lines.append(f"Content-Type: {answer.media}")
    lines.append(f"Content-Length: {len(body)}")
    lines.extend(f"{name}: {value}" for name, value in answer.headers.items())
    head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
    return head if without_body else head + body


class HttpServer(socketserver.ThreadingTCPServer):
    """A listening socket on 127.0.0.1 whose connections are answered by one function."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, port: int, respond: Respond) -> None:
        super().__init__(("127.0.0.1", port), _Connection)
        self.respond = respond
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), name="simulator", daemon=True)

    @property
    def port(self) -> int:
        """Give the port it listens on."""
        return int(self.server_address[1])

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Stop to listen and close every connection; a request in work is cut off."""
        self.shutdown()
        self._thread.join()
        self.server_close()
        with self._lock:
            left, self._open = self._open, set()
        for connection in left:
            _shut(connection)

    def opened(self, connection: socket.socket) -> None:
        """Remember a connection, to close it at the end."""
        with self._lock:
            self._open.add(connection)

    def closed(self, connection: socket.socket) -> None:
        """Forget a connection."""
        with self._lock:
            self._open.discard(connection)

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep quiet about connections that end badly: faults make them do so on purpose."""


def _shut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):  # already gone
        connection.shutdown(socket.SHUT_RDWR)
