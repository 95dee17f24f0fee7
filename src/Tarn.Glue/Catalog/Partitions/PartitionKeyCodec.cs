using Tarn.Contracts.Catalog;

namespace Tarn.Glue.Catalog.Partitions;

/// <summary>
/// The values of a partition as one byte string, which sorts as the typed values do and gives the texts back. Byte table in
/// docs/formats/partition-key.md. Ordered bytes are what makes every filter a range or a comparison of bytes, in either database.
/// </summary>
internal sealed class PartitionKeyCodec(IReadOnlyList<CatalogColumn> keys)
{
    /// <summary>A value that is null: Hive's default partition under a key that is not text.</summary>
    public const byte NullTag = 1;

    public const byte ValueTag = 2;

    /// <summary>A text that is no value of the key's type. Sorts after every value.</summary>
    public const byte InvalidTag = 3;

    /// <summary>After a typed value: its text is the usual one for the value.</summary>
    public const byte CanonicalSuffix = 1;

    /// <summary>After a typed value: its text follows, such as <c>007</c> for the integer 7.</summary>
    public const byte TextSuffix = 2;

    private readonly PartitionKeyType[] types = [.. keys.Select(key => PartitionKeyType.Of(key.Type))];

    public IReadOnlyList<CatalogColumn> Keys { get; } = keys;

    /// <summary>The type of a key; text for positions beyond the table's keys, which are left over when a table lost keys.</summary>
    public PartitionKeyType Type(int index) => index < types.Length ? types[index] : PartitionKeyType.String;

    public byte[] Encode(IReadOnlyList<string> values)
    {
        var output = new List<byte>(values.Count * 16);
        for (var i = 0; i < values.Count; i++)
        {
            AppendComponent(Type(i), values[i], output);
        }

        return [.. output];
    }

    /// <summary>The texts of a key, as they were given to <see cref="Encode"/>.</summary>
    public List<string> Decode(ReadOnlySpan<byte> key)
    {
        var values = new List<string>(types.Length);
        while (!key.IsEmpty)
        {
            var length = Read(Type(values.Count), key, out _, out var text);
            values.Add(text);
            key = key[length..];
        }

        return values;
    }

    /// <summary>Cuts a key into its components; answers how many there are.</summary>
    public int Split(byte[] key, Span<PartitionKeyComponent> components)
    {
        var count = 0;
        for (var start = 0; start < key.Length && count < components.Length; count++)
        {
            var length = Read(Type(count), key.AsSpan(start), out var valueLength, out var text);
            components[count] = new PartitionKeyComponent(key[start], start, valueLength, text);
            start += length;
        }

        return count;
    }

    /// <summary>A component without its suffix: all texts of one value give the same bytes.</summary>
    public static byte[]? EncodeValue(PartitionKeyType type, string text)
    {
        var output = new List<byte> { ValueTag };
        return type.TryEncode(text, output) ? [.. output] : null;
    }

    /// <summary>The component at <paramref name="index"/> without its suffix, or null when the values are fewer: what the index of that key holds.</summary>
    public byte[]? IndexedValue(IReadOnlyList<string> values, int index)
    {
        if (index >= values.Count || index >= types.Length)
        {
            return null;
        }

        var output = new List<byte>();
        var suffixStart = AppendComponent(Type(index), values[index], output);
        return [.. output[..suffixStart]];
    }

    private static int AppendComponent(PartitionKeyType type, string text, List<byte> output)
    {
        if (!type.IsText && text == PartitionKeyType.HiveNull)
        {
            output.Add(NullTag);
            return output.Count;
        }

        var start = output.Count;
        output.Add(ValueTag);
        if (!type.TryEncode(text, output))
        {
            output[start] = InvalidTag;
            PartitionKeyBytes.AppendText(text, output);
            return output.Count;
        }

        var end = output.Count;
        if (type.IsText)
        {
            return end;
        }

        type.Decode(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(output)[(start + 1)..], out var canonical);
        if (canonical == text)
        {
            output.Add(CanonicalSuffix);
        }
        else
        {
            output.Add(TextSuffix);
            PartitionKeyBytes.AppendText(text, output);
        }

        return end;
    }

    /// <summary>Reads one component; answers its length with suffix.</summary>
    private static int Read(PartitionKeyType type, ReadOnlySpan<byte> bytes, out int valueLength, out string text)
    {
        switch (bytes[0])
        {
            case NullTag:
                text = PartitionKeyType.HiveNull;
                return valueLength = 1;
            case InvalidTag:
                return valueLength = 1 + PartitionKeyBytes.ReadText(bytes[1..], out text);
            default:
                valueLength = 1 + type.Decode(bytes[1..], out text);
                if (type.IsText)
                {
                    return valueLength;
                }

                return bytes[valueLength] == CanonicalSuffix ? valueLength + 1 : valueLength + 1 + PartitionKeyBytes.ReadText(bytes[(valueLength + 1)..], out text);
        }
    }
}

/// <summary>Where one value stands in a partition's key.</summary>
/// <param name="Tag">One of the tags of <see cref="PartitionKeyCodec"/>.</param>
/// <param name="Start">Offset of the tag.</param>
/// <param name="ValueLength">Bytes from the tag to the end of the value, without its suffix.</param>
/// <param name="Text">The value as the client gave it.</param>
internal readonly record struct PartitionKeyComponent(byte Tag, int Start, int ValueLength, string Text);
