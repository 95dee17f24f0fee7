namespace Tarn.Clients.Kinesis.Aggregation;

/// <summary>
/// The record that the KPL makes of many: 4 bytes of magic, a protocol buffer, and the 16 bytes of its MD5. The buffer, in proto2:
/// <code>
/// message AggregatedRecord {
///   repeated string partition_key_table     = 1;
///   repeated string explicit_hash_key_table = 2;
///   repeated Record records                 = 3;
/// }
/// message Record {
///   required uint64 partition_key_index     = 1;
///   optional uint64 explicit_hash_key_index = 2;
///   required bytes  data                    = 3;
///   repeated Tag    tags                    = 4;   // reserved; never written, passed over
/// }
/// </code>
/// </summary>
internal static class AggregateFormat
{
    public const int DigestBytes = 16;

    public const byte PartitionKeyTable = (1 << 3) | LengthDelimited;
    public const byte ExplicitHashKeyTable = (2 << 3) | LengthDelimited;
    public const byte Records = (3 << 3) | LengthDelimited;
    public const byte PartitionKeyIndex = 1 << 3;
    public const byte ExplicitHashKeyIndex = 2 << 3;
    public const byte Data = (3 << 3) | LengthDelimited;

    private const byte LengthDelimited = 2;

    public static ReadOnlySpan<byte> Magic => [0xF3, 0x89, 0x9A, 0xC2];

    public static int VarintBytes(uint value) => value switch
    {
        < 1u << 7 => 1,
        < 1u << 14 => 2,
        < 1u << 21 => 3,
        < 1u << 28 => 4,
        _ => 5,
    };
}
