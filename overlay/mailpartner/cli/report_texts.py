"""The texts of the report page: what outcomes, counts, errors and requests are called."""

from __future__ import annotations

from mailpartner.cli.language import N_, full_translation

_ = full_translation().gettext  # the page is UTF-8, whatever the terminal can show

DELETION_TEXTS = {
    "title": _("Deletion of unsubscribes: {input}"),
    "complete": _("Complete: every id was deleted or was already gone."),
    "complete_with_failures": _("Complete: every id has an outcome, and some failed."),
    "incomplete": _(
        "Not complete: some ids were not sent or are in doubt. To continue, run: mailpartner resume JOURNAL"
    ),
    "items": _("Ids"),
    "in_doubt": _(
        "A request was sent for each of these ids, and no answer says what became of it: it may have been deleted or"
        " not. Look for it in the list of unsubscribes, or resume the run."
    ),
    "failed": _("This run did not delete these ids. They are still on the list unless something else deleted them."),
    "of_cause": _("Ids ({count}): {ids}"),
    "all_items": _("All ids"),
}
ADDITION_TEXTS = {
    "title": _("Addition of unsubscribes: {input}"),
    "complete": _("Complete: every address was added or was already listed."),
    "complete_with_failures": _("Complete: every address has an outcome, and some failed."),
    "incomplete": _(
        "Not complete: some addresses were not sent or are in doubt. To continue, run: mailpartner resume JOURNAL"
    ),
    "items": _("Addresses"),
    "in_doubt": _(
        "A request was sent for the address on each of these lines, and no answer says what became of it: it may have"
        " been added or not. Resume the run."
    ),
    "failed": _("This run did not add the addresses on these lines. Mail may still go to them."),
    "of_cause": _("Lines ({count}): {ids}"),
    "all_items": _("All addresses"),
}

RECORD_TEXTS = {
    **DELETION_TEXTS,
    "title": _("Record of what was done by hand"),
    "complete": _("Complete: every deletion and every request has an outcome."),
    "complete_with_failures": _("Complete: every deletion and every request has an outcome, and some failed."),
    "incomplete": _("Not complete: of some deletions or requests it is not known what became of them."),
    "items": _("Deletions"),
    "in_doubt": _(
        "A request was sent for each of these ids, and no answer says what became of it: it may have been deleted or"
        " not. Look for it in the list of unsubscribes."
    ),
    "failed": _("These attempts deleted nothing. Another attempt in the table below may have deleted the same id."),
    "all_items": _("All deletions"),
}

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
RECORD_OUTCOMES = {
    **OUTCOMES,
    "already_gone": (OUTCOMES["already_gone"][0], _("The id was no longer on the list.")),
    "failed": (OUTCOMES["failed"][0], _("Not done by this attempt.")),
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

REQUESTS = {
    "message": _("Mail"),
    "cancellation": _("Cancellation of a mail"),
    "credit_move": _("Move of credit"),
    "add": _("Credit given to a sub-account"),
    "remove": _("Credit taken back from a sub-account"),
    "subaccount": _("Sub-account created"),
}
"""The requests of a record by their types, and moves of credit by their verbs."""

REQUEST_OUTCOMES = {
    "sent": _("Sent"),
    "scheduled": _("Scheduled"),
    "tested": _("Tested, not sent"),
    "cancelled": _("Cancelled"),
    "already_cancelled": _("Already cancelled"),
    "moved": _("Moved"),
    "created": _("Created"),
    "refused": _("Refused"),
    "not_sent": _("Not sent"),
    "in_doubt": _("In doubt"),
}
