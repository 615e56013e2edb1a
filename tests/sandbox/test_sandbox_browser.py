"""Safe beside a browser and for containers: hosts, origins, limits, and what the account's key must never reach."""

import json
import os
import re
import subprocess
import sys
import time

import httpx
import pytest
from kit.raw_client import PATIENCE, Raw, ask, connect, delete, read_all, request_bytes

from mailpartner import APIError, ConfigurationError, MailPartner
from mailpartner.sandbox import Sandbox, SandboxProcess

API = "/v1/unsubscribe/delete?apiKey=sandbox-key&id=5"
CHANGES = [("POST", "/sandbox/reset"), ("DELETE", "/sandbox/entries"), ("PUT", "/sandbox/entries"), ("GET", API)]
FOREIGN = [
    "Origin: https://evil.example",
    "Origin: null",
    "Origin: http://localhost:3000",
    "Origin: https://localhost",
    "Sec-Fetch-Site: cross-site",
    "Sec-Fetch-Site: same-site",
]
OWN = ["Origin: http://localhost", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: none"]
CHROME = ["User-Agent: Mozilla/5.0 (X11; Linux x86_64)", "Accept-Language: en", "Accept: image/avif,image/*,*/*;q=0.8"]


def ask_host(sandbox: Sandbox, host: str, target: str = API, method: str = "GET") -> Raw:
    with connect(sandbox) as connection:
        request = request_bytes(target, method).replace(b"Host: localhost\r\n", f"Host: {host}\r\n".encode())
        connection.sendall(request)
        connection.settimeout(PATIENCE)
        return read_all(connection)


@pytest.mark.parametrize("header", FOREIGN)
@pytest.mark.parametrize(("method", "target"), [*CHANGES, ("GET", "/sandbox/requests"), ("GET", "/nothing")])
def test_a_page_of_another_origin_can_do_nothing(sandbox, method, target, header):
    """What a browser sends for a page of another origin is HTTP 403 in one line, to the API and to the control."""
    answer = ask(sandbox, target, method, header, body=b"count=1" if method == "PUT" else b"")
    assert (answer.status, list(json.loads(answer.body))) == (403, ["error"])
    assert (sandbox.count(), 5 in sandbox.entries(), sandbox.requests()) == (20, True, [])


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_link_leads_to_the_inbox_and_nowhere_else(sandbox, site):
    """Whoever follows a link of another page sees the inbox; a picture, a frame, a form or a deletion get HTTP 403."""
    link = [f"Sec-Fetch-Site: {site}", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"]
    framed, drawn = [*link[:2], "Sec-Fetch-Dest: iframe"], [link[0], "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image"]
    for header, target, status in [
        (link, "/sandbox/inbox/", 200),
        (framed, "/sandbox/inbox/", 403),
        (drawn, "/sandbox/inbox/", 403),
        ([*link, "Origin: null"], "/sandbox/inbox/", 403),
        (link, "/sandbox/requests", 403),
        (link, API, 403),
    ]:
        assert ask(sandbox, target, "GET", *header).status == status, (header, target)
    assert 5 in sandbox.entries()


@pytest.mark.parametrize("header", OWN)
def test_a_page_of_the_sandbox_can_use_it(sandbox, header):
    """The site's forms, and an address that a person typed, work."""
    assert json.loads(ask(sandbox, API, "GET", header).body)["code"] == 200
    assert ask(sandbox, "/sandbox/reset", "POST", header).status == 200
    assert sandbox.count() == 20


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (CHROME, 403),
        ([CHROME[0], "Accept-Language:"], 403),
        ([*CHROME, "Referer: http://evil.example/http://localhost/"], 403),
        ([*CHROME, "Referer: http://localhost:8026/"], 403),
        ([*CHROME, "Referer: http://localhost/viewer/"], 200),
        ([*CHROME, "Sec-Fetch-Site: same-origin"], 200),
        ([*CHROME, "Origin: http://localhost"], 200),
        (["User-Agent: Mozilla/5.0 (Windows NT 10.0; en-US) WindowsPowerShell/5.1"], 200),
        (["User-Agent: Java/21", "Accept: text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"], 200),
        (["User-Agent: node", "Accept-Language: *", "Sec-Fetch-Mode: cors"], 200),
    ],
    ids=str,
)
def test_a_browser_that_says_nothing_cannot_delete(sandbox, headers, status):
    """Over http to a name a browser marks no GET of another origin: without a Referer of its own it is HTTP 403."""
    assert ask(sandbox, API, "GET", *headers).status == status
    assert (5 in sandbox.entries()) is (status == 403)
    assert ask(sandbox, "/sandbox/inbox/", "GET", *headers).status == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8025", "127.0.0.1.evil.example", "192.0.2.7", "[::", ""]
)
@pytest.mark.parametrize(("method", "target"), [*CHANGES, ("GET", "/")])
def test_another_host_is_refused(sandbox, host, method, target):
    """A name that was made to lead to this machine (DNS rebinding) is HTTP 403, and nothing is done."""
    assert ask_host(sandbox, host, target, method).status == 403
    assert (sandbox.count(), 5 in sandbox.entries()) == (20, True)


def test_a_container_that_uses_another_name_is_told(caplog):
    """The SDK's error and the sandbox's log say which option is missing, and that nothing was done."""
    with Sandbox(entries=9) as sandbox, httpx.Client(trust_env=False) as client:
        client.event_hooks["request"] = [lambda request: request.headers.update({"Host": "mail-sandbox:8025"})]
        mp = MailPartner("sandbox-key", base_url=sandbox.url, http_client=client)
        with pytest.raises(APIError, match="start the sandbox with --allow-host mail-sandbox") as caught:
            mp.messages.send(subject="a", html="b", to="ann@example.com")
    assert (caught.value.maybe_applied, caught.value.status_code) == (False, 403)
    assert [line for line in caplog.messages if "--allow-host mail-sandbox" in line]


def test_the_first_line_names_each_host():
    """Whoever starts it for containers sees by which address they call it."""
    command = [sys.executable, "-m", "mailpartner.sandbox", "--port=0", "--host=0.0.0.0", "--allow-host=mail-sandbox"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        line = process.stdout.readline()
        process.terminate()
    assert re.search(r" on http://127\.0\.0\.1:(\d+) \(.*; also http://mail-sandbox:\1\)$", line)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1:8025", "[::1]:8025"])
def test_this_machine_is_a_host(sandbox, host):
    """The names and addresses of this machine are taken, whatever the port is: it may be forwarded."""
    assert ask_host(sandbox, host).status == 200


def test_what_the_control_answers_is_safe_in_a_browser(sandbox):
    """Answers under /sandbox/ are not sniffed, framed, cached, or told to others."""
    headers = ask(sandbox, "/sandbox/", "GET").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'self'" in headers["content-security-policy"]
    assert (headers["referrer-policy"], headers["cache-control"]) == ("no-referrer", "no-store")
    assert not [name for name in headers if name.startswith("access-control")]


@pytest.mark.parametrize("of", [Sandbox, SandboxProcess])
def test_containers_may_call_it_by_a_name(of):
    """With allow_hosts it listens for other machines, by these names and no other; its own url is this machine's."""
    with of(entries=9, host="0.0.0.0", allow_hosts=["mail.test"]) as sandbox:
        assert sandbox.url.startswith("http://127.0.0.1:")
        assert [ask_host(sandbox, host).status for host in ("mail.test:8025", "Mail.Test", "other.test")] == [
            200,
            200,
            403,
        ]
        assert sandbox.count() == 8


def test_the_sdk_speaks_plain_http_to_another_machine_with_a_sandbox_key_only():
    """A sandbox in another container can be called; a key that could be an account's never travels so."""
    url = "http://mail.test:8025"
    with MailPartner("sandbox-key", base_url=url) as mp:
        assert mp.base_url == url
    with pytest.raises(ConfigurationError, match=r"plain http .* on another machine\. Nothing was sent\."):
        MailPartner("4f2a9c1e7b3d5806", base_url=url)
    with pytest.raises(ConfigurationError):
        MailPartner("sandbox-key", base_url="http://api.mailpartner.fr")


def test_a_key_in_the_wrong_place_is_explained_on_both_sides(sandbox, caplog):
    """A real key in a sandbox gets a hint from the SDK and in the sandbox's log, one of a sandbox never leaves."""
    with MailPartner("4f2a9c1e7b3d5806", base_url=sandbox.url) as mp, pytest.raises(Exception, match="sandbox-"):
        mp.unsubscribes.list()
    assert "begin with sandbox-" in caplog.text
    with pytest.raises(ConfigurationError, match="sandbox"):
        MailPartner("sandbox-key")


@pytest.mark.parametrize("target", [API, "/v1/send", "/v1/nothing", "/sandbox/faults"])
@pytest.mark.parametrize("announced", [True, False])
def test_a_body_that_is_too_long_is_refused(sandbox, target, announced):
    """A body above 64 MB is HTTP 413 in one line, before it is kept, with a length that is announced and without."""
    with connect(sandbox) as connection:
        connection.settimeout(30)
        if announced:
            connection.sendall(
                f"POST {target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 629145600\r\n\r\n".encode()
            )
        else:
            connection.sendall(
                f"POST {target} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
            )
            chunk = b"100000\r\n" + b"a" * 0x100000 + b"\r\n"
            try:
                for _ in range(66):
                    connection.sendall(chunk)
            except ConnectionError:
                pass
        answer = read_all(connection)
    assert answer.status == 413
    assert b"at most 67108864 bytes" in answer.body
    assert sandbox.count() == 20


@pytest.mark.parametrize(
    "body", [b"count=2000000000", b'{"count": 2000000000}', b"count=5000001", b"count=" + b"9" * 50]
)
def test_too_many_entries_are_refused(sandbox, body):
    """More entries than can be made up are HTTP 400 in one line, at once, and the list stays."""
    started = time.monotonic()
    answer = ask(sandbox, "/sandbox/entries", "PUT", body=body)
    assert (answer.status, json.loads(answer.body)["error"].count("\n")) == (400, 0)
    assert "count must be" in json.loads(answer.body)["error"]
    assert (sandbox.count(), time.monotonic() - started < 5) == (20, True)


BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30))
MERGE = "a0: &a0 {x: 1, y: 2}\n" + "".join(f"a{n}: &a{n} {{<<: [{f'*a{n - 1}, ' * 9}]}}\n" for n in range(1, 12))
BAD_SPECS = {
    "bomb": (lambda text: BOMB + text.replace("type: boolean", "type: *a29", 1), "more than"),
    "merge keys": (lambda text: MERGE + text, "more than"),
    "merge cycle": (lambda text: "a: &a\n  <<: [&b {<<: [*a, *a, *a]}, *b, *b]\n" + text, "refers to itself"),
    "alias cycle": (lambda text: text.replace("  schemas:\n", "  schemas: &s\n    Loop: *s\n", 1), None),
    "$ref cycle": (
        lambda text: text.replace("type: boolean", "$ref: '#/components/schemas/Loop'").replace(
            "  schemas:\n", "  schemas:\n    Loop:\n      $ref: '#/components/schemas/Loop'\n"
        ),
        "refers to itself",
    ),
    "deep": (lambda text: "[" * 200_000, "nested"),
    "text": (lambda text: "hello", "cannot run"),
    "bytes": (lambda text: "\x00\x01", "cannot run"),
    "long": (lambda text: "# " + "x" * 10_000_001, "more than 10,000,000 characters"),
}


@pytest.mark.parametrize("name", BAD_SPECS)
def test_a_document_that_would_never_end_is_one_line(tmp_path, edited_spec, name):
    """A description with cycles, or one that expands without end, is one line on stderr within seconds."""
    change, words = BAD_SPECS[name]
    path = edited_spec()
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    command = [sys.executable, "-m", "mailpartner.sandbox", "--port=0", f"--spec={path}", "--end-with-stdin"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30, check=False)
    if words is not None or done.returncode:
        assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr[-500:]
        assert (words or "the sandbox cannot run") in done.stderr


@pytest.mark.parametrize("name", [".env", ".git/config", "sub/.htpasswd", "%2eenv"])
def test_hidden_files_of_a_site_are_not_served(sandbox_with, tmp_path, name):
    """Files and folders whose names begin with a dot are HTTP 404."""
    for hidden in (".env", ".git/config", "sub/.htpasswd"):
        (tmp_path / hidden).parent.mkdir(exist_ok=True)
        (tmp_path / hidden).write_text("secret")
    answer = ask(sandbox_with(site=tmp_path), f"/{name}", "GET")
    assert (answer.status, b"secret" in answer.data) == (404, False)


@pytest.mark.skipif(not os.path.exists("/proc/self/environ"), reason="reads another process's environment from /proc")
def test_a_process_does_not_get_the_accounts_key(monkeypatch):
    """SandboxProcess drops the key of the account from its child's environment, and nothing else."""
    monkeypatch.setenv("MAILPARTNER_API_KEY", "4f2a9c1e7b3d5806")
    monkeypatch.setenv("MAILPARTNER_OTHER", "kept")
    with SandboxProcess(entries=1) as sandbox, open(f"/proc/{sandbox._process.pid}/environ", "rb") as file:
        environment = file.read()
    assert b"4f2a9c1e7b3d5806" not in environment
    assert b"MAILPARTNER_OTHER=kept" in environment


def test_id_300_can_be_deleted_again_after_a_reset(sandbox_with):
    """The id of the documentation's example works again after the reset that the landing page names."""
    sandbox = sandbox_with(entries=1000)
    assert [json.loads(delete(sandbox, 300).body)["code"] for _ in range(2)] == [200, 4]
    assert b"curl -X POST http://localhost/sandbox/reset\n" in ask(sandbox, "/", "GET").body
    ask(sandbox, "/sandbox/reset")
    assert json.loads(delete(sandbox, 300).body)["code"] == 200


@pytest.mark.parametrize("name", ["", "mail.test:8025", "http://mail.test", "mail.test/", "*"])
def test_a_host_that_no_request_could_name_is_refused(name):
    """A name with a scheme or a port, or an empty one of a variable that is not set, is said before it listens."""
    with pytest.raises(ValueError, match="without http:// and port"):
        Sandbox(host="0.0.0.0", allow_hosts=name)
    command = [sys.executable, "-m", "mailpartner.sandbox", "--port=0", "--host=0.0.0.0", f"--allow-host={name}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "without http:// and port" in done.stderr
