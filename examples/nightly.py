"""A cron job that deletes last night's ids, records each, and can be run again at any time.

    15 2 * * *  python nightly.py /var/lib/crm/removed-$(date +\\%F).txt

The journal next to the file remembers what became of each id: after a crash, or with a second run by mistake, only what
has no outcome yet is sent. Ends with 0 if all is done, 1 if an id failed, 75 if a later run goes on.
"""

from __future__ import annotations

import sys
from pathlib import Path

from mailpartner import BulkStoppedError, MailPartner, MailPartnerError


def main(path: Path) -> int:
    ids = [int(line) for line in path.read_text().split()]
    failed = 0
    try:
        with MailPartner() as mp:
            for item in mp.unsubscribes.delete_many(ids, journal=path.with_suffix(".journal")):
                if item.error is not None:
                    failed += 1
                    print(f"{item.id}: {item.error}", file=sys.stderr)
    except BulkStoppedError as stopped:
        print(stopped, file=sys.stderr)
        return 75
    except MailPartnerError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{len(ids) - failed} of {len(ids)} ids are no longer on the list.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
