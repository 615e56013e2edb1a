"""What errors of the SDK say happened, as sentences with fields, by which they are found in the French catalogue.

The SDK says it in English, without an id. A sentence that is not here stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from mailpartner.cli.language import N_

_NESTED = ("what", "why")
"""The fields that hold one of these texts themselves; all others are names, numbers and the words of others."""

_TEXTS = (
    # The first half of each error of a call.
    N_("{what}, and the deadline leaves no time for another"),
    N_("{what} after {attempts} attempts"),
    N_("No answer in time from {url} ({why})"),
    N_("No answer from {url} ({why})"),
    N_("HTTP {status} from {url} with an answer that cannot be read ({why})"),
    N_("Mail Partner refused: no code, {text}"),
    N_("Mail Partner refused: no code"),
    N_("Mail Partner refused: {text}"),
    # Why there was no answer.
    N_("{why}, through the proxy {proxy}"),
    N_("all {count} connections of this client were in use all the time"),
    # Why an answer cannot be read.
    N_("an unsupported charset"),
    N_("nested too deeply"),
    N_("an HTML page, not an answer of the API"),
    N_("an empty body"),
    N_("binary data, or UTF-16"),
    N_("neither JSON nor XML of this API"),
    N_("JSON, but not an object"),
    N_("JSON with a duplicate name"),
    N_("JSON with {name}, which is not a number"),
    N_("JSON with a number out of range"),
    N_("a response without success true or false"),
    N_("a contradiction: success {success} with code {code}"),
    N_("a response whose code is not a number"),
    N_("a response whose {name} is not a list of rows"),
    N_("a response whose {name} is not a list"),
    N_("a response whose {name} is not of type {type}"),
    N_("a response without {name}"),
    N_("an entry with the id {number}, which cannot be one"),
    N_("the entry {number} without an address"),
    N_("XML with text where entries belong"),
    N_("XML that is not a <result>, such as an error page"),
    N_("XML nested too deeply"),
    N_("XML in an unsupported encoding"),
    N_("XML with a document type, an entity or a processing instruction"),
    N_("XML that mixes entries with and without names"),
    N_("XML with a duplicate name"),
    N_("XML with entries where a value belongs"),
    N_("XML with a list where none belongs"),
    N_("a compressed body, which was not asked for"),
    N_("more than {count} bytes"),
    # What stopped a run; the failure that did it follows.
    N_("The run stopped: {why}. What is done is done; run it again later, with the same journal if it has one."
       " Last failure:"),
    N_("the server sent Retry-After: {seconds}"),
    N_("{count} requests failed in a row"),
    # A client that cannot be made.
    N_("The API key is empty. Nothing was sent. Check MAILPARTNER_API_KEY or the api_key you pass."),
    N_("The API key begins or ends with white space, perhaps a line break from a file. Strip it first."),
    N_("The API key holds a space, a control or a non-ASCII character. Nothing was sent. Copy it once more."),
    N_("The API key begins with {prefix}, but the base URL is Mail Partner's own. Nothing was sent. Set base_url or"
       " MAILPARTNER_BASE_URL to the sandbox's URL, or give the account's key."),
    N_("A proxy would read the key of a plain http request. Use an https base URL."),
    N_("{name} is not the URL of a proxy: write http://host:port or socks5://host:port."),
    N_("httpx needs one more package for a SOCKS proxy: pip install 'httpx[socks]'."),
    N_("The certificates for TLS cannot be loaded ({reason}). Nothing was sent. Check SSL_CERT_FILE, SSL_CERT_DIR and"
       " SSLKEYLOGFILE in the environment."),
    N_("The base URL is refused: {why}. Nothing was sent. Write https://api.mailpartner.fr, or http://127.0.0.1:8025"
       " for a sandbox there; base_url or MAILPARTNER_BASE_URL has it."),
    N_("it is not a URL"),
    N_("it must begin with https://, or for a sandbox on this machine with http://"),
    N_("it must be the bare host, without a path: the /v1 is added"),
    N_("its host only looks like Mail Partner's; some of its letters are not Latin"),
    N_("its host or port is not valid"),
    N_("plain http would show the key to the network; only a loopback address may be http, and with a key that begins"
       " with sandbox- a sandbox on another machine"),
    N_("it holds a space, a backslash, a control or a non-ASCII character"),
    N_("it holds a user or password; the real host is what follows the @"),
    N_("it holds a query or a fragment"),
    N_("{name} must be more than 0 seconds and at most a day."),
    N_("{name} must not be negative."),
    N_("concurrency must be from 1 to {most}."),
    N_("rate must be from 0.01 to a billion requests a minute, or None for no limit."),
    # An argument, with the option for it.
    N_("--html has {written}, which would be left as it is: write {right}. Nothing was sent."),
    # A journal that cannot be used.
    N_("Cannot open the journal {file}: {why}"),
    N_("Cannot read the journal {file}: {why}"),
    N_("Cannot write the journal {file}: {why}"),
    N_("another run has it open. Wait for that run, or end it."),
    N_("it is damaged, or no journal. Keep it, and begin another; ids that are gone count as already gone."),
    N_("the disk is full. Nothing more was sent. Make room, and run it again with the same journal."),
    N_("{words}. Nothing more was sent."),
    N_("{file} is another program's database, and no journal. Nothing was sent."),
    N_("The journal {file} was written by another version of mailpartner, in format {format}; this one reads {known}."
       " Nothing was sent. Finish it with that version, or begin another."),
    N_("The journal {file} was deleted or replaced while it was open. Nothing more was sent. Put it back if you can;"
       " otherwise begin another: what is done counts as done before."),
    N_("{file} is a link, not a journal. Nothing was sent. Name the file itself."),
    N_("{file} has a second name (a hard link), and is not used as a journal. Nothing was sent. Name another."),
    N_("{file} is not a file, and is not used as a journal. Nothing was sent. Name another."),
    N_("Another run is using the journal {file}. Nothing was sent. Wait for its end."),
    N_("The journal {file} was begun with another {name}. Nothing was sent. Use the one it was begun with, or another"
       " journal."),
    N_("{words}. Nothing was sent."),
)  # fmt: skip


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(text))), text) for text in _TEXTS)


def sdk_text(text: str, translate: Callable[[str], str]) -> str:
    """Return a text of the SDK in the language of `translate`; as it is if it is not known."""
    for pattern, template in _patterns():
        if found := pattern.fullmatch(text):
            fields = found.groupdict()
            fields |= {name: sdk_text(fields[name], translate) for name in _NESTED if name in fields}
            return translate(template).format(**fields)
    return text
