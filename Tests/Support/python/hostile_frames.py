"""Frames and messages that violate the protocol, and the close code for each."""

import struct

from wire import BINARY, CONTINUATION, PREFIX, TEXT, Client, expect, frame, header

MESSAGE_LIMIT = 64 << 10


def expect_close(client, codes, what):
    code, _ = client.closing()
    expect(code in codes, f"{what}: closed with {code}, not {codes}")
    expect(client.at_end(), f"{what}: something came after the close frame")


def protocol_errors(port):
    """Frames that no client may send: 1002."""
    cases = {
        "unmasked": frame(TEXT, b"hello", masked=False),
        "unmasked, empty": frame(TEXT, masked=False),
        "length 2^63": header(BINARY, 1 << 63) + bytes(4),
        "length 2^64 - 1": header(BINARY, (1 << 64) - 1) + bytes(4),
        "length not minimal": struct.pack(">BBH", 0x82, 0xFE, 5) + bytes(9),
        "RSV1": frame(TEXT, b"hello", rsv=4),
        "opcode 3": frame(3, b"hello"),
        "opcode 11": frame(11, b"hello"),
        "continuation of nothing": frame(CONTINUATION, b"hello"),
        "text within a text": frame(TEXT, b"a", fin=False) + frame(TEXT, b"b"),
        "ping of 126": frame(9, bytes(126)),
        "ping in fragments": frame(9, b"a", fin=False),
        "close of 1 byte": frame(8, b"\x03"),
        "close with 1005": frame(8, struct.pack(">H", 1005)),
    }
    for name, sent in cases.items():
        with Client(port) as client:
            client.send(sent)
            expect_close(client, (1002,), name)
    return f"{len(cases)} kinds"


def huge_length(port):
    """A length that is legal and absurd: 1009, and no memory for it."""
    for length in (MESSAGE_LIMIT + 1, 10_000_000, 1 << 31, 1 << 40, (1 << 63) - 1):
        with Client(port) as client:
            client.send(header(BINARY, length) + bytes(4))
            expect_close(client, (1009,), f"length {length}")


def empty_fragments(port):
    """A million empty fragments of one message: 1008 or 1009 at the limit of fragments."""
    with Client(port) as client:
        many = frame(CONTINUATION, fin=False) * 10_000
        client.send(frame(TEXT, fin=False))
        client.send(*[many] * 100)
        expect_close(client, (1008, 1009), "a million fragments")
    with Client(port) as client:  # as many as are allowed are one message
        client.send(*[frame(TEXT, b"a", fin=False)],
                    *[frame(CONTINUATION, b"a", fin=False)] * 126, frame(CONTINUATION, b"a"))
        expect(client.next_frame() == (TEXT, PREFIX + b"a" * 128), "128 fragments are allowed")
    with Client(port) as client:  # and any number that carry something
        client.send(frame(TEXT, b"abcd", fin=False),
                    *[frame(CONTINUATION, b"efgh", fin=False)] * 5000, frame(CONTINUATION))
        expect(client.next_frame() == (TEXT, PREFIX + b"abcd" + b"efgh" * 5000), "5,002 fragments")


def invalid_utf8(port):
    """Text that is not UTF-8, however it is cut: 1007."""
    good = "κόσμε".encode()
    bad = {
        "surrogate": b"\xed\xa0\x80", "overlong": b"\xc0\xaf", "above U+10FFFF": b"\xf4\x90\x80\x80",
        "lone continuation": b"\x80", "never a byte": b"\xff", "cut off": b"\xe2\x82",
    }
    for name, bytes_ in bad.items():
        text = good + bytes_
        for cut in range(1, len(text)):
            with Client(port) as client:
                client.send(frame(TEXT, text[:cut], fin=False), frame(9, b"between"),
                            frame(CONTINUATION, text[cut:]))
                expect_close(client, (1007,), f"{name} cut at {cut}")
        with Client(port) as client:
            pieces = [frame(CONTINUATION, text[i:i + 1], fin=False) for i in range(1, len(text))]
            client.send(frame(TEXT, text[:1], fin=False), *pieces, frame(CONTINUATION))
            expect_close(client, (1007,), f"{name} byte by byte")
    with Client(port) as client:
        pieces = [frame(CONTINUATION, good[i:i + 1], fin=False) for i in range(1, len(good))]
        client.send(frame(TEXT, good[:1], fin=False), *pieces, frame(CONTINUATION))
        expect(client.next_frame() == (TEXT, PREFIX + good), "valid text cut within characters")


def large_message(port):
    """10 MB in one frame or in many: 1009, and a message of the limit is still served."""
    with Client(port) as client:
        client.send(header(TEXT, 10_000_000) + bytes(4), *[b"a" * 65536] * 153)
        expect_close(client, (1009,), "one frame")
    with Client(port) as client:
        client.send(frame(TEXT, b"a" * 32768, fin=False), frame(CONTINUATION, b"a" * 32769))
        expect_close(client, (1009,), "one byte too many in fragments")
    with Client(port) as client:
        client.send(frame(BINARY, b"a" * MESSAGE_LIMIT))
        opcode, payload = client.next_frame()
        expect(payload.endswith(b"a" * MESSAGE_LIMIT), "a message of 64 KiB")
