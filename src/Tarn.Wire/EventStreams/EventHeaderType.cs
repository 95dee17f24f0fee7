namespace Tarn.Wire.EventStreams;

/// <summary>The byte before a header's value.</summary>
internal enum EventHeaderType : byte
{
    True = 0,
    False = 1,
    Byte = 2,
    Int16 = 3,
    Int32 = 4,
    Int64 = 5,
    Bytes = 6,
    String = 7,

    /// <summary>Milliseconds since 1970.</summary>
    Timestamp = 8,
    Uuid = 9,
}
