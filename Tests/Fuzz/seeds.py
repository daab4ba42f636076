"""First inputs for the fuzzing targets: ordinary traffic, and cases that the rules treat.

The leading bytes are the decisions that each target reads from its input, see Targets/.
"""

KEY = b"\x37\xfa\x21\x3d"
ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


def frame(first, payload, masked=True, form=None):
    """A frame with the length in its shortest form, or in that of 0, 2 or 8 bytes."""
    count = len(payload)
    form = (0 if count < 126 else 2 if count < 65536 else 8) if form is None else form
    mask = 0x80 if masked else 0
    length = {0: [mask | count & 0x7F], 2: [mask | 126], 8: [mask | 127]}[form]
    head = bytes([first, *length]) + (count.to_bytes(form, "big") if form else b"")
    if not masked:
        return head + payload
    return head + KEY + bytes(byte ^ KEY[index % 4] for index, byte in enumerate(payload))


def request_heads():
    handshake = (
        "GET /chat?a=%20b&c=+ HTTP/1.1\r\nHost: example.com:80\r\nUpgrade: websocket\r\n"
        "Connection: keep-alive, Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: roost.v1, chat\r\n"
        "Origin: http://example.com\r\n"
        "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=\"10\"\r\n\r\n"
    )
    heads = [
        handshake,
        handshake.replace("\r\n\r\n", "\r\nContent-Length: 3\r\n\r\nabc"),
        "\r\nGET / HTTP/1.0\r\n\r\n",
        "GET http://example.com/a?b HTTP/1.1\r\nHost: a\r\nX:\r\nY: \t \r\n\r\n",
        "GET ws://[2001:db8::1]:65535/./%63hat/%2e%2E/%c3%a9 HTTP/1.1\r\nHost:\r\n\r\n",
        "GET ws://u@a:99999/%zz HTTP/1.1\r\nHost: [::1\r\n\r\n",
        "OPTIONS * HTTP/1.0\r\n\r\n", "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n",
        handshake.replace("Upgrade: websocket", "Upgrade: h2c\r\nUpgrade: websocket"),
        "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        "5;a=b\r\nhello\r\n1 \r\n!\r\n0\r\nTrailer: x\r\n\r\nGET",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello+",
        "GET /\r\n", "GET / HTTP/2.0\r\n", "GET / HTTP/1.1\nHost: a\n\n", "\x16\x03\x01",
        "GET / HTTP/1.1\r\nX: a\r\n b\r\n\r\n", "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        "GET / HTTP/1.1\r\n" + "a:b\r\n" * 101 + "\r\n",
    ]
    return [bytes([limit, 30]) + head.encode("latin-1") for head in heads for limit in (0, 3)]


def client_handshakes():
    good = (
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Accept: {ACCEPT}\r\n"
    )
    deflate = "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover"
    answers = [
        good + "\r\n",
        good + "Sec-WebSocket-Protocol: roost.v1\r\n\r\n\x81\x01a",
        good + deflate + "\r\n\r\n",
        good + deflate + "; server_max_window_bits=10; client_max_window_bits=12\r\n\r\n",
        good + "Sec-WebSocket-Extensions: x-other\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n" + good + "\r\n",
        "HTTP/1.1 503 Busy\r\nRetry-After: 5\r\nContent-Length: 5\r\n\r\nlater",
        "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nno!\r\n0\r\n\r\n",
        "HTTP/1.0 101 \r\n\r\n", "HTTP/1.1 200\r\n\r\n", "SSH-2.0-x\r\n",
    ]
    return [bytes([offer, 0, 1]) + a.encode("latin-1") for a in answers for offer in range(5)]


def extensions():
    lists = [
        "permessage-deflate", "permessage-deflate; client_max_window_bits",
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
        "permessage-deflate; server_max_window_bits=10; client_max_window_bits=\"9\"",
        "permessage-deflate; server_max_window_bits=8, permessage-deflate, x-a; b=c; d=\"e\\f\"",
        ", ,a ;b= c,", "permessage-deflate; client_max_window_bits=16", "a=b", "a;\"b\"",
    ]
    return [bytes([kept]) + text.encode() for text in lists for kept in range(5)]


def origins():
    pairs = [
        ("http://chat.example.org", "chat.example.org"), ("https://A.org:8443", "a.org:80"),
        ("http://[0:0::1]:80", "[::1]"), ("http://[::1]evil.org", "[::1]"), ("null", "a.org"),
        ("http://a.org:x@evil.org", "a.org"), ("file://a.org", "a.org"), ("http://a.org/", "a.org"),
        ("http://\u212ait.org", "kit.org"), ("http://a.org, http://a.org", "a.org"),
        ("capacitor://localhost", "localhost"), ("http://a%2eorg", "a.org"),
        ("http://a.org:", "a."),
        ("http://[2001:db8::192.0.2.1]", "[2001:DB8::C000:201]"), ("http://10.0.0.1:65536", "10.1"),
    ]
    entries = ("a.org", "https://a.org:8443", "app://localhost")
    return [f"{origin}\0{host}\0{entry}".encode() for origin, host in pairs for entry in entries]


def frames():
    greek = "κόσμε".encode()
    inputs = []
    for flags in range(4):
        masked = flags & 1 == 0

        def f(first, payload=b"", form=None, masked=masked):
            return frame(first, payload, masked, form)

        streams = [
            f(0x81, b"Hello"), f(0x82, bytes(200)), f(0x01, greek[:3]) + f(0x80, greek[3:]),
            f(0x02) + f(0x89, b"p") + f(0x00, b"x") + f(0x8A) + f(0x80, b"y") + f(0x81, greek),
            f(0x88, b"\x03\xe8bye"), f(0x88), f(0x88, b"\x03\xed"), f(0x88, b"x"),
            f(0x81, greek[:-1]), f(0x81, b"\xed\xa0\x80"), f(0x81, b"a" * 40 + greek * 9),
            f(0x83), f(0xC1, b"abc"), f(0xC9), f(0x09), f(0x89, bytes(126)), f(0x80, b"a"),
            f(0x01, b"a") + f(0x01, b"b"), f(0x82, b"abc", 2), f(0x82, bytes(130), 8),
            f(0x81, b"a", masked=not masked), f(0x01, b"a") * 1 + f(0x00, b"b") * 4,
        ]
        for number, stream in enumerate(streams):
            limit = number % 4 if number % 5 == 0 else 0
            inputs.append(bytes([flags, limit, number % 2, 7, 3, 50, 100]) + stream)
    return inputs


def deflated():
    import zlib

    def raw(data, level=6, bits=15, flush=zlib.Z_SYNC_FLUSH):
        compressor = zlib.compressobj(level, zlib.DEFLATED, -bits)
        return compressor.compress(data) + compressor.flush(flush)

    chat = b'{"type":"message","room":"lobby","offset":41,"text":"hello hello the train"}'
    payloads = [
        raw(chat)[:-4], raw(b"a" * 3000)[:-4], raw(bytes(range(256)), 0)[:-4], b"\0", b"",
        raw("κόσμε".encode())[:-4], raw(chat, flush=zlib.Z_FINISH), raw(chat)[:-1], b"\x07",
        raw(chat, flush=zlib.Z_FINISH) + raw(chat)[:-4], raw(chat)[:-4] + raw(b"x" * 99)[:-4],
    ]
    inputs = [bytes([0, kind, limit, 0, 0, 0]) + p
              for p in payloads for kind in (0, 1) for limit in (0, 1)]
    inputs += [bytes([1, 0, 4, bits, 0, repeat, 90, 9]) + chat
               for bits in range(8) for repeat in (0, 2, 3)]
    inputs += [bytes([1, 5, 7, 7, 1, 1, 2, 3, 4, repeat, 90, 9]) + bytes(range(90))
               for repeat in (0, 2, 3)]
    talk = b"".join(bytes([flags | len(chat) - 20]) + chat[20:] for flags in (0, 0x40, 0x80, 0xC0))
    return inputs + [bytes([2, bits, 5]) + talk for bits in range(7)]


def chat_commands():
    commands = [
        '{"type":"login","user":"ann","session":"AAAAAAAAAAAAAAAAAAAAAA","join":false,"ref":"1"}',
        '{"type":"join","room":"b","since":{"epoch":"k3v9","offset":41},"limit":0}',
        '{"type":"message","text":"he\\"llo \\u00e9 \\ud83d\\ude00","id":"a-1","room":null}',
        '{"type":"history","room":"c","before":12,"x":[1,-2.5e+10,true,false,null,{"y":{}}]}',
        '{ "since" : { "epoch" : "k3v9" , "offset" : 41 } , "limit" : -0 }',
        '{"t\\u0079pe":"who","text":"é 日本 😀 \\\\ \\/ \\b\\f\\n\\r\\t","token":""}',
        '[[], {}, "", 0, -0, 1.5, 1E5, "\\u0000"]', '"a"', "[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]",
        '{"a":1,"a":2,"type":"x","type":"y"}', '{"text":"\\ud83d"}', '{"text":"\t"}', "01", "tru",
        '{"before":99999999999999999999,"after":9223372036854775807,"limit":1.0}',
    ]
    return [command.encode() for command in commands]


def chats():
    # Slots 0 to 5 in the upper half of each step's first byte.
    def everybody(step, *operands):
        return b"".join(bytes([slot << 4 | step, *operands]) for slot in range(6))

    start = everybody(0) + b"".join(bytes([slot << 4 | 7, slot, 0]) for slot in range(6))
    rooms = b"".join(bytes([slot << 4 | 8, slot, slot * 9]) for slot in range(6))
    talk = b"".join(bytes([slot << 4 | 15, slot, slot]) for slot in range(6)) * 2
    words = everybody(14, 0, 9) + everybody(13, 0, 0) + everybody(12, 0, 3) + everybody(11, 0, 0)
    leave = everybody(9, 0, 1) + everybody(10, 1, 0) + everybody(2)
    raw = b'{"type":"message","text":"hello","ref":"7"}'
    says = bytes([6, len(raw)]) + raw
    plain, tight = bytes([0, 0, 0, 0, 0, 0]), bytes([1, 1, 1, 1, 1, 1])
    script = start + rooms + talk + words + says
    return [limits + part for limits in (plain, tight) for part in (
        start, start + rooms, start + rooms + talk, script, script + b"\x05" + leave + b"\x05",
        script + leave + b"\x04\xff" + script, start + says * 9 + b"\x03\x40" + says * 3,
        everybody(0) + b"\x04\x10\x04\x10\x05", script + (b"\x05\x04\x20" + talk) * 3)]


def servers():
    head = bytes([7, 9, 4, 0, 1, 0]) + b"\x03\xe8\x03\xe8"
    small = bytes([7, 1, 0, 9, 0, 1]) + b"\x00\x28\x00\x28"
    client, deflating = bytes([0x80, 5]), bytes([0x80, 4, 0x80, 12])

    def text(socket, count):
        return bytes([0x80 | 20, socket, count >> 8, count & 0xFF])

    three = client * 3
    every = b"".join(text(n % 3, 64 + n) for n in range(40))
    out = b"".join(bytes([0x80 | kind, 1]) for kind in (13, 14, 15, 16))
    slow = bytes([0x80 | 5, 1, 0, 0]) + every + bytes([0x80 | 6, 1]) + every
    wait = bytes([0x80 | 7, 0, 0x4E, 0x20]) * 4
    scripts = [
        three, three + every, three + every + out, three + slow, three + slow + wait,
        three + every + bytes([0x88, 0]) + every + bytes([0x88, 0]) + slow,
        bytes([0x80, 2 | 0x38, 0]) * 2 + bytes([0x80, 2, 1, 0x80, 2, 2, 0x80, 2, 3]) + wait,
        bytes([0x80, 3]) * 3 + wait, bytes([0x80, 1, 5]) + b"GET /" + wait,
        three + bytes([0x83, 0, 0x84, 1, 0x8B, 2]) + every + wait,
        bytes([0x80, 0x84]) * 9 + every, three + bytes([0x8C, 0, 2]) + client * 9 + every,
        three + bytes([0x80 | 17, 0, 0, 9, 0x80 | 0x40 | 20, 0, 0, 5]) + bytes([0x91, 0, 0, 3]),
        three + deflating + every + bytes([0x9A, 3, 1, 0, 60, 0x9A, 4, 0, 90, 9]) + every + slow,
        client + deflating + bytes([0x9B, 1, 3, 1, 2, 3, 0xDB, 2, 1, 0]) + every + wait,
        client + bytes([0x97, 0, 0, 0x98, 1, 0x99, 1, 3]) + b"abc" + every + wait,
        three + bytes([0x1F, 0, 6]) + frame(0x81, b"") + bytes([0x97, 1, 2]) + b"\x83\x80" + wait,
    ]
    return [start + script for start in (head, small) for script in scripts]


def saved_states():
    edits = [b"", bytes([2, 0, 40]), bytes([5, 0, 90]), bytes([6, 0, 120]), bytes([0, 0, 200, 7])]
    edits += [bytes([4 | bit << 5, 1, place]) for bit in (0, 5) for place in range(0, 250, 60)]
    return [bytes([which]) + edit for which in (0, 1) for edit in edits]


def tls_records():
    data, update = bytes([7, 1, 9, 0]), bytes([0, 1])
    acts = [
        bytes([0, 0]), update, bytes([1, 5, 24, 0, 0, 1, 1, 0]), bytes([1, 2, 24, 0, 2]),
        bytes([1, 3, 0, 1, 1, 0]), bytes([2, 2, 1, 0]), bytes([2, 2, 1, 90]), bytes([2, 2, 2, 40]),
        bytes([2, 1, 1]), bytes([3, 1, 9, 99, 3]), bytes([4, 7, 63, 255]), bytes([5, 0, 1]),
        bytes([5, 9, 1]), bytes([6, 23, 3, 3, 0, 17]) + bytes(17), bytes([6, 20, 3, 3, 0, 1, 1]),
        bytes([7, 0, 5]), bytes([1, 4, 4, 0, 0, 14, 0]), bytes([1, 18, 4, 0, 0, 14]) + bytes(15),
    ]
    starts = [bytes([suite, role, suite, 7, 3, 0, 50]) for suite in range(3) for role in range(2)]
    inputs = [start + data + act + data for start in starts for act in acts]
    return inputs + [start + act * 40 for start in starts[::3] for act in (update, data)]


def tls_sessions():
    talk = bytes([0, 20, 1, 30, 4, 5, 2, 90, 3, 90, 0, 9, 6, 3, 0, 5])
    inputs = [bytes([keys, *cuts, 0, 0, 0, 0, 0, 0]) + talk
              for keys in range(3) for cuts in ((0, 0, 0, 0, 0), (0, 200, 0, 150, 20))]
    attacks = [bytes([1, to, place >> 8, place & 0xFF, kind, 7])
               for to in range(2) for place in (3, 300, 900, 1300) for kind in range(5)]
    return inputs + [bytes([0, 0, 200, 0, 150, 20]) + attack + talk for attack in attacks]


def redis_replies():
    values = [
        b"+OK\r\n", b"-ERR unknown command\r\n", b":-42\r\n:+7\r\n", b"$5\r\nhe\r\no\r\n",
        b"$0\r\n\r\n", b"$-1\r\n", b"*-1\r\n", b"*0\r\n", b"_\r\n", b"#t\r\n#f\r\n",
        b",1.5e-3\r\n,inf\r\n,-nan\r\n,+10\r\n", b"(-34928903284092385093248509438\r\n",
        b"!9\r\nSYNTAX no\r\n", b"=8\r\ntxt:some\r\n", b"=3\r\ntxt\r\n", b"=5\r\nabcde\r\n",
        b"*2\r\n$3\r\nfoo\r\n*1\r\n:1\r\n", b"%1\r\n+a\r\n~2\r\n:1\r\n_\r\n",
        b">3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\nm\r\n+OK\r\n", b"*1\r\n>0\r\n",
        b"|1\r\n+ttl\r\n:3600\r\n*2\r\n|0\r\n:1\r\n|1\r\n+a\r\n+b\r\n:2\r\n",
        b"*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n", b"$?\r\n;4\r\n", b"*?\r\n", b"+a\rb\r\n",
        b"$9223372036854775807\r\n", b"*9223372036854775807\r\n", b":9223372036854775808\r\n",
        b":-9223372036854775808\r\n", b"$3\r\nabcd\r\n", b"HTTP/1.1 400 Bad Request\r\n",
        b"%4611686018427387904\r\n", b"#x\r\n", b"_x\r\n", b",1.\r\n", b"(\r\n", b"$-0\r\n",
    ]
    wide, narrow = bytes([0, 0, 0, 0, 0, 1, 2]), bytes([1, 1, 1, 2, 1, 0])
    return [limits + value for value in values for limits in (wide, narrow)] + [
        bytes([2, 2, 2, 0, 2, 3, 0, 4, 7]) + b"".join(values[:15])]


def all_seeds():
    return {
        "request-head": request_heads(),
        "client-handshake": client_handshakes(),
        "extensions": extensions(),
        "origins": origins(),
        "frames": frames(),
        "deflate": deflated(),
        "chat-commands": chat_commands(),
        "chat": chats(),
        "saved-state": saved_states(),
        "server": servers(),
        "tls-records": tls_records(),
        "tls-sessions": tls_sessions(),
        "redis-replies": redis_replies(),
    }
