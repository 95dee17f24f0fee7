using Tarn.Contracts.Catalog;
using Tarn.Sql.Types;

namespace Tarn.Sql.Scans;

/// <summary>A file of a table.</summary>
/// <param name="Path">Absolute, on this machine.</param>
/// <param name="Name">What <c>"$path"</c> answers: <c>s3://bucket/key</c>. Its ending says the compression of text formats.</param>
/// <param name="Size">Bytes.</param>
public sealed record ScanFile(string Path, string Name, long Size);

/// <summary>The files of a partition, or of a table that has none.</summary>
/// <param name="Storage">How they are read: the partition's own storage.</param>
/// <param name="Values">The values of the table's partition keys, in their order; empty for a table without.</param>
public sealed record ScanPart(StorageDescriptor Storage, IReadOnlyList<string> Values, IReadOnlyList<ScanFile> Files);

/// <summary>A data column that a scan must give.</summary>
/// <param name="Name">Lower case.</param>
/// <param name="Index">Its place among the table's data columns, from 0: how text formats find it.</param>
public sealed record ScanColumn(string Name, int Index, SqlType Type);

/// <summary>Files that are read alike, for one SerDe to make a relation of.</summary>
/// <param name="Storage">How they are read.</param>
/// <param name="TableParameters">Such as <c>skip.header.line.count</c>.</param>
/// <param name="ColumnCount">How many data columns the table has.</param>
internal sealed record SerdeInput(StorageDescriptor Storage, IReadOnlyDictionary<string, string> TableParameters, int ColumnCount, IReadOnlyList<ScanColumn> Columns, IReadOnlyList<ScanFile> Files)
{
    /// <summary>A SerDe parameter, or the table parameter of the same name; null when neither is set.</summary>
    public string? Parameter(string name) =>
        Storage.SerdeInfo?.Parameters?.GetValueOrDefault(name) ?? Storage.Parameters?.GetValueOrDefault(name) ?? TableParameters.GetValueOrDefault(name);

    public bool Flag(string name, bool defaultValue) => Parameter(name) is { } text ? text.Equals("true", StringComparison.OrdinalIgnoreCase) : defaultValue;

    /// <summary>Lines to leave out at the start of each file.</summary>
    public int HeaderLines => int.TryParse(Parameter("skip.header.line.count"), out var lines) && lines > 0 ? lines : 0;

    /// <summary>The paths as a DuckDB list.</summary>
    public string Paths => LiteralSql.TextList(Files.Select(file => file.Path));

    public SerdeInput With(IReadOnlyList<ScanFile> files) => this with { Files = files };
}

/// <summary>
/// Reads the files of one SerDe: answers a SELECT whose columns are those of <see cref="SerdeInput.Columns"/>, in their order and types and
/// with their names, and a last one <c>filename</c> with the path that DuckDB read.
/// </summary>
internal interface ISerde
{
    /// <summary>Class names of the SerDe.</summary>
    IReadOnlyList<string> Libraries { get; }

    string Select(SerdeInput input);
}
