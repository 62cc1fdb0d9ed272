"""Real messages spoiled at random: bytes flipped, cut out, doubled, moved, cut short; awkward pieces put in."""

import random

PIECES = (
    b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&a;", b"&#0;", b"&#x1F;", b"&#x110000;", b"]]>", b"<![CDATA[", b"</", b"<a>" * 200,
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"<?xml version='1.0' encoding='utf-16'?>", b"xmlns='urn:x'",
    b"-999999999999999999999999999.99", b"1e400", b"NaN", b"", b"\r\n\r\n", b"\t" * 300, b"A" * 5000, "é–“😀".encode(),
    b"statusCode=\"3250\"", b"statusSeverity=\"Error\"", b"<Amount></Amount>", b"=cmd|' /C calc'!A0", b'"', b",,,,", b";",
)  # fmt: skip


def spoil(sound: bytes, die: random.Random) -> bytes:
    """One to six things wrong with it."""
    for _ in range(die.randint(1, 6)):
        sound = die.choice(WAYS)(sound, die)
    return sound


def _flip(text: bytes, die: random.Random) -> bytes:
    at = die.randrange(len(text) + 1)
    return text[:at] + bytes([die.randrange(256)]) + text[at + 1 :]


def _cut(text: bytes, die: random.Random) -> bytes:
    start, end = sorted(die.randrange(len(text) + 1) for _ in range(2))
    return text[:start] + text[min(end, start + die.choice((1, 5, 50, 5000))) :]


def _double(text: bytes, die: random.Random) -> bytes:
    start, end = sorted(die.randrange(len(text) + 1) for _ in range(2))
    piece = text[start : min(end, start + 400)]
    return text[:start] + piece * die.choice((2, 3, 40)) + text[start + len(piece) :]


def _move(text: bytes, die: random.Random) -> bytes:
    start, end = sorted(die.randrange(len(text) + 1) for _ in range(2))
    piece, rest = text[start:end], text[:start] + text[end:]
    at = die.randrange(len(rest) + 1)
    return rest[:at] + piece + rest[at:]


def _short(text: bytes, die: random.Random) -> bytes:
    return text[: die.randrange(len(text) + 1)]


def _put(text: bytes, die: random.Random) -> bytes:
    at = die.randrange(len(text) + 1)
    return text[:at] + die.choice(PIECES) + text[at:]


WAYS = (_flip, _cut, _double, _move, _short, _put, _put)
