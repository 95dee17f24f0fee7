using Tarn.Contracts;
using Tarn.Wire.Dispatch;

namespace Tarn.Wire.Protocols.Cbor;

/// <summary>
/// Points in time behind tag 1. RFC 8949 and rpc-v2-cbor count seconds, with a fraction where the number is a float. The older
/// protocol <c>application/x-amz-cbor-1.1</c> counts whole milliseconds under the same tag, in requests and answers: see
/// github.com/aws/aws-sdk-java-v2, issues 184, 979 and 4661.
/// </summary>
public static class CborTimestamps
{
    private const ulong EpochTag = 1;

    /// <summary>To the millisecond.</summary>
    /// <param name="encoding">Either kind of CBOR.</param>
    public static void WriteTimestamp(this CborWriter writer, DateTimeOffset value, BodyEncoding encoding)
    {
        var milliseconds = value.ToUnixTimeMilliseconds();
        writer.WriteTag(EpochTag);
        if (encoding == BodyEncoding.AwsCbor)
        {
            writer.WriteInt64(milliseconds);
        }
        else
        {
            writer.WriteDouble(milliseconds / 1000.0);
        }
    }

    /// <summary>
    /// To the millisecond; the tag may be missing. A float is seconds in both protocols: of the old one no client is known that writes one,
    /// and milliseconds read as seconds are out of range, and so refused, for any date after 1978.
    /// </summary>
    /// <exception cref="AwsException">The value is no number, or out of the years 1 to 9999.</exception>
    public static DateTimeOffset ReadTimestamp(this ref CborReader reader, BodyEncoding encoding)
    {
        const string Wanted = "milliseconds since epoch";
        var isWhole = reader.PeekValue() is CborKind.UnsignedInteger or CborKind.NegativeInteger;
        var number = reader.ReadDouble(Wanted);
        var seconds = isWhole && encoding == BodyEncoding.AwsCbor ? number / 1000 : number;
        return Timestamps.TryFromUnixSeconds(seconds, out var value) ? value : throw SerializationErrors.CannotConvert("NUMBER_VALUE", Wanted);
    }
}
