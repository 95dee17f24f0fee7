using System.IO.Compression;
using System.Text;
using Tarn.DuckDb;
using Tarn.DuckDb.Types;
using Tarn.Worker.Plans;

namespace Tarn.Worker.Sources;

/// <summary>
/// Plain CSV, as Glue's reader gives it: every column a string, named by the header of its own file or <c>col0</c>, <c>col1</c>, ...; files whose columns differ are united by name. A record
/// that cannot be read is left out and counted.
/// </summary>
internal static class CsvRelation
{
    /// <summary>A text that stands for NULL in no file: empty fields stay empty texts, only missing ones are NULL.</summary>
    private const string NoNull = "\u0001\u0002tarn-no-null\u0002\u0001";

    private const int HeaderCharactersMax = 1 << 20;

    public static string Compile(CsvSource node, NodeInput input, DuckDbConnection connection, CancellationToken cancellationToken)
    {
        var groups = new List<(string Header, IReadOnlyList<string> Names, string Compression, List<InputFile> Files)>();
        var index = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var group in SourceRelations.ByCompression(input.Files))
        {
            foreach (var file in group)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var fields = FirstRecord(file.Path, group.Key, node.Format, connection, cancellationToken);
                if (fields.Count == 0)
                {
                    continue;
                }

                var names = Names(fields, node.Format.HasHeader);
                var key = $"{group.Key}\n{string.Join('\u0001', names)}";
                if (!index.TryGetValue(key, out var at))
                {
                    at = index[key] = groups.Count;
                    groups.Add((key, names, group.Key, []));
                }

                groups[at].Files.Add(file);
            }
        }

        return groups.Count == 0
            ? throw new PlanException(node.Id, "the files are empty: there is neither a header nor a row")
            : string.Join(" UNION ALL BY NAME ", groups.Select(group => $"SELECT * FROM ({Read(group.Files, group.Names, group.Compression, node.Format)})"));
    }

    /// <summary>The call that reads files of one header and compression.</summary>
    public static string Read(IEnumerable<InputFile> files, IReadOnlyList<string> names, string compression, CsvFormat format)
    {
        var columns = string.Join(", ", names.Select(name => $"{DuckDbText.Literal(name)}: 'VARCHAR'"));
        var quote = DuckDbText.Literal(format.Quote ?? "");
        var escape = DuckDbText.Literal(format.Escape ?? format.Quote ?? "");
        return $"SELECT * FROM read_csv({SourceRelations.FileList(files)}, columns = {{{columns}}}, auto_detect = false, header = {(format.HasHeader || format.SkipsFirstLine ? "true" : "false")}, "
            + $"delim = {DuckDbText.Literal(format.Separator)}, quote = {quote}, escape = {escape}, nullstr = {DuckDbText.Literal(NoNull)}, compression = '{compression}', "
            + $"null_padding = true, strict_mode = false, ignore_errors = true, store_rejects = true, parallel = {(format.IsMultiline ? "false" : "true")}, "
            + $"filename = '{SourceRelations.FileColumn}')";
    }

    /// <summary>Column names: unique without regard to case, none empty.</summary>
    private static List<string> Names(IReadOnlyList<string> fields, bool hasHeader)
    {
        var names = new List<string>();
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { SourceRelations.FileColumn };
        for (var i = 0; i < fields.Count; i++)
        {
            var name = hasHeader && fields[i].Length > 0 ? fields[i] : $"col{i}";
            var unique = name;
            for (var n = 1; !taken.Add(unique); n++)
            {
                unique = $"{name}_{n}";
            }

            names.Add(unique);
        }

        return names;
    }

    private static List<string> FirstRecord(string path, string compression, CsvFormat format, DuckDbConnection connection, CancellationToken cancellationToken)
    {
        if (compression is not ("none" or "gzip"))
        {
            // .NET has no reader for it; DuckDB has.
            var sql = $"SELECT content FROM read_text({DuckDbText.Literal(path)})";
            sql = $"SELECT line FROM read_csv({DuckDbText.Literal(path)}, columns = {{'line': 'VARCHAR'}}, auto_detect = false, header = false, delim = '', quote = '', escape = '', compression = '{compression}') LIMIT 1";
            return connection.QueryValue(sql, cancellationToken) is string line ? Fields(new StringReader(line), format) : [];
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        using Stream content = compression == "gzip" ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var reader = new StreamReader(content, Encoding.UTF8, detectEncodingFromByteOrderMarks: true, bufferSize: 4096);
        return Fields(reader, format);
    }

    private static List<string> Fields(TextReader reader, CsvFormat format)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var separator = format.Separator[0];
        var quote = format.Quote is { Length: > 0 } q ? q[0] : '\0';
        var escape = format.Escape is { Length: > 0 } e ? e[0] : quote;
        var isQuoted = false;
        var hasContent = false;
        for (var read = 0; read < HeaderCharactersMax && reader.Read() is var next && next >= 0; read++)
        {
            var c = (char)next;
            hasContent = true;
            if (isQuoted && c == escape && escape != '\0' && reader.Peek() == quote)
            {
                field.Append((char)reader.Read());
            }
            else if (c == quote && quote != '\0' && (isQuoted || field.Length == 0))
            {
                isQuoted = !isQuoted;
            }
            else if (c == separator && !isQuoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else if (c is '\r' or '\n' && !isQuoted)
            {
                break;
            }
            else
            {
                field.Append(c);
            }
        }

        if (hasContent)
        {
            fields.Add(field.ToString());
        }

        return fields;
    }
}
