namespace Tarn.Sql.Scans;

/// <summary>Whose reading of a table counts where the two differ.</summary>
public enum ScanDialect
{
    /// <summary>Trino's: what does not read as its column fails (in delimited text it is NULL), timestamps have milliseconds.</summary>
    Athena,

    /// <summary>
    /// DynamicFrame's, for catalog sources of jobs: a value that does not read as its column is NULL, a broken line of JSON is a row of NULLs and a blank one is nothing, a
    /// Parquet column of another type is cast, and timestamps of Parquet keep their microseconds (docs/adr/0027).
    /// </summary>
    Glue,
}
