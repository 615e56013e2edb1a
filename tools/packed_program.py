"""Use the SDK and its sandbox once, from wherever they are packed: tools/try-packed makes programs of this."""

from mailpartner import MailPartner
from mailpartner.sandbox import Sandbox

with Sandbox(entries=10) as sandbox, MailPartner("sandbox-packed", base_url=sandbox.url) as mp:
    mp.unsubscribes.delete(1)
    deleted = mp.unsubscribes.delete_many([2, 3]).results()
    listed = mp.unsubscribes.list(format="xml")
    credits = mp.account.credits()
print(len(deleted), "deleted in a run;", len(listed), "listed;", credits.username)
