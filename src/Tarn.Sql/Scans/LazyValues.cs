using Tarn.Sql.Types;

namespace Tarn.Sql.Scans;

/// <summary>Values of delimited text: what does not read as its type is NULL.</summary>
internal static class LazyValues
{
    public static string Read(SqlType type, string sql) => type switch
    {
        VarcharType { Length: null } => sql,
        VarcharType { Length: { } length } => $"left({sql}, {length})",
        CharType { Length: var length } => $"rtrim(left({sql}, {length}), ' ')",
        DecimalType d => $"TRY_CAST(hive_lazy_decimal({sql}) AS {DuckDbTypes.Name(d)})",
        TimestampType { WithTimeZone: false } => $"hive_lazy_timestamp({sql})",
        SimpleType { Kind: SimpleKind.TinyInt } => $"TRY_CAST(hive_lazy_bigint({sql}) AS TINYINT)",
        SimpleType { Kind: SimpleKind.SmallInt } => $"TRY_CAST(hive_lazy_bigint({sql}) AS SMALLINT)",
        SimpleType { Kind: SimpleKind.Integer } => $"TRY_CAST(hive_lazy_bigint({sql}) AS INTEGER)",
        SimpleType { Kind: SimpleKind.BigInt } => $"hive_lazy_bigint({sql})",
        SimpleType { Kind: SimpleKind.Real } => $"CAST(hive_lazy_double({sql}) AS FLOAT)",
        SimpleType { Kind: SimpleKind.Double } => $"hive_lazy_double({sql})",
        SimpleType { Kind: SimpleKind.Boolean } => $"hive_lazy_boolean({sql})",
        SimpleType { Kind: SimpleKind.Date } => $"hive_lazy_date({sql})",
        SimpleType { Kind: SimpleKind.Varbinary } => $"hive_lazy_binary({sql})",
        _ => throw new SqlException("NOT_SUPPORTED", $"Type {type} cannot be read from text"),
    };
}
