using System.Text.Json;
using Tarn.Contracts;
using Tarn.Sql.Scans.Text;
using Tarn.Store;

namespace Tarn.Glue.Classifiers;

/// <summary>A custom classifier as it is stored: JSON in one row; exactly one kind is set.</summary>
internal sealed record ClassifierRecord
{
    public required string Name { get; init; }
    public DateTimeOffset CreationTime { get; init; }
    public DateTimeOffset LastUpdated { get; init; }
    public long Version { get; init; } = 1;
    public CsvClassifierRecord? Csv { get; init; }
    public JsonClassifierRecord? Json { get; init; }

    public IClassifier ToClassifier() => Csv is not null ? new CsvClassifier(Name, Csv.ToSettings()) : new JsonClassifier(Name, Json!.ToPath());
}

/// <param name="JsonPath">Checked when it was stored.</param>
internal sealed record JsonClassifierRecord(string JsonPath)
{
    public JsonPath ToPath() => Tarn.Sql.Scans.Text.JsonPath.TryParse(JsonPath, out var path, out var reason) ? path : throw new FormatException(reason);
}

internal sealed record CsvClassifierRecord
{
    public string? Delimiter { get; init; }
    public string? QuoteSymbol { get; init; }

    /// <summary>UNKNOWN, PRESENT or ABSENT; null is UNKNOWN.</summary>
    public string? ContainsHeader { get; init; }
    public IReadOnlyList<string>? Header { get; init; }
    public bool? DisableValueTrimming { get; init; }
    public bool? AllowSingleColumn { get; init; }
    public bool? CustomDatatypeConfigured { get; init; }
    public IReadOnlyList<string>? CustomDatatypes { get; init; }
    public string? Serde { get; init; }

    public CsvSettings ToSettings() => new()
    {
        Delimiters = Delimiter is [var delimiter] ? [delimiter] : CsvSettings.BuiltIn.Delimiters,
        Quote = QuoteSymbol is [var quote] ? quote : CsvSettings.BuiltIn.Quote,
        ContainsHeader = ContainsHeader switch
        {
            "PRESENT" => CsvHeaderOption.Present,
            "ABSENT" => CsvHeaderOption.Absent,
            _ => CsvHeaderOption.Unknown,
        },
        Header = Header ?? [],
        TrimValues = DisableValueTrimming == false,
        AllowSingleColumn = AllowSingleColumn ?? false,
        DataRowsMin = 1,
        ColumnTypes = CustomDatatypeConfigured == true ? [.. (CustomDatatypes ?? []).Select(TypeOf)] : [],
        OpenCsv = Serde switch
        {
            "OpenCSVSerDe" => true,
            "LazySimpleSerDe" => false,
            _ => null,
        },
    };

    /// <summary>The names that the API documents for custom data types.</summary>
    public static bool IsDatatype(string name) => name is "BINARY" or "BOOLEAN" or "DATE" or "DECIMAL" or "DOUBLE" or "FLOAT" or "INT" or "LONG" or "SHORT" or "STRING" or "TIMESTAMP";

    private static HiveType TypeOf(string name) => name switch
    {
        "BINARY" => HiveType.Binary,
        "BOOLEAN" => HiveType.Boolean,
        "DATE" => HiveType.Date,
        "DECIMAL" => new HiveDecimal(38, 18),
        "DOUBLE" => HiveType.Double,
        "FLOAT" => HiveType.Float,
        "INT" => HiveType.Int,
        "LONG" => HiveType.BigInt,
        "SHORT" => HiveType.SmallInt,
        "TIMESTAMP" => HiveType.Timestamp,
        _ => HiveType.String,
    };
}

/// <summary>The rows of custom classifiers, inside a transaction of the caller.</summary>
internal static class ClassifierRows
{
    public static ClassifierRecord? Find(IStoreReader store, AwsScope scope, string name) => store.QueryFirst(
        "SELECT definition FROM glue_crawlers_classifiers WHERE account = @p0 AND region = @p1 AND name = @p2",
        row => JsonSerializer.Deserialize<ClassifierRecord>(row.Text(0)),
        scope.AccountId, scope.Region, name);

    public static List<ClassifierRecord> List(IStoreReader store, AwsScope scope, string after, int count) => store.Query(
        "SELECT definition FROM glue_crawlers_classifiers WHERE account = @p0 AND region = @p1 AND name > @p2 ORDER BY name LIMIT @p3",
        row => JsonSerializer.Deserialize<ClassifierRecord>(row.Text(0))!,
        scope.AccountId, scope.Region, after, count);

    public static void Put(IStoreWriter store, AwsScope scope, ClassifierRecord classifier) => store.Execute(
        """
        INSERT INTO glue_crawlers_classifiers (account, region, name, definition) VALUES (@p0, @p1, @p2, @p3)
        ON CONFLICT (account, region, name) DO UPDATE SET definition = excluded.definition
        """,
        scope.AccountId, scope.Region, classifier.Name, JsonSerializer.Serialize(classifier));

    /// <returns>False when there was none.</returns>
    public static bool Delete(IStoreWriter store, AwsScope scope, string name) =>
        store.Execute("DELETE FROM glue_crawlers_classifiers WHERE account = @p0 AND region = @p1 AND name = @p2", scope.AccountId, scope.Region, name) > 0;
}
