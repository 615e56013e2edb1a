"""From a request to the bytes on the wire, and back: the key, the connections, the reading up to a cap.

wire.py adds the key; own.py holds the connections that a client opens itself, borrowed.py sends through a client of
the caller's; answer.py reads what comes back. With `network.py` these are the only modules that know httpx.
"""
