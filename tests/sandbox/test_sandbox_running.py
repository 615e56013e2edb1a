"""How a sandbox starts and ends: in a thread, in a process, on the command line."""

import asyncio
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time

import pytest
import trustme
from kit.raw_client import connect, delete, read_all, request_bytes

from mailpartner.sandbox import Sandbox, SandboxProcess, command_line
from mailpartner.sandbox.server import listen

A_HANG = 15.0
"""Seconds: far more than any machine needs to close, far less than the hour that the stalled answers would take."""
STALLING = ("silence-after", "stall-body", "drip-headers", "latency", "huge")


def test_it_never_hangs_at_the_end():
    """With stalled, idle and half-sent requests open, closing waits for none of them and ends each."""
    before = threading.active_count()
    with Sandbox(entries=9) as sandbox:
        connections = [connect(sandbox) for _ in range(7)]
        for name, connection in zip(STALLING, connections, strict=False):
            sandbox.fault(name, **({} if name == "huge" else {"seconds": 3600}))
            connection.sendall(request_bytes("/v1/unsubscribe/delete?apiKey=sandbox-key&id=5"))
            while not sandbox.requests() or sandbox.requests()[-1]["fault"] != name:
                pass
        connections[5].sendall(b"POST /v1/unsubscribe/delete HTTP/1.1\r\nContent-Length: 9\r\nHost: s\r\n\r\nhalf")
        started = time.monotonic()
    assert time.monotonic() - started < A_HANG
    for connection in connections:
        with connection:
            connection.settimeout(5)
            assert read_all(connection).end in ("reset", "closed")
    assert threading.active_count() == before


def test_it_can_start_again():
    """A sandbox that has ended can be started once more; while it runs it cannot, and ended it answers nothing."""
    sandbox = Sandbox(entries=3)
    with pytest.raises(RuntimeError, match="not running"):
        sandbox.count()
    for _ in range(2):
        with sandbox:
            assert delete(sandbox, 3).body == b'{"success":true,"code":200}'
            with pytest.raises(RuntimeError, match="running already"):
                sandbox.start()
    sandbox.close()


def test_it_ends_with_connections_that_were_just_made(certificates):
    """Connections that are made at the very end, or never speak TLS, neither hang it nor leave anything behind."""
    cert, key, _ = certificates
    for options in ({}, {"certfile": cert, "keyfile": key}):
        with Sandbox(entries=1, **options) as sandbox:
            connections = [connect(sandbox) for _ in range(9)]
            started = time.monotonic()
        assert time.monotonic() - started < A_HANG
        for connection in connections:
            connection.close()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "localhost", "127.0.0.2", "192.168.1.1", "example.com"])
def test_it_listens_on_this_machine_only(host):
    """Any host but 127.0.0.1 and ::1 is refused before a socket is opened."""
    with pytest.raises(ValueError, match=r"127\.0\.0\.1 or ::1"):
        Sandbox(host=host).start()


def test_it_listens_on_ipv6_too():
    """On ::1 the URL has the brackets that it needs."""
    try:
        listen("::1", 0).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    with Sandbox(entries=3, host="::1") as sandbox:
        assert sandbox.url.startswith("http://[::1]:")
        assert delete(sandbox, 3).status == 200


def test_a_port_that_is_taken_is_an_error(sandbox):
    """A port that another server has is an OSError, and no thread is left behind."""
    with pytest.raises(OSError, match="in use"):
        Sandbox(port=int(sandbox.url.rpartition(":")[2])).start()


def test_the_command_says_what_to_do_about_a_port_that_is_taken(sandbox, capsys):
    """The line names the option that takes another."""
    assert command_line.run([f"--port={sandbox.url.rpartition(':')[2]}"]) == 1
    assert capsys.readouterr().err.endswith(". Take another --port, or 0 for any free one.\n")


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """A certificate for 127.0.0.1 and the authority that signed it."""
    folder, authority = tmp_path_factory.mktemp("tls"), trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    certificate.private_key_pem.write_to_path(folder / "key.pem")
    certificate.cert_chain_pems[0].write_to_path(folder / "cert.pem")
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    return folder / "cert.pem", folder / "key.pem", trusting


def over_tls(context, sandbox):
    return context.wrap_socket(connect(sandbox), server_hostname="127.0.0.1", suppress_ragged_eofs=False)


@pytest.mark.parametrize("fault", [None, "reset-after", "close-after", "half-body", "silence-after"])
def test_it_serves_https(certificates, fault):
    """With a certificate the sandbox speaks https, its faults work below TLS, and closing does not hang."""
    cert, key, trusting = certificates
    with Sandbox(entries=9, certfile=cert, keyfile=key) as sandbox:
        assert sandbox.url.startswith("https://127.0.0.1:")
        if fault:
            sandbox.fault(fault)
        with over_tls(trusting, sandbox) as connection:
            connection.sendall(request_bytes("/v1/unsubscribe/delete?apiKey=sandbox-key&id=5"))
            connection.settimeout(0.2 if fault == "silence-after" else 5)
            answer = read_all(connection)
        assert answer.end == {"reset-after": "reset", "silence-after": "silent"}.get(fault or "", "closed")
        assert (answer.data[-1:] == b"}") is (fault is None)
        assert 5 not in sandbox.entries()


def test_it_serves_https_with_a_context_of_the_caller(certificates):
    """An SSLContext that the caller made is used as it is, and a client that gives up at TLS does no harm."""
    cert, key, trusting = certificates
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    with Sandbox(entries=9, ssl_context=context) as sandbox:
        with pytest.raises(ssl.SSLCertVerificationError):
            over_tls(ssl.create_default_context(), sandbox)
        with over_tls(trusting, sandbox) as connection:
            connection.sendall(request_bytes("/v1/unsubscribe/delete?apiKey=sandbox-key&id=5"))
            assert read_all(connection).data.endswith(b'"code":200}')


def test_a_process_has_the_same_names_as_a_thread(tmp_path):
    """SandboxProcess is used like Sandbox: faults, requests, entries, settings, reset; and it ends with its block."""
    with SandboxProcess(entries=9, faults=["status:2,status=520"], cdata=True, rate_limit=100) as sandbox:
        assert [delete(sandbox, 5).status for _ in range(3)] == [520, 520, 200]
        sandbox.fault("reset-after")
        assert delete(sandbox, 6) == (b"", "reset")
        assert [seen["fault"] for seen in sandbox.requests()] == ["status", "status", None, "reset-after"]
        assert list(sandbox.entries()) == [1, 2, 3, 4, 7, 8, 9]
        assert (sandbox.settings(post="405")["post"], sandbox.settings()["cdata"]) == ("405", True)
        sandbox.load(3)
        sandbox.fault("silence-after", times=None)
        with pytest.raises(ValueError, match="no fault is called x"):
            sandbox.fault("x")
        sandbox.clear_faults()
        sandbox.reset()
        assert (sandbox.count(), sandbox.requests(), sandbox.settings()["post"]) == (9, [], "accept")
        process = sandbox._process
    assert process.returncode == 0
    with pytest.raises(RuntimeError, match="not running"):
        sandbox.count()


@pytest.mark.parametrize(("settings", "limit"), [({}, 2000), ({"rate_limit": 7}, 7), ({"rate_limit": None}, None)])
def test_a_process_takes_the_settings_of_a_thread(settings, limit):
    """Settings mean the same for a process, None too; what is not given is as in openapi.yaml."""
    with SandboxProcess(entries=1, rate_window=1.5, retry_after=None, cdata=True, **settings) as sandbox:
        settings = sandbox.settings()
    assert (settings["rate_limit"], settings["rate_window"], settings["retry_after"]) == (limit, 1.5, None)
    assert settings["cdata"] is True


def test_a_process_that_cannot_start_says_so(capfd):
    """A process that ends before it listens is an error here, its reason on stderr."""
    with pytest.raises(RuntimeError, match="did not start"):
        SandboxProcess(post="maybe").start()
    assert "must be one of accept, 405, unheard" in capfd.readouterr().err


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills as POSIX does")
def test_a_process_ends_with_its_parent():
    """A sandbox process whose parent is killed ends by itself."""
    parent = (
        "import os, signal; from mailpartner.sandbox import SandboxProcess\n"
        "sandbox = SandboxProcess(entries=1); sandbox.start(); print(sandbox.url, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", parent], capture_output=True, text=True, timeout=20, check=False)
    port = int(done.stdout.strip().rpartition(":")[2])
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return
    pytest.fail("the sandbox outlived its parent")


def test_an_end_of_standard_input_after_the_end_is_no_error(monkeypatch):
    """Standard input that is closed when a signal has ended everything already leaves no traceback."""
    monkeypatch.setattr(command_line.os, "read", lambda *_: b"")
    loop = asyncio.new_event_loop()
    loop.close()
    command_line._wait_for_end_of_stdin(loop, asyncio.Event())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_the_command_ends_cleanly_on_a_signal(number):
    """The command prints one plain line, and ends with status 0 and no other word, also with a stalled request."""
    command_line = [sys.executable, "-m", "mailpartner.sandbox", "--port=0", "--quiet", "--fault=silence-after"]
    with subprocess.Popen(command_line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        port = int(line.split("127.0.0.1:")[1].split()[0])
        assert line == f"Mail Partner sandbox on http://127.0.0.1:{port} (keys must begin with sandbox-)\n"
        with socket.create_connection(("127.0.0.1", port), 5) as connection:
            connection.sendall(request_bytes("/v1/unsubscribe/delete?apiKey=sandbox-key&id=5"))
            process.send_signal(number)
            assert process.communicate(timeout=5) == ("", "")
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["--host=0.0.0.0"], 1, "listens on 127.0.0.1 or ::1 only"),
        (["--fault=reset"], 1, "no fault is called reset"),
        (["--fault=status,status=99"], 1, "status must be an HTTP status"),
        (["--spec=/none/openapi.yaml"], 1, "cannot read the API description"),
        (["--port=99999"], 1, "port"),
        (["--allow-hosts", "a"], 2, "unrecognized arguments: --allow-hosts a. Did you mean --allow-host?"),
        (["8025"], 2, "unrecognized arguments: 8025. See: mailpartner sandbox --help"),
        (["--error-status=99"], 2, "must be an HTTP status from 200 to 599"),
        (["--entries=-1"], 2, "must be a whole number from 0"),
        (["--post=get"], 2, "must be one of accept, 405, unheard"),
        (["--rate-limit=-1"], 2, "must be a whole number from 0"),
        (["--rate-window=0"], 2, "must be more than 0 seconds"),
    ],
)
def test_a_command_that_cannot_run_says_why(capsys, arguments, status, words):
    """What is wrong with the arguments is said in the last line on stderr, without a traceback."""
    try:
        returned = command_line.run(["--port=0", *arguments])
    except SystemExit as end:
        returned = end.code
    out, err = capsys.readouterr()
    assert (out, returned) == ("", status)
    assert words in err.splitlines()[-1]
    assert "Traceback" not in err


def test_the_help_names_every_setting_and_fault(capsys):
    """--help says each setting and each fault with its parameters."""
    with pytest.raises(SystemExit):
        command_line.run(["--help"])
    text = capsys.readouterr().out
    for word in (
        "--unknown-id",
        "--rate-limit {N,none}",
        "as in",
        "--xml-rows",
        "--letters",
        "--retry-after",
        "--cdata",
        "sandbox-wrong",
        "stall-body",
        'retry_after="1"',
    ):
        assert word in text


def test_a_missing_package_is_said_in_one_line(tmp_path, monkeypatch):
    """Without the extra, the command and the import say in one line how to install it, and status 1 is returned."""
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.machinery as m\n"
        "find = m.PathFinder.find_spec\n"
        "hidden = lambda name, *a: None if name == 'starlette' else find(name, *a)\n"
        "m.PathFinder.find_spec = staticmethod(hidden)\n"
    )
    path = os.pathsep.join([str(tmp_path), *filter(None, sys.path)])
    command_line = [sys.executable, "-m", "mailpartner.sandbox"]
    environment = {**os.environ, "PYTHONPATH": path}
    done = subprocess.run(command_line, env=environment, capture_output=True, text=True, timeout=10, check=False)
    expected = "the sandbox needs starlette: pip install 'mailpartner[sandbox]'"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", expected + "\n")
    monkeypatch.setattr("mailpartner.sandbox.REQUIRED", ("starlette", "no_such_package"))
    with pytest.raises(ImportError, match="no_such_package: pip install"):
        from mailpartner.sandbox import Sandbox as _  # noqa: F401
