"""The English texts of the page of a report, in one place so that they can be translated."""

from __future__ import annotations

TEXTS = {
    "language": "en",
    "title": "Deletion of unsubscribes: {input}",
    "complete": "Complete: every id was deleted or was already gone.",
    "complete_with_failures": "Complete: every id has an outcome, and some failed.",
    "incomplete": "Not complete: some ids were not sent or are in doubt. To continue, run: mailpartner resume JOURNAL",
    "outcomes": "Outcomes",
    "ids": "Ids",
    "share": "Share",
    "run": "The run",
    "reason": "Reason: {reason}",
    "who": "Begun by",
    "host": "Machine",
    "when": "Begun on",
    "input": "Input",
    "sha256": "SHA-256 of the input",
    "key": "Account (fingerprint of its key)",
    "base_url": "Base URL",
    "command": "Command",
    "run_id": "Run",
    "sessions": "Sessions",
    "no_sessions": "None: the run was prepared, and nothing was sent.",
    "session": "{began}: {user} on {host}, key {key}",
    "session_with_end": "{began} to {ended}: {user} on {host}, key {key}",
    "in_doubt": "In doubt",
    "in_doubt_about": "A request was sent for each of these ids, and no answer says what became of it: it may have"
    " been deleted or not. Look for it in the list of unsubscribes, or resume the run.",
    "failed": "Failed",
    "failed_about": "This run did not delete these ids. They are still on the list unless something else deleted them.",
    "rejected": "Lines that were not taken",
    "rejected_about": "These lines of the input led to nothing. Their text is in the rejects file of the run.",
    "lines_of_cause": "Lines ({count}): {ids}",
    "more_lines": "and {count} more",
    "none": "None.",
    "code": "code {code}",
    "no_answer_recorded": "The run ended before an answer was recorded",
    "other_causes": "Other causes",
    "ids_of_cause": "Ids ({count}): {ids}",
    "more_ids": "and {count} more, in the table below",
    "all_ids": "All ids",
    "id": "Id",
    "outcome": "Outcome",
    "line": "Line",
    "email": "Address",
    "rows": "Rows {first} to {last}",
    "made": "Made on {when} by mailpartner {version} from the journal of the run.",
}
ADDITION_TEXTS = {
    "title": "Addition of unsubscribes: {input}",
    "complete": "Complete: every address was added or was already listed.",
    "complete_with_failures": "Complete: every address has an outcome, and some failed.",
    "incomplete": "Not complete: some addresses were not sent or are in doubt. To continue, run: mailpartner resume"
    " JOURNAL",
    "ids": "Addresses",
    "in_doubt_about": "A request was sent for the address on each of these lines, and no answer says what became of"
    " it: it may have been added or not. Resume the run.",
    "failed_about": "This run did not add the addresses on these lines. Mail may still go to them.",
    "ids_of_cause": "Lines ({count}): {ids}",
    "all_ids": "All addresses",
}
"""Replace some of the texts in the report on an addition."""

OUTCOMES = {
    "deleted": ("Deleted", "The API confirmed the deletion."),
    "already_gone": (
        "Already gone",
        "The id was no longer on the list. An earlier request of this run may have deleted it.",
    ),
    "added": ("Added", "The API confirmed the addition."),
    "already_listed": (
        "Already listed",
        "The address was on the list. An earlier request of this run may have added it.",
    ),
    "failed": ("Failed", "Not done by this run."),
    "in_doubt": ("In doubt", "A request was sent; whether it was carried out is not known."),
    "not_sent": ("Not sent", "No request was sent."),
}
COUNTS = {
    "ids": "Ids or addresses in the run",
    "lines": "Lines in the input",
    "addresses": "Addresses in the input",
    "rejected": "Lines rejected",
    "duplicates": "Duplicates",
    "not_listed": "Addresses not on the list",
}
ERRORS = {
    "APIConnectionError": "No connection, or no answer",
    "APITimeoutError": "No answer in time",
    "UnexpectedResponseError": "The answer could not be read",
    "ResponseTooLargeError": "The answer was too large",
    "AuthenticationError": "The key was refused",
    "PermissionDeniedError": "The account, its API access or the IP address was refused",
    "InvalidRequestError": "The API refused the request",
    "NotFoundError": "The API does not know the id",
    "RateLimitError": "Too many requests",
    "ServerError": "The API reported an error of its own",
    "APIError": "The API refused with an undocumented code",
}
