namespace Tarn.Glue.Catalog;

/// <summary>The limits of the Data Catalog, with their units.</summary>
internal static class CatalogLimits
{
    /// <summary>Databases, tables, versions or functions on a page when the client gives no MaxResults; the most it may ask for.</summary>
    public const int PageDefault = 100;

    /// <summary>Partitions, or tables found, on a page when the client gives no MaxResults; the most it may ask for.</summary>
    public const int WidePageDefault = 1000;

    /// <summary>
    /// Partitions that one call of GetPartitions looks at to fill its page. When a filter that no index serves lets few through, a page may be short, or
    /// empty, and has a NextToken all the same; clients follow it, as they must with AWS.
    /// </summary>
    public const int PartitionsExaminedMax = 200_000;

    /// <summary>Tables that are read in one query while a list looks for those that match.</summary>
    public const int TablesPerQuery = 500;

    /// <summary>Ranges of keys that one filter is turned into.</summary>
    public const int KeyRangesMax = 1000;

    /// <summary>Bytes of a partition's values together, as a key. PostgreSQL's indexes do not hold more.</summary>
    public const int PartitionKeyBytesMax = 1280;

    /// <summary>Partition indexes of a table, as AWS has it.</summary>
    public const int PartitionIndexesMax = 3;

    /// <summary>Rows of a deleted table that go in one transaction, so that others get their turn in between.</summary>
    public const int SweepRowsMax = 5000;

    /// <summary>Time that DeleteTable spends on the rows of deleted tables; what is left goes with the next one.</summary>
    public static readonly TimeSpan SweepTimeMax = TimeSpan.FromSeconds(2);
}
