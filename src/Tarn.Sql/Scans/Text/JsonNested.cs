using System.Text.Json;
using Tarn.DuckDb.Values;
using Tarn.Sql.Types;

namespace Tarn.Sql.Scans.Text;

/// <summary>An array; a value alone stands for an array of one, as both SerDes take it.</summary>
internal sealed class JsonArray(ArrayType type, string column, bool isLenient) : JsonValue(type, column)
{
    private readonly JsonValue element = Of(type.Element, column, isLenient);

    protected override void Write(ref Utf8JsonReader reader, DuckDbVectorWriter writer, int row)
    {
        if (IsEmptyText(ref reader))
        {
            writer.Null(row);
            return;
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            element.WriteOrNull(ref reader, writer.List(row, 1, out var only), only);
            return;
        }

        var elements = writer.List(row, Count(reader), out var at);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            element.WriteOrNull(ref reader, elements, at++);
        }
    }

    private static int Count(Utf8JsonReader reader)
    {
        var count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            reader.Skip();
            count++;
        }

        return count;
    }
}

/// <summary>An object as a map: of equal keys the last value counts.</summary>
internal sealed class JsonMap(MapType type, string column, bool isLenient) : JsonValue(type, column)
{
    private readonly FieldWriter key = FieldWriter.Of(type.Key);
    private readonly JsonValue value = Of(type.Value, column, isLenient);

    protected override void Write(ref Utf8JsonReader reader, DuckDbVectorWriter writer, int row)
    {
        if (IsEmptyText(ref reader))
        {
            writer.Null(row);
            return;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw Bad(ref reader);
        }

        // Where the entry of each member comes to stand.
        if (Places(reader, out var count) is not { } places)
        {
            throw Bad(ref reader);
        }

        var entries = writer.List(row, count, out var offset);
        var (keys, values) = (entries.Field(0), entries.Field(1));
        var next = 0;
        for (var ordinal = 0; reader.Read() && reader.TokenType == JsonTokenType.PropertyName; ordinal++)
        {
            var at = offset + places[ordinal];
            if (places[ordinal] < next)
            {
                values.NotNull(at);
            }
            else
            {
                key.TryWrite(Text(ref reader), keys, at);
                next++;
            }

            reader.Read();
            value.WriteOrNull(ref reader, values, at);
        }
    }

    /// <summary>Null when a key does not read as its type.</summary>
    private List<int>? Places(Utf8JsonReader reader, out int count)
    {
        count = 0;
        var places = new List<int>();
        var known = new Dictionary<object, int>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (MapKeys.Of(Text(ref reader), type.Key) is not { } identity)
            {
                return null;
            }

            if (!known.TryGetValue(identity, out var place))
            {
                place = known.Count;
                known.Add(identity, place);
            }

            places.Add(place);
            reader.Read();
            reader.Skip();
        }

        count = known.Count;
        return places;
    }
}

/// <summary>An object as a struct: members by name without regard to case, those that are missing NULL, of equal ones the last.</summary>
internal sealed class JsonObject : JsonValue
{
    private readonly JsonValue[] fields;
    private readonly JsonMembers members;

    public JsonObject(RowType type, string column, bool isLenient)
        : base(type, column)
    {
        fields = [.. type.Fields.Select(field => Of(field.Type, column, isLenient))];
        members = new JsonMembers([.. type.Fields.Select(field => field.Name ?? "")], isCaseSensitive: false);
    }

    protected override void Write(ref Utf8JsonReader reader, DuckDbVectorWriter writer, int row)
    {
        if (IsEmptyText(ref reader))
        {
            writer.Null(row);
            return;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw Bad(ref reader);
        }

        Span<bool> isWritten = fields.Length <= 128 ? stackalloc bool[fields.Length] : new bool[fields.Length];
        for (var ordinal = 0; reader.Read() && reader.TokenType == JsonTokenType.PropertyName; ordinal++)
        {
            var field = members.Find(ref reader, ordinal);
            reader.Read();
            if (field < 0)
            {
                reader.Skip();
                continue;
            }

            var target = writer.Field(field);
            if (isWritten[field])
            {
                target.NotNull(row);
            }

            isWritten[field] = true;
            fields[field].WriteOrNull(ref reader, target, row);
        }

        for (var i = 0; i < fields.Length; i++)
        {
            if (!isWritten[i])
            {
                writer.Field(i).Null(row);
            }
        }
    }
}
