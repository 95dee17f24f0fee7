using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Tarn.DuckDb;
using Tarn.DuckDb.Types;
using Tarn.DuckDb.Values;
using Tarn.Sql.Types;

namespace Tarn.Sql.Functions.Udf;

/// <summary>
/// <c>hive_json_fields(line, spec)</c>: the members of an object that columns ask for, as texts in the order of the columns. The spec is a constant: two flags (<c>i</c>
/// ignore malformed lines, <c>c</c> mind the case), then per line a member's name, a tab, and a type.
/// </summary>
internal static class HiveJsonUdfs
{
    private const int SpecsMax = 1000;
    private static readonly ConcurrentDictionary<string, Spec> Specs = new();

    private sealed record Field(string Name, byte[] Utf8, SqlType Type);

    private sealed record Spec(bool IgnoresMalformed, bool IsCaseSensitive, Field[] Fields);

    public static void Register(UdfTable udfs) =>
        udfs.Add(new UdfEntry("hive_json_fields", [DuckDbType.Varchar, DuckDbType.Varchar], DuckDbType.ListOf(DuckDbType.Varchar), Fill));

    private static void Fill(DuckDbChunk chunk, DuckDbVectorWriter result)
    {
        if (chunk.RowCount == 0)
        {
            return;
        }

        var lines = chunk.Column(0);
        var spec = Find(chunk.Column(1).Text(0));
        var fields = new string?[spec.Fields.Length];
        for (var row = 0; row < chunk.RowCount; row++)
        {
            Array.Clear(fields);
            if (!lines.IsNull(row))
            {
                Read(lines.Bytes(row), spec, fields);
            }

            Codec<string?[]>.Write(result, row, fields);
        }
    }

    private static void Read(ReadOnlySpan<byte> line, Spec spec, string?[] fields)
    {
        try
        {
            var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = 256 });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                throw new JsonException("A JSONObject text must begin with '{' at 1 [character 2 line 1]");
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var index = Match(ref reader, spec);
                reader.Read();
                if (index < 0)
                {
                    reader.Skip();
                    continue;
                }

                fields[index] = Value(ref reader, spec.Fields[index]);
            }

            if (reader.Read())
            {
                throw new JsonException("Text follows the object");
            }
        }
        catch (JsonException failure)
        {
            if (!spec.IgnoresMalformed)
            {
                throw new SqlException("HIVE_CURSOR_ERROR", $"Row is not a valid JSON Object - JSONException: {failure.Message}");
            }

            Array.Clear(fields);
        }
    }

    private static string? Value(ref Utf8JsonReader reader, Field field)
    {
        // Plain values of plain columns need no tree.
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return null;
            case JsonTokenType.String when field.Type is VarcharType or CharType:
                return reader.GetString();
            case JsonTokenType.Number when field.Type is SimpleType { Kind: SimpleKind.BigInt } && reader.TryGetInt64(out _):
            case JsonTokenType.Number when field.Type is SimpleType { Kind: SimpleKind.Double } or VarcharType:
                return Encoding.UTF8.GetString(reader.ValueSpan);
        }

        using var document = JsonDocument.ParseValue(ref reader);
        return JsonShape.Text(document.RootElement, field.Type, field.Name);
    }

    private static int Match(ref Utf8JsonReader reader, Spec spec)
    {
        for (var i = 0; i < spec.Fields.Length; i++)
        {
            if (reader.ValueTextEquals(spec.Fields[i].Utf8))
            {
                return i;
            }
        }

        if (spec.IsCaseSensitive)
        {
            return -1;
        }

        var name = reader.GetString();
        return Array.FindIndex(spec.Fields, field => string.Equals(field.Name, name, StringComparison.OrdinalIgnoreCase));
    }

    private static Spec Find(string text)
    {
        if (Specs.TryGetValue(text, out var known))
        {
            return known;
        }

        if (Specs.Count >= SpecsMax)
        {
            Specs.Clear();
        }

        var lines = text.Split('\n');
        var fields = lines.Skip(1).Select(line => line.Split('\t', 2)).Select(parts => new Field(parts[0], Encoding.UTF8.GetBytes(parts[0]), TypeParser.Parse(parts[1]))).ToArray();
        return Specs[text] = new Spec(lines[0][0] == 'i', lines[0][1] == 'c', fields);
    }
}
