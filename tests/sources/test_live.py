"""The live fetcher against real servers on this machine that misbehave on purpose."""

from __future__ import annotations

import gzip
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from medvl_watch.errors import SourceError, SourceLimited
from medvl_watch.ports import Request
from medvl_watch.sources.live import BACKOFF, LiveFetcher
from medvl_watch.sources.transport import AddressRefused, ExchangeLimits, check_address

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
Behaviour = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Server:
    """A real HTTP server: each request is answered by the next behaviour, the last for ever."""

    behaviours: list[Behaviour]
    seen: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/feed"


@contextmanager
def serving(*behaviours: Behaviour, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    server = Server(list(behaviours))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.seen.append((self.path, dict(self.headers)))
            act = server.behaviours.pop(0) if len(server.behaviours) > 1 else server.behaviours[0]
            act(self)

        def log_message(self, *args: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that hangs up is what some of these tests are about."""

    with Quiet(("127.0.0.1", 0), Handler) as http:
        server.port = http.server_address[1]
        if tls:
            http.socket = tls.wrap_socket(
                http.socket, server_side=True, do_handshake_on_connect=False
            )
        threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        http.shutdown()


def certificate(names: list[str], folder: Path) -> ssl.SSLContext:
    """A server's side of TLS with a certificate that nobody but itself has signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, names[0])])
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2049, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName(map(x509.DNSName, names)), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "server.pem").write_bytes(secret + signed.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return context


def answer(status: int = 200, body: bytes = b"<rss/>", **headers: str) -> Behaviour:
    def act(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"content_length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return act


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.close()


def drip_headers(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.0 200 OK\r\n")
    for number in range(100):
        handler.wfile.write(b"X-Slow-%d: 1\r\n" % number)
        time.sleep(0.05)


def drip_body(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(100):
        handler.wfile.write(b" ")
        time.sleep(0.05)


@dataclass
class Watch:
    """A clock that only sleeping moves."""

    at: float = 100.0
    slept: list[float] = field(default_factory=list)

    def clock(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds


def fetcher(watch: Watch | None = None, **rules: float) -> LiveFetcher:
    watch = watch or Watch()
    return LiveFetcher(
        "mailto:someone@example.org",
        now=lambda: NOW,
        clock=watch.clock,
        sleep=watch.sleep,
        rules=ExchangeLimits(allow_loopback=True, **rules),  # type: ignore[arg-type]
    )


def get(server: Server, watch: Watch | None = None, **rules: float) -> bytes:
    return fetcher(watch, **rules).get(Request(source="venue", url=server.url)).body


def test_an_answer_comes_with_its_time_type_and_address() -> None:
    with serving(answer(body=b"<rss/>", content_type="Application/RSS+XML")) as server:
        response = fetcher().get(Request(source="venue", url=server.url, accept="text/xml"))

    assert response.body == b"<rss/>"
    assert response.fetched_at == NOW
    assert response.content_type == "application/rss+xml"
    assert response.address == server.url
    assert response.status == 200


@pytest.mark.parametrize("status", [404, 429, 503])
def test_a_refusal_keeps_its_status(status: int) -> None:
    with serving(answer(status)) as server, pytest.raises(SourceError) as refused:
        get(server)

    assert refused.value.status == status


def test_without_an_answer_there_is_no_status() -> None:
    with serving(hang_up) as server, pytest.raises(SourceError) as failed:
        get(server)

    assert failed.value.status is None


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(["localhost"], id="signed by itself"),
        pytest.param(["other.example"], id="of another host"),
    ],
)
def test_a_certificate_that_is_not_to_be_trusted_is_refused(
    names: list[str], tmp_path: Path
) -> None:
    with serving(answer(body=b"<rss/>"), tls=certificate(names, tmp_path)) as server:
        url = f"https://localhost:{server.port}/feed"
        with pytest.raises(SourceError, match="the certificate is not accepted"):
            fetcher().get(Request(source="venue", url=url))

    assert not server.seen


def test_plain_text_where_tls_is_due_is_refused() -> None:
    with serving(answer(body=b"<rss/>")) as server:
        url = f"https://localhost:{server.port}/feed"
        with pytest.raises(SourceError, match="the certificate is not accepted"):
            fetcher().get(Request(source="venue", url=url))

    assert not server.seen


def test_a_request_says_who_asks_and_what_for() -> None:
    with serving(answer()) as server:
        fetcher().get(Request(source="venue", url=server.url, accept="text/xml"))

    headers = server.seen[0][1]
    assert headers["User-Agent"].startswith("medvl-watch/")
    assert "mailto:someone@example.org" in headers["User-Agent"]
    assert headers["Accept"] == "text/xml"
    assert headers["Accept-Encoding"] == "gzip"


def test_a_compressed_answer_is_unpacked() -> None:
    with serving(answer(body=gzip.compress(b"<rss/>"), content_encoding="gzip")) as server:
        assert get(server) == b"<rss/>"


def test_server_errors_are_tried_three_times_with_growing_pauses() -> None:
    watch = Watch()
    with serving(answer(502)) as server, pytest.raises(SourceError, match="HTTP 502"):
        get(server, watch)

    assert len(server.seen) == 3
    assert watch.slept[0] == BACKOFF[0]
    assert BACKOFF[1] in watch.slept


def test_a_connection_that_breaks_once_does_no_harm() -> None:
    with serving(hang_up, answer(body=b"<rss/>")) as server:
        assert get(server) == b"<rss/>"


def test_a_refusal_is_not_asked_again() -> None:
    with (
        serving(answer(404)) as server,
        pytest.raises(SourceError, match=r"HTTP 404.*sources\.yaml"),
    ):
        get(server)

    assert len(server.seen) == 1


def test_retry_after_is_honoured_when_short() -> None:
    watch = Watch()
    with serving(answer(429, retry_after="7"), answer(body=b"<rss/>")) as server:
        assert get(server, watch) == b"<rss/>"

    assert watch.slept[0] == 7.0


def test_retry_after_may_be_a_date() -> None:
    watch = Watch()
    asked = answer(503, retry_after="Mon, 02 Mar 2026 12:00:30 GMT")
    with serving(asked, answer(body=b"<rss/>")) as server:
        assert get(server, watch) == b"<rss/>"

    assert watch.slept[0] == 30.0


@pytest.mark.parametrize(
    "limited",
    [
        pytest.param(answer(429, retry_after="3600"), id="an hour is too long for a run"),
        pytest.param(answer(429), id="no time is named"),
        pytest.param(answer(429, retry_after="soon"), id="the time makes no sense"),
        pytest.param(answer(200, b"Rate exceeded."), id="arXiv says so with HTTP 200"),
    ],
)
def test_a_limit_puts_the_source_off(limited: Behaviour) -> None:
    with serving(limited) as server, pytest.raises(SourceLimited):
        get(server)

    assert len(server.seen) == 1


def test_a_limit_that_stays_puts_the_source_off() -> None:
    with serving(answer(429, retry_after="1")) as server, pytest.raises(SourceLimited):
        get(server)

    assert len(server.seen) == 3


def test_redirects_are_followed() -> None:
    with serving(answer(301, location="/moved"), answer(body=b"<rss/>")) as server:
        response = fetcher().get(Request(source="venue", url=server.url))

    assert response.address.endswith("/moved")
    assert [path for path, _ in server.seen] == ["/feed", "/moved"]


def test_redirects_end_after_three() -> None:
    with (
        serving(answer(302, location="/again")) as server,
        pytest.raises(SourceError, match="more than 3 times"),
    ):
        get(server)

    assert len(server.seen) == 4


@pytest.mark.parametrize(
    "target",
    [
        pytest.param("http://169.254.169.254/latest/meta-data", id="a cloud's metadata"),
        pytest.param("http://[::1]/", id="this machine by IPv6"),
        pytest.param("https://10.0.0.7/", id="a private address"),
        pytest.param("http://example.org/", id="plain http"),
        pytest.param("file:///etc/passwd", id="a file"),
        pytest.param("https://2130706433/", id="an address as one number"),
        pytest.param("https://0x7f.1/", id="an address in hexadecimal"),
        pytest.param("https://user@example.org/", id="a user name"),
        pytest.param("https://example.org:8443/", id="another port"),
        pytest.param("https://intranet/", id="a name without a dot"),
    ],
)
def test_a_redirect_to_where_no_feed_lives_is_refused(target: str) -> None:
    with (
        serving(answer(302, location=target)) as server,
        pytest.raises(SourceError, match="refused"),
    ):
        get(server)

    assert len(server.seen) == 1


def test_loopback_is_refused_unless_allowed() -> None:
    with pytest.raises(AddressRefused):
        check_address("http://127.0.0.1:80/", ExchangeLimits())
    with pytest.raises(AddressRefused):
        check_address("https://localhost/", ExchangeLimits())


def test_a_name_that_resolves_to_this_machine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    # The address looks public; only the connection tells.
    resolved = [(2, 1, 6, "", ("127.0.0.1", 0))]
    with serving(answer()) as server:
        resolved = [(2, 1, 6, "", ("127.0.0.1", server.port))]
        monkeypatch.setattr("socket.getaddrinfo", lambda *args, **kwargs: resolved)
        strict = LiveFetcher(
            "mailto:someone@example.org",
            now=lambda: NOW, clock=lambda: 0.0, sleep=lambda _: None, rules=ExchangeLimits(),
        )  # fmt: skip
        with pytest.raises(SourceError, match=r"127\.0\.0\.1, which is not public"):
            strict.get(Request(source="venue", url="https://feeds.example.org/rss"))

    assert server.seen == []


def test_a_large_answer_is_refused() -> None:
    with serving(answer(body=b"x" * 300_000)) as server, pytest.raises(SourceError, match="larger"):
        get(server, largest=200_000)


def test_a_compressed_bomb_is_refused_before_it_unfolds() -> None:
    bomb = gzip.compress(bytes(50_000_000))
    assert len(bomb) < 60_000
    with (
        serving(answer(body=bomb, content_encoding="gzip")) as server,
        pytest.raises(SourceError, match="larger than 1 MB"),
    ):
        get(server, largest=1_000_000)


@pytest.mark.parametrize(
    "slow", [pytest.param(drip_headers, id="headers"), pytest.param(drip_body, id="body")]
)
def test_a_server_that_drips_is_given_up(slow: Behaviour) -> None:
    began = time.monotonic()
    with serving(slow) as server, pytest.raises(SourceError, match=r"within 0\.3 s"):
        get(server, seconds=0.3)

    assert time.monotonic() - began < 3.0


def asked_by_hand(server: Server, seconds: float) -> tuple[str, Watch]:
    """What is said to a person who waits so long, and the clock after it."""
    watch = Watch()
    hasty = LiveFetcher(
        "mailto:someone@example.org",
        clock=watch.clock,
        sleep=watch.sleep,
        rules=ExchangeLimits(allow_loopback=True),
        left=lambda: seconds,
    )
    with pytest.raises(SourceError) as problem:
        hasty.get(Request(source="venue", url=server.url))
    return str(problem.value), watch


@pytest.mark.parametrize(
    "trouble",
    [hang_up, answer(503), answer(429, retry_after="1"), answer(500)],
    ids=["no answer", "busy", "a short wait", "broken"],
)
def test_where_a_person_waits_nothing_is_tried_twice(trouble: Behaviour) -> None:
    with serving(trouble) as server:
        _, watch = asked_by_hand(server, 5)
        assert len(server.seen) == 1
    assert watch.slept == []


@pytest.mark.parametrize("slow", [drip_headers, drip_body], ids=["headers", "body"])
def test_nor_for_longer_than_the_person_waits(slow: Behaviour) -> None:
    began = time.monotonic()
    with serving(slow) as server:
        said, _ = asked_by_hand(server, 0.3)
        assert time.monotonic() - began < 2
    assert "no complete answer within 0.3 s" in said


def test_nor_when_the_time_is_over() -> None:
    with serving(answer()) as server:
        said, _ = asked_by_hand(server, 0)
        assert not server.seen
    assert "no answer in time" in said


def test_half_a_body_is_an_error() -> None:
    with (
        serving(answer(body=b"<rss>", content_length="5000")) as server,
        pytest.raises(SourceError, match="incomplete"),
    ):
        get(server)


def test_nonsense_compression_is_an_error() -> None:
    with (
        serving(answer(body=b"<rss/>", content_encoding="gzip")) as server,
        pytest.raises(SourceError, match="compressed wrongly"),
    ):
        get(server)


def test_requests_to_arxiv_keep_their_distance(monkeypatch: pytest.MonkeyPatch) -> None:
    watch = Watch()
    asked: list[float] = []

    def instead(*args: object) -> object:
        asked.append(watch.at)
        raise AddressRefused("no network in tests")

    monkeypatch.setattr("medvl_watch.sources.live.exchange", instead)
    live = fetcher(watch)
    for host in ("export.arxiv.org", "rss.arxiv.org", "www.nature.com", "export.arxiv.org"):
        with pytest.raises(SourceError):
            live.get(Request(source="x", url=f"https://{host}/"))

    assert asked == [100.0, 103.0, 103.0, 106.0]


def test_nothing_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://192.0.2.1:3128")
    with serving(answer(body=b"<rss/>")) as server:
        assert get(server) == b"<rss/>"
