"""The texts of the page of a report, in one place and in the language of the command."""

from __future__ import annotations

from mailpartner.cli.language import N_, current, full_translation

_ = full_translation().gettext  # the page is UTF-8, whatever the terminal can show
page_text = _
"""Translates a text that is kept in English: the reason of a rejected line, the meaning of an error."""

TEXTS = {
    "language": current(),
    "time": _("%Y-%m-%d %H:%M:%S UTC"),
    "title": _("Deletion of unsubscribes: {input}"),
    "complete": _("Complete: every id was deleted or was already gone."),
    "complete_with_failures": _("Complete: every id has an outcome, and some failed."),
    "incomplete": _(
        "Not complete: some ids were not sent or are in doubt. To continue, run: mailpartner resume JOURNAL"
    ),
    "outcomes": _("Outcomes"),
    "ids": _("Ids"),
    "share": _("Share"),
    "run": _("The run"),
    "reason": _("Reason: {reason}"),
    "who": _("Begun by"),
    "host": _("Machine"),
    "when": _("Begun on"),
    "input": _("Input"),
    "sha256": _("SHA-256 of the input"),
    "key": _("Account (fingerprint of its key)"),
    "base_url": _("Base URL"),
    "command": _("Command"),
    "run_id": _("Run"),
    "sessions": _("Sessions"),
    "no_sessions": _("None: the run was prepared, and nothing was sent."),
    "session": _("{began}: {user} on {host}, key {key}"),
    "session_with_end": _("{began} to {ended}: {user} on {host}, key {key}"),
    "in_doubt": _("In doubt"),
    "in_doubt_about": _(
        "A request was sent for each of these ids, and no answer says what became of it: it may have been deleted or"
        " not. Look for it in the list of unsubscribes, or resume the run."
    ),
    "failed": _("Failed"),
    "failed_about": _(
        "This run did not delete these ids. They are still on the list unless something else deleted them."
    ),
    "rejected": _("Lines that were not taken"),
    "rejected_about": _("These lines of the input led to nothing. Their text is in the rejects file of the run."),
    "lines_of_cause": _("Lines ({count}): {ids}"),
    "more_lines": _("and {count} more"),
    "none": _("None."),
    "code": _("code {code}"),
    "outcome_detail": _("{outcome}: {detail}"),
    "no_answer_recorded": _("The run ended before an answer was recorded"),
    "other_causes": _("Other causes"),
    "ids_of_cause": _("Ids ({count}): {ids}"),
    "more_ids": _("and {count} more, in the table below"),
    "all_ids": _("All ids"),
    "id": _("Id"),
    "outcome": _("Outcome"),
    "line": _("Line"),
    "email": _("Address"),
    "rows": _("Rows {first} to {last}"),
    "made": _("Made on {when} by mailpartner {version} from the journal of the run."),
}
ADDITION_TEXTS = {
    "title": _("Addition of unsubscribes: {input}"),
    "complete": _("Complete: every address was added or was already listed."),
    "complete_with_failures": _("Complete: every address has an outcome, and some failed."),
    "incomplete": _(
        "Not complete: some addresses were not sent or are in doubt. To continue, run: mailpartner resume JOURNAL"
    ),
    "ids": _("Addresses"),
    "in_doubt_about": _(
        "A request was sent for the address on each of these lines, and no answer says what became of it: it may have"
        " been added or not. Resume the run."
    ),
    "failed_about": _("This run did not add the addresses on these lines. Mail may still go to them."),
    "ids_of_cause": _("Lines ({count}): {ids}"),
    "all_ids": _("All addresses"),
}
"""Replace some of the texts in the report on an addition."""

OUTCOMES = {
    "deleted": (_("Deleted"), _("The API confirmed the deletion.")),
    "already_gone": (
        _("Already gone"),
        _("The id was no longer on the list. An earlier request of this run may have deleted it."),
    ),
    "added": (_("Added"), _("The API confirmed the addition.")),
    "already_listed": (
        _("Already listed"),
        _("The address was on the list. An earlier request of this run may have added it."),
    ),
    "failed": (_("Failed"), _("Not done by this run.")),
    "in_doubt": (_("In doubt"), _("A request was sent; whether it was carried out is not known.")),
    "not_sent": (_("Not sent"), _("No request was sent.")),
}
COUNTS = {
    "ids": _("Ids or addresses in the run"),
    "lines": _("Lines in the input"),
    "addresses": _("Addresses in the input"),
    "rejected": _("Lines rejected"),
    "duplicates": _("Duplicates"),
    "not_listed": _("Addresses not on the list"),
}
ERRORS = {
    "APIConnectionError": N_("No connection, or no answer"),
    "APITimeoutError": N_("No answer in time"),
    "UnexpectedResponseError": N_("The answer could not be read"),
    "ResponseTooLargeError": N_("The answer was too large"),
    "AuthenticationError": N_("The key was refused"),
    "PermissionDeniedError": N_("The account, its API access or the IP address was refused"),
    "InvalidRequestError": N_("The API refused the request"),
    "NotFoundError": N_("The API does not know the id"),
    "RateLimitError": N_("Too many requests"),
    "ServerError": N_("The API reported an error of its own"),
    "APIError": N_("The API refused with an undocumented code"),
}
"""What an error of this class means, in English: it is shown on the page and on a terminal."""
