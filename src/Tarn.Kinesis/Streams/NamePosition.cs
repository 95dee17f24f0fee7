using System.Text.Json;
using System.Text.Json.Serialization;
using Tarn.Wire.Dispatch;

namespace Tarn.Kinesis.Streams;

/// <summary>What the NextToken of a list by name carries: the last name of the page before, and when the token ends.</summary>
internal sealed record NamePosition(string After, DateTimeOffset Expires)
{
    /// <summary>The position in a token; null for no token.</summary>
    /// <param name="list">As for <see cref="PageToken.Encode(string, string)"/>.</param>
    public static NamePosition? Decode(string list, string? token, DateTimeOffset now)
    {
        if (PageToken.DecodeText(list, token, KinesisErrors.InvalidNextToken) is not { } text)
        {
            return null;
        }

        var position = JsonSerializer.Deserialize(text, NamePositionJson.Default.NamePosition)!;
        return position.Expires > now ? position : throw KinesisErrors.ExpiredNextToken();
    }

    public override string ToString() => JsonSerializer.Serialize(this, NamePositionJson.Default.NamePosition);
}

[JsonSerializable(typeof(NamePosition))]
internal sealed partial class NamePositionJson : JsonSerializerContext;
