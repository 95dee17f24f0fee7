namespace Tarn.Sql.Types;

/// <summary>Partition values as the catalog keeps them.</summary>
public static class PartitionText
{
    /// <summary>Text that DuckDB casts to the type's form without surprises; null for Hive's default partition.</summary>
    /// <exception cref="SqlException"><c>HIVE_INVALID_PARTITION_VALUE</c>, or <c>NOT_SUPPORTED</c> for a type that no key can have.</exception>
    public static string? Read(string value, SqlType type, string key) => Scans.PartitionValues.ToText(value, type, key);
}
