"""The group `messages`: the commands `send`, `cancel` and `status`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from mailpartner.cli import confirm
from mailpartner.cli.exit_codes import BAD_INPUT, DONE, USAGE, Ended, checking_arguments
from mailpartner.cli.group import SETTINGS, Group, global_options
from mailpartner.cli.inputs import THRESHOLD, file_options
from mailpartner.cli.language import N_, _, plural, result_text
from mailpartner.cli.options import Common, common
from mailpartner.cli.output import Output
from mailpartner.cli.paths import state_folder
from mailpartner.cli.preview import command_again
from mailpartner.cli.recorded_request import RecordedRequest, in_utc, message_in_record, tell_failure
from mailpartner.cli.say import command_line, say
from mailpartner.errors import MailPartnerError

if TYPE_CHECKING:
    from mailpartner.cli.mail import Mail
    from mailpartner.client import MailPartner

_FILE = click.Path()  # for the shell's completion
_STATES = {
    "delivered": N_("delivered"), "scheduled": N_("scheduled"), "cancelled": N_("cancelled"), "pending": N_("pending"),
    "sent": N_("sent"), "failed": N_("failed"), "rejected": N_("rejected"), "bounced": N_("bounced"),
}  # fmt: skip
"""What the states of a delivery mean. Only `Delivered` is documented."""


def _schedule(text: str) -> datetime:
    from mailpartner.cli.mail import schedule

    return schedule(text)


@click.command(short_help=N_("Send a mail, now or later."))
@click.argument("emails", metavar="[EMAIL]...", nargs=-1)
@click.option("--to", metavar="ADDRESS", multiple=True, help="A recipient, or 'Ann <ann@example.com>'; repeatable.")
@click.option("--to-file", metavar="FILE|-", type=_FILE, help="Recipients, as CSV or one a line; - for stdin.")
@file_options
@click.option("--skip-unsubscribed", is_flag=True, help="Leave out people who object, as the file says.")
@click.option("--subject", metavar="TEXT", required=True, help="The subject.")
@click.option("--html", metavar="FILE|-", type=_FILE, required=True, help="The mail as HTML, in UTF-8; - for stdin.")
@click.option("--var", metavar="NAME=VALUE", multiple=True, help="What stands for #NAME# in the HTML; repeatable.")
@click.option("--attach", metavar="FILE", multiple=True, type=_FILE, help="A file that goes along; up to three.")
@click.option("--reply-to", metavar="ADDRESS", help="Who gets the replies.")
@click.option("--tag", metavar="WORD", help="A word to find the message by.")
@click.option("--at", metavar="TIME", type=_schedule, help="When: '2027-03-27 10:30' in Paris, or with an offset.")
@click.option("--test", is_flag=True, help="Have it checked only: nothing is sent or charged.")
@click.option("--dry-run", is_flag=True, help="Show what would be sent, send nothing.")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@click.option("--again", is_flag=True, help="Send it although the record has the same mail.")
@click.option("--no-record", is_flag=True, help="Keep no record of it, and do not look into the record.")
@common
def send(options: Common, yes: bool, dry_run: bool, again: bool, no_record: bool, **given: Any) -> int:
    """Send a mail to up to 500 recipients, now or later. Each recipient is charged.

    With more than one recipient it is not known whether they see each other's addresses. What is sent is shown, and
    you are asked before. The same mail is sent once: it is recorded before it leaves, and refused the second time,
    after a crash too; --again sends it all the same.
    """
    mail = _read(options, **given)
    if not (yes or dry_run):
        confirm.check_terminal("-" in (given["html"], given["to_file"], options.key_file))
    output = Output(options.json)
    with options.client() as client:
        outcome = "tested" if mail.test else "sent" if mail.send_at is None else "scheduled"
        facts = {"recipients": len(mail.to), "test": mail.test, "send_at": mail.send_at and mail.send_at.isoformat(),
                 "content": mail.digest(only_content=True).text}  # fmt: skip
        again = again or mail.test
        request = RecordedRequest(client, "message", outcome, mail.digest(), facts, True, again, no_record)
        if dry_run:
            return _dry_run(client, mail, output, request)
        mail.show(client)
        if mail.unfilled:
            raise Ended(_unfilled(mail), BAD_INPUT)
        if yes and mail.recipients.unclear():
            text = _("What ATTENTION names may be an objection, and --yes asks nobody. Nothing was sent. Run it without"
                     " --yes, or take the column out of the file.")  # fmt: skip
            raise Ended(text, BAD_INPUT)
        if not yes:
            request.check()
            _confirm(mail)
            mail.check()  # its time may have come meanwhile
        try:
            sent = request.carry_out(lambda: client.messages.send(**mail.arguments()))
        except MailPartnerError as error:
            return tell_failure(output, "message", error, message_id=None, recipients=len(mail.to))
    told = sent.to_dict()
    cost = {"cost": told["cost"], "currency": sent.currency}
    when = {"scheduled_at": told["scheduled_at"], "scheduled_text": sent.scheduled_text}
    output.record("message", message_id=sent.message_id, recipients=sent.recipient_count, outcome=outcome, error=None,
                  **cost, **when)  # fmt: skip
    output.record("summary", recipients=len(mail.to), exit=DONE)
    price = " ".join(filter(None, (told["cost"], sent.currency)))
    headings = (N_("message"), "outcome", N_("mails"), N_("cost"))
    output.rows(headings, [(sent.message_id, outcome, sent.recipient_count, price)])
    if outcome == "scheduled" and sent.message_id is not None:
        command = command_line("mailpartner messages cancel", [sent.message_id])
        say(_("To take it back, until five minutes before:"), command)
    return DONE


def _read(
    options: Common, emails: tuple[str, ...], to: tuple[str, ...], to_file: str | None, delimiter: str | None,
    column: str | None, header: bool | None, encoding: str | None, skip_unsubscribed: bool, subject: str, html: str,
    var: tuple[str, ...], attach: tuple[str, ...], reply_to: str | None, tag: str | None, at: datetime | None,
    test: bool,
) -> Mail:  # fmt: skip
    from mailpartner.cli import mail
    from mailpartner.cli.actions import ADDITION
    from mailpartner.cli.inputs import Inputs
    from mailpartner.cli.recipients import read_recipients, recipient

    if [html, to_file, options.key_file].count("-") > 1:
        raise click.UsageError(_("Only one of --html, --to-file and --api-key-file can be stdin."))
    if to_file is None and any(value is not None for value in (delimiter, column, header, encoding)):
        raise click.UsageError(_("--delimiter, --column, --header and --encoding are for --to-file."))
    inputs = Inputs(ADDITION, from_file=to_file, delimiter=delimiter, column=column, header=header, encoding=encoding,
                    recipients=True)  # fmt: skip
    if to_file is not None:
        inputs.check(options.key_file)
    variables = mail.variables(var)
    people = read_recipients((*emails, *to), inputs, skip_unsubscribed)
    replies_to = None if reply_to is None else recipient(reply_to)
    if reply_to is not None and replies_to is None:
        raise Ended(_("--reply-to is not an address such as name@example.com. Nothing was sent."), USAGE)
    made = mail.Mail(
        subject=subject, html=mail.read_html(html), recipients=people, reply_to=replies_to, variables=variables,
        attachments=tuple(map(mail.attachment, attach)), tag=tag, send_at=at, test=test, sources=(html, *attach),
    )  # fmt: skip
    made.check()
    return made


def _dry_run(client: MailPartner, mail: Mail, output: Output, request: RecordedRequest) -> int:
    refusal = _unfilled(mail) if mail.unfilled else request.refusal()
    code = BAD_INPUT if mail.unfilled else USAGE if refusal is not None else DONE
    command = command_again(click.get_current_context())
    if output.json:
        output.record("summary", dry_run=True, **mail.to_dict(), refusal=refusal, command=command, exit=code)
    output.rows((N_("what"), ""), list(mail.rows(client)))
    say(_("A dry run: nothing was sent."))
    if refusal is not None:
        say(refusal)
    elif not output.json:
        output.line(_("To do it:"))
        output.line(command)
    return code


def _unfilled(mail: Mail) -> str:
    text = result_text("The HTML has placeholders without a value: {names}. Nothing was sent. Give --var NAME=VALUE.")
    return text.format(names=", ".join(mail.unfilled))


def _confirm(mail: Mail) -> None:
    count = len(mail.to)
    nothing = _("Nothing was sent.")
    if mail.test:
        confirm.ask(_("Have this mail checked, without sending it? [y/N] "), nothing)
    elif count <= THRESHOLD:
        confirm.ask(plural("Send this mail? [y/N] ", "Send this mail to {count} recipients? [y/N] ", count), nothing)
    else:
        wrong = _("That is not the count. Nothing was sent.")
        confirm.ask(_("Type {count} to send it: ").format(count=count), wrong, count)


@click.command(short_help=N_("Cancel a scheduled mail."))
@click.argument("message_id", metavar="ID")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@click.option("--no-record", is_flag=True, help="Keep no record of it, and do not look into the record.")
@common
def cancel(options: Common, message_id: str, yes: bool, no_record: bool) -> int:
    """Cancel a scheduled mail, at the latest five minutes before it is due.

    ID is what `send` printed. What the record has of this mail is shown, and you are asked before. One that is
    cancelled already is no failure.
    """
    from mailpartner.cli.record import Digest
    from mailpartner.resources._message_calls import cancel_call

    with checking_arguments():
        cancel_call(message_id)
    if not yes:
        confirm.check_terminal(options.key_file == "-", has_dry_run=False)
    output = Output(options.json)
    with options.client() as client:
        digest, facts = Digest("cancellation", message_id), {"message_id": message_id}
        request = RecordedRequest(client, "cancellation", None, digest, facts, False, True, no_record)
        if not yes:
            confirm.show_rows(list(_to_cancel(client, message_id, not no_record)))
            confirm.ask(_("Cancel this mail? [y/N] "), _("Nothing was cancelled."))
        try:
            cancelled = request.carry_out(lambda: client.messages.cancel(message_id))
        except MailPartnerError as error:
            return tell_failure(output, "cancellation", error, message_id=message_id)
    outcome = cancelled.outcome.value
    output.record("cancellation", message_id=cancelled.message_id, outcome=outcome, error=None)
    output.record("summary", exit=DONE)
    output.rows((N_("message"), "outcome"), [(cancelled.message_id, outcome)])
    return DONE


def _to_cancel(client: MailPartner, message_id: str, in_record: bool) -> Iterator[tuple[str, object]]:
    """Yield what is known of a message, as labels and texts."""
    from mailpartner.cli.doctor import account_text
    from mailpartner.cli.mail import when_text

    yield _("account"), account_text(client)
    yield _("message id"), message_id
    if not in_record:
        return
    sent, cancelled = message_in_record(client, message_id)
    if sent is None:
        yield _("ATTENTION"), _("the record has no mail with this id: it was not sent by this command on this machine")
        return
    send_at = sent.details.get("send_at")
    yield _("handed over"), in_utc(sent)
    yield _("recipients"), sent.details.get("recipients")
    yield _("when"), when_text(send_at and datetime.fromisoformat(send_at), bool(sent.details.get("test")))
    if cancelled is not None:
        yield _("ATTENTION"), _("cancelled already, at {when}").format(when=in_utc(cancelled))


@click.command(short_help=N_("Show what became of a mail."))
@click.argument("message_id", metavar="ID")
@common
def status(options: Common, message_id: str) -> int:
    """Show what became of a mail, for each recipient.

    Reports come in within seconds, and up to 48 hours after sending.
    """
    output = Output(options.json)
    with options.client() as client, checking_arguments():
        found = client.messages.status(message_id)
        schedule = list(_schedule_in_record(client, message_id))
    for each in found.deliveries:
        told = each.to_dict()
        del told["token"]  # nobody knows what it opens
        output.record("delivery", message_id=found.message_id, **told)
    output.record("summary", deliveries=len(found.deliveries), exit=DONE)
    words = {True: output.word(N_("yes")), False: output.word(N_("no")), None: None}
    rows = (
        (each.email, _state(output, each.status), each.cost, words[each.unsubscribed],
         each.date and f"{each.date:%Y-%m-%d %H:%M}")
        for each in found.deliveries
    )  # fmt: skip
    output.rows(("address", N_("state"), N_("cost"), N_("unsubscribed"), N_("date of the state (UTC)")), rows)
    for line in schedule:
        say(line)
    if not found.deliveries:
        say(_("There is no report yet: the first ones come within seconds, the last ones 48 hours after sending."))
    return DONE


def _state(output: Output, state: str | None) -> str | None:
    """Return a state as the server writes it, on a terminal with what it means in another language."""
    word = _(_STATES.get((state or "").casefold(), ""))
    return f"{state} ({word})" if output.terminal and word and word != (state or "").casefold() else state


def _schedule_in_record(client: MailPartner, message_id: str) -> Iterator[str]:
    """Yield when a mail is due and was cancelled, which the server does not tell, as far as a record does."""
    from mailpartner.cli.mail import when_text

    try:
        sent, cancelled = message_in_record(client, message_id)
    except Ended:
        return
    if sent is not None and (send_at := sent.details.get("send_at")):
        yield _("Scheduled for {when}, says the record.").format(when=when_text(datetime.fromisoformat(send_at), False))
    if cancelled is not None:
        yield _("Cancelled at {when}, says the record.").format(when=in_utc(cancelled))


class _Messages(Group):
    """The group, which says of a list of mails that there is none, and what there is instead."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of this name."""
        if cmd_name.lower() in ("list", "ls", "find", "search", "show") and not ctx.resilient_parsing:
            text = _("The API lists no mails. The record of the year has those that were sent from here:")
            record = state_folder("XDG_STATE_HOME") / f"{datetime.now(UTC).year}.journal"
            raise Ended(text, USAGE, command_line("mailpartner report", [str(record)]))
        return super().get_command(ctx, cmd_name)


@click.group(cls=_Messages, context_settings=SETTINGS)
@global_options
def messages() -> None:
    """Mails: sending them, and what becomes of them."""


for _command in (send, cancel, status):
    messages.add_command(_command)
