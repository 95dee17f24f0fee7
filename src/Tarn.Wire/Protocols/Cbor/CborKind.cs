namespace Tarn.Wire.Protocols.Cbor;

/// <summary>What a CBOR data item is, by its first byte.</summary>
public enum CborKind : byte
{
    UnsignedInteger,
    NegativeInteger,
    Bytes,
    Text,
    Array,
    Map,
    Tag,

    /// <summary>Half, single or double precision.</summary>
    Float,
    Boolean,

    /// <summary>Null or undefined.</summary>
    Null,

    /// <summary>A simple value that RFC 8949 gives no meaning.</summary>
    OtherSimple,

    /// <summary>The end of an array, map or string of indefinite length.</summary>
    Break,

    /// <summary>Nothing is left.</summary>
    End,
}
