using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Tarn.Contracts;
using Tarn.Wire.Edge;
using Tarn.Wire.Shapes;

namespace Tarn.Wire.Protocols.Rest;

/// <summary>
/// The first of two passes over a REST input: members in the path, the query, headers, and payloads that are no document. It yields
/// no body members, so generated code reads only what HTTP carries.
/// </summary>
internal struct HttpShapeReader(WireExchange exchange, Func<MemberSchema, string, string, AwsException> invalid) : IShapeReader
{
    private int next;
    private MemberSchema member = null!;
    private StringValues values;
    private int valuesRead;
    private IEnumerator<KeyValuePair<string, StringValues>>? entries;

    public readonly void BeginStructure(StructureSchema schema)
    {
    }

    public int NextMember(StructureSchema schema)
    {
        while (next < schema.Count)
        {
            var index = next++;
            member = schema[index];
            if (IsPresent(member))
            {
                return index;
            }
        }

        return -1;
    }

    public void BeginList(CollectionSchema schema)
    {
        valuesRead = 0;
        if (member.Location == MemberLocation.Header)
        {
            values = HeaderList.Split(values.ToString());
        }
    }

    public bool NextElement() => valuesRead++ < values.Count;

    public void BeginMap(CollectionSchema schema)
    {
        entries = member.Location == MemberLocation.PrefixHeaders
            ? exchange.Http.Request.Headers.GetEnumerator()
            : exchange.Http.Request.Query.GetEnumerator();
    }

    public bool NextKey(out string key)
    {
        while (entries!.MoveNext())
        {
            var (name, value) = entries.Current;
            if (member.Location == MemberLocation.Query ? !IsTemplate(name) : name.StartsWith(member.WireName, StringComparison.OrdinalIgnoreCase))
            {
                key = member.Location == MemberLocation.Query ? name : HeaderKey(name);
                values = value;
                valuesRead = 1;
                return true;
            }
        }

        key = "";
        entries.Dispose();
        entries = null;
        return false;
    }

    public readonly string ReadString()
    {
        var value = Value;
        return (member.Traits & MemberTraits.JsonValue) != 0 ? Encoding.UTF8.GetString(Base64(value)) : value;
    }

    public readonly bool ReadBoolean() => bool.TryParse(Value, out var value) ? value : throw Invalid("a boolean");

    public readonly int ReadInt32() => ReadInt64() is var value and >= int.MinValue and <= int.MaxValue ? (int)value : throw Invalid("an integer");

    public readonly long ReadInt64() => ScalarText.TryWhole(Value, out var value) ? value : throw Invalid("an integer");

    public readonly float ReadSingle() => (float)ReadDouble();

    public readonly double ReadDouble() => ScalarText.TryDouble(Value, out var value) ? value : throw Invalid("a number");

    public readonly DateTimeOffset ReadTimestamp(TimestampFormat format) =>
        Timestamps.TryParse(Value, out var value) ? value : throw Invalid("a timestamp");

    public readonly ReadOnlyMemory<byte> ReadBlob() =>
        member.Location == MemberLocation.RawPayload ? exchange.Body!.Value.ToArray() : Base64(Value);

    public readonly JsonElement ReadDocument() => throw new NotSupportedException("headers hold no documents");

    public readonly Stream ReadStream() => exchange.Http.Request.Body;

    private readonly string Value => member.Location == MemberLocation.RawPayload
        ? Encoding.UTF8.GetString(exchange.Body!.Value.Span)
        : values.Count == 0 ? "" : values[Math.Clamp(valuesRead - 1, 0, values.Count - 1)] ?? "";

    private bool IsPresent(MemberSchema candidate)
    {
        values = default;
        valuesRead = 0;
        switch (candidate.Location)
        {
            case MemberLocation.Uri:
                values = exchange.Match!.Labels.GetValueOrDefault(candidate.WireName);
                return values.Count > 0;
            case MemberLocation.Query:
                // A map takes every parameter, those with a member of their own too.
                return candidate.IsQueryMap
                    ? exchange.Http.Request.Query.Count > 0
                    : exchange.Http.Request.Query.TryGetValue(candidate.WireName, out values);
            case MemberLocation.Header:
                return exchange.Http.Request.Headers.TryGetValue(candidate.WireName, out values);
            case MemberLocation.PrefixHeaders:
                return HasPrefix(candidate.WireName);
            case MemberLocation.RawPayload:
                return (candidate.Traits & MemberTraits.Streaming) != 0 || exchange.Body is { Length: > 0 };
            default:
                return false;
        }
    }

    /// <summary>Parameters that are part of the operation's template are no data.</summary>
    private readonly bool IsTemplate(string parameter) => exchange.Match!.Template.Query.Any(pair => pair.Key == parameter);

    private readonly bool HasPrefix(string prefix)
    {
        foreach (var header in exchange.Http.Request.Headers)
        {
            if (header.Key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The part after the prefix, in small letters as S3 keeps user metadata; other services see what was sent.</summary>
    private readonly string HeaderKey(string name)
    {
        var key = name[member.WireName.Length..];
        return member.WireName == S3Protocol.UserMetadataPrefix ? key.ToLowerInvariant() : key;
    }

    private readonly byte[] Base64(string value)
    {
        try
        {
            return Convert.FromBase64String(value);
        }
        catch (FormatException)
        {
            throw Invalid("base64");
        }
    }

    private readonly AwsException Invalid(string wanted) => invalid(member, Value, wanted);
}
