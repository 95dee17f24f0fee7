namespace Tarn.Clients.Kinesis.Aggregation;

/// <summary>
/// Reads the fields of a message one after the other; unknown ones come too, for the caller to pass over. Each step takes at least a byte, so that a loop ends. Groups, which nobody writes, are refused.
/// </summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    private readonly ReadOnlySpan<byte> message = message;
    private int position;

    public readonly bool IsAtEnd => position == message.Length;

    /// <summary>False when the bytes are not a field.</summary>
    public bool TryReadField(out Field field)
    {
        field = default;
        if (!TryReadVarint(out var tag) || tag >> 3 is 0 or > int.MaxValue >> 2)
        {
            return false;
        }

        switch (tag & 7)
        {
            case 0 when TryReadVarint(out var number):
                field = new Field(tag, number, position, 0);
                return true;
            case 1:
                return TryTake(tag, 8, out field);
            case 2 when TryReadVarint(out var length):
                return TryTake(tag, length, out field);
            case 5:
                return TryTake(tag, 4, out field);
            default:
                return false;
        }
    }

    private bool TryTake(ulong tag, ulong length, out Field field)
    {
        field = default;
        if (length > (ulong)(message.Length - position))
        {
            return false;
        }

        field = new Field(tag, 0, position, (int)length);
        position += (int)length;
        return true;
    }

    /// <summary>Seven bits a byte, the lowest first, at most ten bytes.</summary>
    private bool TryReadVarint(out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < 70 && position < message.Length; shift += 7)
        {
            var next = message[position++];
            value |= (ulong)(next & 127) << shift;
            if (next < 128)
            {
                return true;
            }
        }

        return false;
    }

    /// <param name="Tag">Number and wire type.</param>
    /// <param name="Number">Of a field that is one.</param>
    /// <param name="Start">Where in the message its bytes begin, of a field with bytes.</param>
    public readonly record struct Field(ulong Tag, ulong Number, int Start, int Length);
}
