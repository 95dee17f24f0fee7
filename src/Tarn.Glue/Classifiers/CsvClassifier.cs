using System.Text;

namespace Tarn.Glue.Classifiers;

/// <summary>
/// CSV, by the documented rules of Glue's built-in classifier: one of five delimiters, at least two columns and two rows of data, and a first row that is
/// a header only when it differs from the rows below it. What the documentation leaves open is settled in docs/adr/0040.
/// </summary>
internal sealed class CsvClassifier(string name, CsvSettings settings) : IClassifier
{
    /// <summary>The share of rows that must have the same number of fields.</summary>
    private const double EvenRowsMin = 0.9;

    /// <summary>A header's fields, but for the last, are shorter than this.</summary>
    private const int HeaderFieldCharsMax = 150;

    public string Name { get; } = name;

    private bool IsBuiltIn => ReferenceEquals(settings, CsvSettings.BuiltIn);

    public ValueTask<Classification?> ClassifyAsync(FileSample sample, CancellationToken cancellationToken)
    {
        if (sample.Text is not { Length: > 0 } utf8)
        {
            return ValueTask.FromResult<Classification?>(null);
        }

        var text = Encoding.UTF8.GetString(utf8.Span);
        if (IsBuiltIn && text.AsSpan().TrimStart() is ['{' or '[' or '<', ..])
        {
            // Damaged JSON or XML often has even commas; as CSV it would be a table of rubbish.
            return ValueTask.FromResult<Classification?>(null);
        }

        // A quote that is never closed is a character like others: such a file has no quotes.
        var layout = FindLayout(text, settings.Quote, sample.IsWhole) ?? (IsBuiltIn ? FindLayout(text, '\0', sample.IsWhole) : null);
        return ValueTask.FromResult(layout is null ? null : Classify(layout, sample, text));
    }

    /// <summary>The delimiter whose rows are most even; of equals the one with more columns, then the order of the list.</summary>
    private Layout? FindLayout(string text, char quote, bool isWhole)
    {
        Layout? best = null;
        foreach (var delimiter in settings.Delimiters)
        {
            if (!text.Contains(delimiter, StringComparison.Ordinal) && !settings.AllowSingleColumn)
            {
                continue;
            }

            var records = CsvReader.ReadRecords(text, delimiter, quote, isWhole, FileSample.RecordsMax + 1, out var consumed);
            if (records is not { Count: > 0 })
            {
                continue;
            }

            var columns = records.CountBy(record => record.Length).MaxBy(pair => pair.Value).Key;
            if (columns < 2 && !settings.AllowSingleColumn)
            {
                continue;
            }

            // A header may lack the name of the empty column that a trailing delimiter makes.
            var even = records.Count(record => record.Length == columns || (record.Length == columns - 1 && ReferenceEquals(record, records[0])));
            var share = (double)even / records.Count;
            if (share >= EvenRowsMin && (best is null || share > best.Share || (share == best.Share && columns > best.Columns)))
            {
                best = new Layout(delimiter, quote, columns, share, records, consumed);
            }
        }

        return best;
    }

    private Classification? Classify(Layout layout, FileSample sample, string text)
    {
        var records = layout.Records;
        var kinds = KindsOf(records.Skip(1), layout.Columns);
        var canBeHeader = CanBeHeader(records[0], layout.Columns, kinds);
        var hasHeader = settings.ContainsHeader switch
        {
            CsvHeaderOption.Present => true,
            CsvHeaderOption.Absent => false,
            _ => canBeHeader && kinds.Any(kind => kind is not (CsvValueKind.Text or CsvValueKind.Empty)),
        };

        var dataRows = records.Count - (hasHeader ? 1 : 0);
        var consumedBytes = Encoding.UTF8.GetByteCount(text.AsSpan(0, layout.ConsumedChars));
        var allRead = sample.IsWhole && layout.ConsumedChars == text.Length;
        var sampledBytes = allRead ? sample.StoredBytes : (long)((double)consumedBytes / sample.Text!.Value.Length * sample.HeadStoredBytes);
        var quoted = records.Any(record => record.Any(field => field.IsQuoted));

        FileSchema Schema(bool header) => new(
            FileFormats.Csv(sample.CompressionType, layout.Delimiter, layout.Quote, header, settings.OpenCsv ?? quoted, quoted, sample.WideEncoding),
            ColumnsOf(header ? records[0] : null, header ? kinds : KindsOf(records, layout.Columns), layout.Columns));

        if (dataRows >= settings.DataRowsMin)
        {
            var main = Schema(hasHeader);
            if (IsBuiltIn && !hasHeader && canBeHeader)
            {
                main = new FileSchema(main.Format, main.Columns) { Alternatives = [Schema(header: true)] };
            }

            return new Classification(1.0, main, dataRows, sampledBytes, allRead ? dataRows : null) { HeadersInDoubt = main.Alternatives.Count };
        }

        if (!IsBuiltIn)
        {
            return null;
        }

        // Too short to be CSV by itself; its neighbours may settle it.
        FileSchema[] alternatives = hasHeader || !canBeHeader ? [Schema(hasHeader)] : [Schema(header: true), Schema(header: false)];
        return new Classification(
            0.0,
            new FileSchema(FileFormats.Unknown(sample.CompressionType), []) { Alternatives = alternatives },
            Math.Max(dataRows, 0),
            sampledBytes,
            allRead ? dataRows : null) { HeadersInDoubt = alternatives.Length - 1 };
    }

    /// <summary>The documented conditions but the last: every field a string, short, and a legal name; the last may be empty when its column is.</summary>
    private static bool CanBeHeader(CsvField[] first, int columns, CsvValueKind[] kinds)
    {
        var namesLast = first.Length == columns;
        if (first.Length != columns && !(first.Length == columns - 1 && kinds[^1] == CsvValueKind.Empty))
        {
            return false;
        }

        for (var index = 0; index < first.Length; index++)
        {
            var value = first[index].Value.Trim();
            var isLast = namesLast && index == columns - 1;
            if (value.Length == 0)
            {
                if (!isLast || kinds[index] != CsvValueKind.Empty)
                {
                    return false;
                }

                continue;
            }

            if (CsvValueKinds.Of(value) != CsvValueKind.Text || (!isLast && value.Length >= HeaderFieldCharsMax) || !IsColumnName(value))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsColumnName(string value) => value.Length <= 255 && !value.Any(character => char.IsControl(character) && character != '\t');

    private CsvValueKind[] KindsOf(IEnumerable<CsvField[]> records, int columns)
    {
        var kinds = new CsvValueKind[columns];
        foreach (var record in records)
        {
            for (var index = 0; index < Math.Min(columns, record.Length); index++)
            {
                if (kinds[index] != CsvValueKind.Text)
                {
                    kinds[index] = CsvValueKinds.Merge(kinds[index], KindOf(record[index].Value));
                }
            }
        }

        return kinds;
    }

    private CsvValueKind KindOf(string value) =>
        !settings.TrimValues && value.Length > 0 && (char.IsWhiteSpace(value[0]) || char.IsWhiteSpace(value[^1])) ? CsvValueKind.Text : CsvValueKinds.Of(value);

    private List<FoundColumn> ColumnsOf(CsvField[]? header, CsvValueKind[] kinds, int columns)
    {
        // The column that a delimiter at the end of each line makes holds nothing and has no name: it is left out.
        var trailing = columns > 2 && kinds[^1] == CsvValueKind.Empty && (header is null || header.Length < columns || header[^1].Value.Trim().Length == 0);
        var count = trailing && settings.Header.Count < columns ? columns - 1 : columns;
        var names = new HashSet<string>(StringComparer.Ordinal);
        var result = new List<FoundColumn>(count);
        for (var index = 0; index < count; index++)
        {
            var given = index < settings.Header.Count ? settings.Header[index]
                : header is not null && index < header.Length ? header[index].Value.Trim()
                : "";
            var type = index < settings.ColumnTypes.Count ? settings.ColumnTypes[index] : CsvValueKinds.ToHiveType(kinds[index]);
            result.Add(new FoundColumn(Distinct(given.Length == 0 ? $"col{index}" : given, names), type));
        }

        return result;
    }

    /// <summary>A name that is not there yet, without regard to case: <c>a</c>, <c>a_2</c>, <c>a_3</c>.</summary>
    private static string Distinct(string name, HashSet<string> names)
    {
        var distinct = name;
        for (var number = 2; !names.Add(distinct.ToLowerInvariant()); number++)
        {
            distinct = $"{name}_{number}";
        }

        return distinct;
    }

    private sealed record Layout(char Delimiter, char Quote, int Columns, double Share, List<CsvField[]> Records, int ConsumedChars);
}
