"""As much of protobuf's wire format as the `.metadata` of a result needs."""


def fields(message):
    """(field number, value) of each field in order: an int for a varint, bytes for what has a length."""
    found, at = [], 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(message):
        tag = varint()
        if tag & 7 == 0:
            found.append((tag >> 3, varint()))
        elif tag & 7 == 2:
            length = varint()
            found.append((tag >> 3, message[at:at + length]))
            at += length
        else:
            raise ValueError(f"wire type {tag & 7} at byte {at}")
    return found
