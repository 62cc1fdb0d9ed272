"""A real SMTP server in this process, which does what it is told per recipient."""

import asyncio
import random
import socket
from collections import defaultdict
from email import message_from_bytes, policy
from typing import Any, Self

from aiosmtpd.controller import Controller


class Server:
    """`orders[address]` are for its next mails: "250", a code, a code and "data", "drop" after DATA, "lost" as drop but kept,
    "slow" and "asleep".

    `tried` are (address, Message-ID) of every DATA, `got` (address, message) of what it keeps. Options go to aiosmtpd.
    """

    def __init__(self, **options: Any) -> None:
        self.orders: defaultdict[str, list[str]] = defaultdict(list)
        self.got: list[tuple[str, Any]] = []
        self.tried: list[tuple[str, str]] = []
        self.goodbye = "221 bye"
        self.port = free_port()
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port, **options)

    def __enter__(self) -> Self:
        self.controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.controller.stop()

    @property
    def url(self) -> str:
        """What MAIL_URL says."""
        return f"smtp://127.0.0.1:{self.port}"

    def kept(self, address: str) -> set[str]:
        """The Message-IDs that lie in somebody's mailbox."""
        return {message["Message-ID"] for to, message in self.got if to == address}

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        order = self.orders[address][0] if self.orders[address] else "250"
        if order.startswith(("4", "5")) and "data" not in order:
            self.orders[address].pop(0)
            return f"{order} no"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        message = message_from_bytes(envelope.content, policy=policy.default)
        address = envelope.rcpt_tos[0]
        self.tried.append((address, message["Message-ID"]))
        order = self.orders[address].pop(0) if self.orders[address] else "250"
        if order in ("slow", "asleep"):
            await asyncio.sleep(0.05 if order == "slow" else 1)
        if order in ("250", "slow", "asleep", "lost"):
            self.got.append((address, message))
        if order in ("drop", "lost"):
            server.transport.close()
        return f"{order[:3]} no" if order[0] in "45" else "250 ok"

    async def handle_QUIT(self, server: Any, session: Any, envelope: Any) -> str:
        if self.goodbye == "drop":
            server.transport.close()
        return self.goodbye

    def be_nasty(self, addresses: list[str], die: random.Random) -> None:
        """From now on it drops, delays and refuses some, as the die falls."""
        for address in addresses:
            for _ in range(die.randint(0, 4)):
                self.orders[address].append(die.choice(("451", "451 data", "drop", "lost", "slow")))


def free_port() -> int:
    """A port on which nobody listens now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
