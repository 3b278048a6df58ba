"""Whose address a request comes from. What a header says of it is believed only when a proxy of ours wrote it."""

import ipaddress
from collections.abc import Collection
from functools import lru_cache

import falcon

from lokdarpan_core import Network

UNIX = "unix"
SHARED_BITS = 64  # of an IPv6 address: one household or server has them all


class Proxies:
    """The proxies that are trusted: networks, and `unix` for one that comes over a Unix socket."""

    def __init__(self, trusted: Collection[Network | str] = ()) -> None:
        self._unix = UNIX in trusted
        self._networks = tuple(network for network in trusted if not isinstance(network, str))
        self._known = lru_cache(4096)(self._is_trusted)

    def trusts(self, req: falcon.Request) -> bool:
        """Does the request come through a proxy of ours?"""
        return self._known(req.env.get("REMOTE_ADDR", ""))

    def client(self, req: falcon.Request) -> str:
        """The address of who asks: the last one in X-Forwarded-For that is no proxy of ours, else the peer's."""
        peer: str = req.env.get("REMOTE_ADDR", "")
        forwarded = req.env.get("HTTP_X_FORWARDED_FOR")
        if not forwarded or not self._known(peer):
            return peer
        for hop in reversed(forwarded.split(",")):
            address = _address(hop)
            if address is None:
                break
            peer = str(address)
            if not self._known(peer):
                break
        return peer

    def is_local(self, req: falcon.Request) -> bool:
        """Is it this machine itself that asks, and nobody through it?"""
        if ("HTTP_X_FORWARDED_FOR" in req.env or "HTTP_FORWARDED" in req.env) and not self.trusts(req):
            return False
        address = _address(self.client(req))
        return address is not None and address.is_loopback

    def _is_trusted(self, peer: str) -> bool:
        address = _address(peer)
        if address is None:
            return self._unix and not peer
        return any(address in network for network in self._networks)


@lru_cache(4096)
def counted(client: str) -> str:
    """What a rate is counted by: the address, or the network that one holder of IPv6 has."""
    address = _address(client)
    if address is None or address.version == 4:
        return client
    return str(ipaddress.ip_network((int(address) >> SHARED_BITS << SHARED_BITS, SHARED_BITS)))


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    text = text.strip()
    if text.startswith("["):  # [2001:db8::1]:4711
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
