namespace Tarn.Sql.Scans;

/// <summary>The compression of a text file, which its name says, as in Athena.</summary>
internal static class TextCompression
{
    /// <summary>DuckDB's name of the compression: <c>none</c>, <c>gzip</c> or <c>zstd</c>.</summary>
    /// <exception cref="SqlException">An ending of a compression that is not read.</exception>
    public static string Of(string name) => Path.GetExtension(name).ToLowerInvariant() switch
    {
        ".gz" or ".gzip" => "gzip",
        ".zst" or ".zstd" => "zstd",
        ".bz2" or ".lz4" or ".snappy" or ".xz" or ".lzo" => throw new SqlException("NOT_SUPPORTED", $"The compression of {name} is not read by Tarn yet: it reads gzip and zstd"),
        _ => "none",
    };
}
