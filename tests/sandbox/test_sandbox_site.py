"""What is at `/`: a site of static files where one was given, else a few lines for someone who has curl."""

import json
import re
import subprocess
import sys

import pytest
from kit.raw_client import ask, delete

from mailpartner.sandbox import Sandbox, SandboxProcess

INDEX = "<!DOCTYPE html><title>the site</title>"
FILES = {
    "index.html": INDEX,
    "sub/index.html": "sub",
    "a.js": "1",
    "a.css": "a{}",
    "a.json": "{}",
    "a.yaml": "a: 1",
    "a.svg": "<svg/>",
    "a.woff2": "w",
    "a.unheard-of": "u",
    "v1/hidden.html": "never",
    "sandbox/index.html": "never",
}
SECRET = "outside of the site"


@pytest.fixture
def site(tmp_path):
    (tmp_path / "secret.txt").write_text(SECRET)
    for name, text in FILES.items():
        path = tmp_path / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "site"


@pytest.fixture
def served(site, sandbox_with):
    return sandbox_with(site=site)


@pytest.mark.parametrize(
    ("target", "content_type"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/index.html", "text/html; charset=utf-8"),
        ("/sub/", "text/html; charset=utf-8"),
        ("/a.js", "text/javascript; charset=utf-8"),
        ("/a.css", "text/css; charset=utf-8"),
        ("/a.json", "application/json; charset=utf-8"),
        ("/a.yaml?x=1", "application/yaml; charset=utf-8"),
        ("/a.svg", "image/svg+xml"),
        ("/a.woff2", "font/woff2"),
        ("/a.unheard-of", "application/octet-stream"),
    ],
)
def test_files_of_the_site(served, target, content_type):
    """A file comes with its type, whatever the machine's own tables say, and may load things of its origin only."""
    answer = ask(served, target, "GET")
    name = target.partition("?")[0].lstrip("/")
    assert answer.body.decode() == FILES[name if name in FILES else f"{name}index.html"]
    assert answer.status == 200
    assert answer.headers["content-type"] == content_type
    assert "default-src 'self';" in answer.headers["content-security-policy"]
    assert not re.search(r"https?:|\*", answer.headers["content-security-policy"])
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert not [name for name in answer.headers if name.startswith("access-control")]
    head = ask(served, target, "HEAD")
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", answer.headers["content-length"])


def test_a_folder_without_its_slash_is_redirected(served):
    """/sub leads to /sub/, so that the relative links of its page work."""
    answer = ask(served, "/sub", "GET")
    assert (answer.status, answer.headers["location"]) == (307, "http://localhost/sub/")


@pytest.mark.parametrize(
    "target",
    [
        "/../secret.txt",
        "/sub/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/..%5csecret.txt",
        "//secret.txt",
        "/link.txt",
        "/{outside}",
        "/%2f{outside}",
        "/none",
        "/x%00",
        "/" + "x" * 5000,
    ],
)
def test_nothing_outside_of_the_folder_is_served(served, site, tmp_path, target):
    """No spelling of a path, and no symbolic link, leads out of the folder: it is a 404, and the sandbox lives on."""
    (site / "link.txt").symlink_to(tmp_path / "secret.txt")
    answer = ask(served, target.replace("{outside}", str(tmp_path / "secret.txt").lstrip("/")), "GET")
    assert answer.status == 404
    assert SECRET not in answer.body.decode()
    assert delete(served, 5).status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_the_site_is_for_reading(served, method):
    """Any method but GET and HEAD is 405."""
    answer = ask(served, "/index.html", method)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


def test_the_api_and_the_control_come_before_the_site(served):
    """Paths of the API and of the control are theirs, also where the site has a file of that name."""
    assert ask(served, "/v1/hidden.html", "GET").status == 404
    assert "endpoints" in json.loads(ask(served, "/sandbox/", "GET").body)
    assert "endpoints" in json.loads(ask(served, "/sandbox", "GET").body)
    assert delete(served, 5).status == 200


def test_the_site_takes_no_faults_and_is_not_noted(served):
    """A fault waits for a request to the API, and only those are in the list of requests."""
    served.fault("status")
    assert ask(served, "/", "GET").status == 200
    assert ask(served, "/none", "GET").status == 404
    assert served.requests() == []
    assert delete(served, 5).status == 503
    assert [seen["path"] for seen in served.requests()] == ["/v1/unsubscribe/delete"]


def test_a_site_that_was_built_anew_is_shown(served, site):
    """A browser asks again each time, and gets a 304 only while the file is the same."""
    first = ask(served, "/", "GET")
    assert first.headers["cache-control"] == "no-cache"
    seen = f"If-None-Match: {first.headers['etag']}"
    assert ask(served, "/", "GET", seen).status == 304
    (site / "index.html").write_text("new and longer, so that its tag is another one whatever the clock says")
    assert ask(served, "/", "GET", seen).body.startswith(b"new")


def test_a_process_serves_a_site_too(site):
    """SandboxProcess and --site do the same."""
    with SandboxProcess(entries=1, site=site) as sandbox:
        assert ask(sandbox, "/", "GET").body.decode() == INDEX


def test_a_site_that_is_no_folder_is_an_error(tmp_path):
    """A folder that is not there is said in one line, by the class and on the command line."""
    with pytest.raises(ValueError, match="no folder"):
        Sandbox(site=tmp_path / "none").start()
    command = [sys.executable, "-m", "mailpartner.sandbox", "--port=0", f"--site={tmp_path / 'none'}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"the sandbox cannot run: there is no folder {tmp_path / 'none'} to serve as the site\n"


def test_without_a_site_the_front_says_what_this_is(sandbox):
    """GET / is plain text that names each operation as a curl command, the control, and the documentation."""
    answer = ask(sandbox, "/", "GET")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    text = answer.body.decode()
    for word in ("/v1/unsubscribe/list", "/v1/unsubscribe/add", "/v1/unsubscribe/delete"):
        assert f"http://localhost{word}" in text
    for word in ("curl http://localhost/sandbox/\n", "docs/sandbox.md", "--site", "sandbox-wrong"):
        assert word in text
    assert sandbox.requests() == []
    assert ask(sandbox, "/", "HEAD").body == b""


def test_the_commands_on_the_front_are_right(sandbox):
    """Each command that / shows for the API, run in their order, is a success; two want a token filled in."""
    for line in ask(sandbox, "/", "GET").body.decode().splitlines():
        found = re.fullmatch(r"  curl -X (\w+) '?http://localhost(/v1[^ ']*)'?(?: -d '(.*)')?", line)
        if found and "TOKENSUBACCOUNT" not in line:
            answer = ask(sandbox, found[2], found[1], body=(found[3] or "").encode())
            assert json.loads(answer.body)["success"] is True
    done = [seen["done"] for seen in sandbox.requests()]
    assert done == ["listed", "added", "deleted", "read", "sent", "read", "cancelled", "listed", "created"]
