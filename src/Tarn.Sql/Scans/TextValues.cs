using Tarn.Sql.Functions;
using Tarn.Sql.Types;

namespace Tarn.Sql.Scans;

/// <summary>What a text that is no value of its column becomes.</summary>
internal enum BadValue
{
    /// <summary>NULL, as Hive's LazySimpleSerDe has it.</summary>
    Null,

    /// <summary>The query fails with HIVE_BAD_DATA.</summary>
    Fails,

    /// <summary>The query fails with HIVE_INVALID_PARTITION_VALUE.</summary>
    InvalidPartition,
}

/// <summary>
/// Values of scalar types from the text of a file. DuckDB's own casts take more than Hive's readers do (<c>1.5</c> as an integer 2, <c>1_000</c>, <c>0x1F</c>),
/// so each is guarded: a value that Hive would not read is never made up.
/// </summary>
internal static class TextValues
{
    /// <summary>DuckDB text of the value; NULL for NULL.</summary>
    /// <param name="sql">A VARCHAR expression without side effects: it is repeated.</param>
    public static string Read(string sql, SqlType type, BadValue bad) => type switch
    {
        VarcharType { Length: null } => sql,
        VarcharType { Length: { } length } => $"substring({sql}, 1, {length})",
        CharType { Length: var length } => $"rtrim(substring({sql}, 1, {length}), ' ')",
        SimpleType { Kind: SimpleKind.Boolean } => $"CASE lower({sql}) WHEN 'true' THEN true WHEN 'false' THEN false ELSE {Otherwise(sql, type, bad)} END",
        SimpleType { Kind: SimpleKind.TinyInt or SimpleKind.SmallInt or SimpleKind.Integer or SimpleKind.BigInt } =>
            Guarded(sql, $"translate({sql}, '0123456789+-', '') = ''", type, bad),
        SimpleType { Kind: SimpleKind.Real or SimpleKind.Double } => Guarded(sql, $"NOT contains({sql}, '_')", type, bad),
        DecimalType => Guarded(sql, $"NOT contains({sql}, '_')", type, bad),
        SimpleType { Kind: SimpleKind.Date } => Guarded(sql, $"length({sql}) <= 10", type, bad),
        TimestampType { WithTimeZone: false } => Guarded(sql, $"(length({sql}) <= 10 OR substring({sql}, 11, 1) = ' ')", type, bad),
        SimpleType { Kind: SimpleKind.Varbinary } => $"coalesce(TRY(from_base64({sql})), encode({sql}))",
        _ => throw new SqlException("NOT_SUPPORTED", $"A column of type {type} is not read from text by Tarn yet"),
    };

    private static string Guarded(string sql, string guard, SqlType type, BadValue bad)
    {
        var cast = $"TRY_CAST({sql} AS {DuckDbTypes.Name(type)})";
        return bad == BadValue.Null
            ? $"CASE WHEN {guard} THEN {cast} END"
            : $"CASE WHEN {sql} IS NULL THEN NULL WHEN {guard} AND {cast} IS NOT NULL THEN {cast} ELSE {Otherwise(sql, type, bad)} END";
    }

    private static string Otherwise(string sql, SqlType type, BadValue bad)
    {
        if (bad == BadValue.Null)
        {
            return "NULL";
        }

        var (code, message) = bad == BadValue.Fails
            ? ("HIVE_BAD_DATA", $"concat('Error parsing column value ''', {sql}, ''' as {type}')")
            : ("HIVE_INVALID_PARTITION_VALUE", $"concat('Invalid partition value ''', {sql}, ''' for {type} partition key')");
        return $"CASE WHEN {sql} IS NOT NULL THEN {Failure.Raw(DuckDbTypes.Name(type), code, message)} END";
    }
}
