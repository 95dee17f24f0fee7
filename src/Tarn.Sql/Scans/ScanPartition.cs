using Tarn.Contracts.Catalog;

namespace Tarn.Sql.Scans;

/// <summary>An object of the lake, as a file that DuckDB can open.</summary>
/// <param name="Path">The local path; its extension says the compression of text (<c>.gz</c>, <c>.zst</c>).</param>
/// <param name="Uri">What <c>"$path"</c> answers: <c>s3://bucket/key</c>.</param>
/// <param name="Size">Bytes, for <c>"$file_size"</c>.</param>
/// <param name="Modified">For <c>"$file_modified_time"</c>.</param>
public sealed record ScanFile(string Path, string Uri, long Size, DateTimeOffset Modified);

/// <summary>Files that belong together: those of a partition, or of a table without partitions.</summary>
/// <param name="Values">In the order of the table's partition keys, as the catalog has them; empty without partitions.</param>
/// <param name="Storage">The partition's own descriptor, whose SerDe and columns count for its files; null for the table's.</param>
public sealed record ScanPartition(IReadOnlyList<string> Values, StorageDescriptor? Storage, IReadOnlyList<ScanFile> Files);
