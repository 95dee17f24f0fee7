using Tarn.DuckDb;
using Tarn.DuckDb.Types;
using Tarn.Sql;
using Tarn.Sql.Types;

namespace Tarn.Worker.Columns;

/// <summary>Types as Glue names them, and the conversions between them as Glue and Spark make them: what does not convert becomes NULL.</summary>
public static class GlueTypes
{
    /// <summary>The DuckDB type of a type of Glue or Hive (<c>long</c>, <c>decimal(10,2)</c>, <c>array&lt;int&gt;</c>).</summary>
    /// <exception cref="PlanTypeException">There is no such type.</exception>
    public static string DuckDbName(string type)
    {
        var name = type.Trim().ToLowerInvariant();
        try
        {
            return name switch
            {
                // DynamicFrame's decimal has 10 digits, 2 of them behind the point.
                "decimal" => "DECIMAL(10,2)",
                "null" or "unknown" or "choice" => "VARCHAR",
                _ => DuckDbTypes.Name(HiveTypes.Parse(name)),
            };
        }
        catch (SqlException failure)
        {
            throw new PlanTypeException($"{type} is not a type: {failure.Message}");
        }
    }

    /// <summary>The catalog's spelling of a type that a target writes (see <see cref="Storable"/>).</summary>
    public static string HiveName(DuckDbType type) => type.Kind switch
    {
        DuckDbKind.Boolean => "boolean",
        DuckDbKind.TinyInt => "tinyint",
        DuckDbKind.SmallInt or DuckDbKind.UTinyInt => "smallint",
        DuckDbKind.Integer or DuckDbKind.USmallInt => "int",
        DuckDbKind.BigInt or DuckDbKind.UInteger => "bigint",
        DuckDbKind.Float => "float",
        DuckDbKind.Double => "double",
        DuckDbKind.Decimal => $"decimal({type.Precision},{type.Scale})",
        DuckDbKind.Blob => "binary",
        DuckDbKind.Date => "date",
        DuckDbKind.Timestamp => "timestamp",
        DuckDbKind.List or DuckDbKind.Array => $"array<{HiveName(type.Element!)}>",
        DuckDbKind.Map => $"map<{HiveName(type.Key!)},{HiveName(type.Element!)}>",
        DuckDbKind.Struct => $"struct<{string.Join(",", type.Fields.Select(field => $"{field.Name}:{HiveName(field.Type)}"))}>",
        _ => "string",
    };

    /// <summary>The nearest type that every reader of tables knows: numbers of 128 bits become decimals, times of day texts, ...</summary>
    public static DuckDbType Storable(DuckDbType type) => type.Kind switch
    {
        DuckDbKind.Boolean or DuckDbKind.TinyInt or DuckDbKind.SmallInt or DuckDbKind.Integer or DuckDbKind.BigInt or DuckDbKind.Float or DuckDbKind.Double
            or DuckDbKind.Decimal or DuckDbKind.Blob or DuckDbKind.Date or DuckDbKind.Timestamp => type,
        DuckDbKind.UTinyInt => DuckDbType.SmallInt,
        DuckDbKind.USmallInt => DuckDbType.Integer,
        DuckDbKind.UInteger => DuckDbType.BigInt,
        DuckDbKind.UBigInt => DuckDbType.DecimalOf(20, 0),
        DuckDbKind.HugeInt or DuckDbKind.UHugeInt => DuckDbType.DecimalOf(38, 0),
        DuckDbKind.TimestampTz or DuckDbKind.TimestampSeconds or DuckDbKind.TimestampMilliseconds or DuckDbKind.TimestampNanoseconds => DuckDbType.Timestamp,
        DuckDbKind.List or DuckDbKind.Array => DuckDbType.ListOf(Storable(type.Element!)),
        DuckDbKind.Map => DuckDbType.MapOf(Storable(type.Key!), Storable(type.Element!)),
        DuckDbKind.Struct => DuckDbType.StructOf(type.Fields.Select(field => new DuckDbField(field.Name, Storable(field.Type)))),
        _ => DuckDbType.Varchar,
    };

    /// <summary>Whether values of an engine's type are of the kind that a mapping says: all numbers are of one kind, because readers choose their width differently.</summary>
    public static bool IsOfKind(DuckDbType actual, string expected)
    {
        var name = expected.Trim().ToLowerInvariant();
        var end = name.IndexOfAny(['<', '(', ' ']);
        return (end < 0 ? name : name[..end]) switch
        {
            "byte" or "tinyint" or "short" or "smallint" or "int" or "integer" or "long" or "bigint" or "float" or "double" or "decimal" => IsNumber(actual),
            "string" or "varchar" or "char" => actual.Kind is DuckDbKind.Varchar or DuckDbKind.Enum or DuckDbKind.Uuid,
            "boolean" => actual.Kind == DuckDbKind.Boolean,
            "date" => actual.Kind == DuckDbKind.Date,
            "timestamp" => actual.Kind is DuckDbKind.Timestamp or DuckDbKind.TimestampTz or DuckDbKind.TimestampMilliseconds or DuckDbKind.TimestampNanoseconds or DuckDbKind.TimestampSeconds,
            "binary" => actual.Kind == DuckDbKind.Blob,
            "array" or "set" => actual.Kind is DuckDbKind.List or DuckDbKind.Array,
            "map" => actual.Kind == DuckDbKind.Map,
            "struct" => actual.Kind == DuckDbKind.Struct,
            _ => true,
        };
    }

    public static bool IsNumber(DuckDbType type) => IsInteger(type) || type.Kind is DuckDbKind.Float or DuckDbKind.Double or DuckDbKind.Decimal;

    public static bool IsInteger(DuckDbType type) => type.Kind is >= DuckDbKind.TinyInt and <= DuckDbKind.UBigInt or DuckDbKind.HugeInt or DuckDbKind.UHugeInt;

    /// <summary>
    /// A conversion that gives NULL where there is none. Fractions are cut off on the way to an integer, as Java does (DuckDB rounds).
    /// </summary>
    public static string Convert(string sql, DuckDbType from, string duckDbType)
    {
        if (from.ToString() == duckDbType)
        {
            return sql;
        }

        var isToInteger = duckDbType is "TINYINT" or "SMALLINT" or "INTEGER" or "BIGINT";
        return (isToInteger, from.Kind) switch
        {
            (true, DuckDbKind.Float or DuckDbKind.Double or DuckDbKind.Decimal) => $"TRY_CAST(trunc({sql}) AS {duckDbType})",
            (true, DuckDbKind.Varchar) =>
                $"CASE WHEN regexp_full_match(trim({sql}), '[+-]?[0-9]+') THEN TRY_CAST(trim({sql}) AS {duckDbType}) ELSE TRY_CAST(trunc(TRY_CAST(trim({sql}) AS DECIMAL(38,12))) AS {duckDbType}) END",
            (true, DuckDbKind.Timestamp) => $"TRY_CAST(epoch({sql}) AS {duckDbType})",
            (_, DuckDbKind.Varchar) when duckDbType is not ("VARCHAR" or "BLOB") => $"TRY_CAST(trim({sql}) AS {duckDbType})",
            (_, DuckDbKind.Varchar) when duckDbType == "BLOB" => $"encode({sql})",
            (_, DuckDbKind.Blob) when duckDbType == "VARCHAR" => $"decode({sql})",
            _ => $"TRY_CAST({sql} AS {duckDbType})",
        };
    }
}

/// <summary>A type that does not exist.</summary>
public sealed class PlanTypeException(string message) : Exception(message);
