"""From a request to the bytes on the wire, and back; the only package that knows httpx and httpcore.

`auth` puts the key in, `pool` holds the SDK's own connections, and `custom_client` sends through a caller's client.
Below the pool, `network_backend` is what httpcore reads and writes with, over `sockets`, `framing` and `deadline`.
"""
