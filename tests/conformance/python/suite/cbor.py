"""As much of CBOR (RFC 8949) as Kinesis's Java clients send and get: times are whole milliseconds under tag 1."""

import datetime
import struct

UTC = datetime.timezone.utc


def encode(value):
    if isinstance(value, bool):
        return b"\xf5" if value else b"\xf4"
    if isinstance(value, int):
        return _head(0, value) if value >= 0 else _head(1, -1 - value)
    if isinstance(value, bytes):
        return _head(2, len(value)) + value
    if isinstance(value, str):
        return _head(3, len(value.encode())) + value.encode()
    if isinstance(value, (list, tuple)):
        return _head(4, len(value)) + b"".join(map(encode, value))
    if isinstance(value, dict):
        # Of no length, as Jackson writes them.
        return b"\xbf" + b"".join(encode(name) + encode(member) for name, member in value.items()) + b"\xff"
    if isinstance(value, datetime.datetime):
        return b"\xc1" + encode(round(value.timestamp() * 1000))
    raise TypeError(type(value))


def decode(data):
    value, end = _value(data, 0)
    if end != len(data):
        raise ValueError(f"{len(data) - end} bytes after the end")
    return value


def _head(major, argument):
    if argument < 24:
        return bytes([major << 5 | argument])
    for code, form in ((24, ">B"), (25, ">H"), (26, ">I"), (27, ">Q")):
        if argument < 1 << (8 * struct.calcsize(form)):
            return bytes([major << 5 | code]) + struct.pack(form, argument)
    raise OverflowError(argument)


def _value(data, at):
    major, code = data[at] >> 5, data[at] & 31
    at += 1
    if major == 7:
        if code in (20, 21, 22):
            return {20: False, 21: True, 22: None}[code], at
        form = {25: ">e", 26: ">f", 27: ">d"}[code]
        size = struct.calcsize(form)
        return struct.unpack(form, data[at:at + size])[0], at + size
    if code == 31:
        argument = None
    elif code < 24:
        argument = code
    else:
        size = 1 << (code - 24)
        argument = int.from_bytes(data[at:at + size], "big")
        at += size
    if major == 0:
        return argument, at
    if major == 1:
        return -1 - argument, at
    if major in (2, 3):
        content = data[at:at + argument]
        return content if major == 2 else content.decode(), at + argument
    if major == 6:
        value, at = _value(data, at)
        if argument != 1 or not isinstance(value, int):
            raise ValueError(f"tag {argument} of {value!r}")
        return datetime.datetime.fromtimestamp(value / 1000, UTC), at
    entries = []
    while argument is None and data[at] != 0xFF or argument is not None and len(entries) < argument * (major - 3):
        value, at = _value(data, at)
        entries.append(value)
    at += argument is None
    return (entries if major == 4 else dict(zip(entries[::2], entries[1::2], strict=True))), at
