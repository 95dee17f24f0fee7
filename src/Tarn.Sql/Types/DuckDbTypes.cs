using System.Text;
using Tarn.DuckDb.Types;

namespace Tarn.Sql.Types;

/// <summary>
/// How a value of each Trino type is held in DuckDB. Everything that makes DuckDB text (binder, functions, scans) and everything that reads
/// its vectors (results) follows this one table.
/// <list type="table">
/// <item><term>char(n)</term><description>VARCHAR without trailing blanks, so that DuckDB's = is Trino's; padded where it is seen (length, concatenation, cast to varchar, results).</description></item>
/// <item><term>json</term><description>VARCHAR with the canonical text that json_parse gives.</description></item>
/// <item><term>timestamp(0-6)</term><description>TIMESTAMP, rounded to its digits; 7 to 9 TIMESTAMP_NS; more is refused.</description></item>
/// <item><term>timestamp with time zone</term><description>STRUCT(instant TIMESTAMP, zone VARCHAR): instant in UTC; zone a tz name, <c>UTC</c> or <c>+hh:mm</c>. Compared by the instant alone.</description></item>
/// <item><term>time(0-6)</term><description>TIME; more is refused. With time zone STRUCT(local TIME, minutes SMALLINT): local time of day and its offset east of UTC.</description></item>
/// <item><term>interval day to second</term><description>BIGINT milliseconds; year to month INTEGER months: plain numbers add, compare and divide as Trino's do.</description></item>
/// <item><term>row</term><description>STRUCT with the names of <see cref="FieldNames"/>.</description></item>
/// <item><term>uuid</term><description>UUID; ipaddress BLOB of 16 bytes (IPv4 mapped).</description></item>
/// <item><term>unknown</term><description>"NULL", DuckDB's own type of NULL.</description></item>
/// </list>
/// </summary>
public static class DuckDbTypes
{
    /// <summary>The DuckDB type that holds <paramref name="type"/>, as text for a CAST.</summary>
    /// <exception cref="SqlException"><c>NOT_SUPPORTED</c> for precisions that DuckDB cannot hold.</exception>
    public static string Name(SqlType type) => type switch
    {
        SimpleType simple => Name(simple.Kind),
        DecimalType d => $"DECIMAL({d.Precision},{d.Scale})",
        VarcharType or CharType => "VARCHAR",
        TimestampType { WithTimeZone: false, Precision: <= 6 } => "TIMESTAMP",
        TimestampType { WithTimeZone: false, Precision: <= 9 } => "TIMESTAMP_NS",
        TimestampType { WithTimeZone: true, Precision: <= 6 } => "STRUCT(instant TIMESTAMP, zone VARCHAR)",
        TimeType { WithTimeZone: false, Precision: <= 6 } => "TIME",
        TimeType { WithTimeZone: true, Precision: <= 6 } => "STRUCT(local TIME, minutes SMALLINT)",
        ArrayType a => Name(a.Element) + "[]",
        MapType m => $"MAP({Name(m.Key)}, {Name(m.Value)})",
        RowType r => RowName(r),
        _ => throw new SqlException("NOT_SUPPORTED", $"Type {type} is not supported: fractions of a second are kept to {(type is TimestampType { WithTimeZone: false } ? 9 : 6)} digits"),
    };

    /// <summary>The same type as an object.</summary>
    /// <exception cref="SqlException"><c>NOT_SUPPORTED</c> for types that no table's column has.</exception>
    public static DuckDbType Of(SqlType type) => type switch
    {
        SimpleType { Kind: SimpleKind.Boolean } => DuckDbType.Boolean,
        SimpleType { Kind: SimpleKind.TinyInt } => DuckDbType.TinyInt,
        SimpleType { Kind: SimpleKind.SmallInt } => DuckDbType.SmallInt,
        SimpleType { Kind: SimpleKind.Integer } => DuckDbType.Integer,
        SimpleType { Kind: SimpleKind.BigInt } => DuckDbType.BigInt,
        SimpleType { Kind: SimpleKind.Real } => DuckDbType.Float,
        SimpleType { Kind: SimpleKind.Double } => DuckDbType.Double,
        SimpleType { Kind: SimpleKind.Varbinary } => DuckDbType.Blob,
        SimpleType { Kind: SimpleKind.Date } => DuckDbType.Date,
        DecimalType d => DuckDbType.DecimalOf(d.Precision, d.Scale),
        VarcharType or CharType => DuckDbType.Varchar,
        TimestampType { WithTimeZone: false, Precision: <= 6 } => DuckDbType.Timestamp,
        ArrayType array => DuckDbType.ListOf(Of(array.Element)),
        MapType map => DuckDbType.MapOf(Of(map.Key), Of(map.Value)),
        RowType row => DuckDbType.StructOf(FieldNames(row).Zip(row.Fields, (name, field) => new DuckDbField(name, Of(field.Type)))),
        _ => throw new SqlException("NOT_SUPPORTED", $"A table's column of type {type} cannot be read"),
    };

    /// <summary>
    /// Names of a row's fields in DuckDB, where they must be there and differ in more than case: a field's own name when it has one that no
    /// earlier field has, otherwise <c>field</c> and its index from 0.
    /// </summary>
    public static IReadOnlyList<string> FieldNames(RowType row)
    {
        var names = new string[row.Fields.Count];
        var taken = new HashSet<string>(row.Fields.Where(field => field.Name is not null).Select(field => field.Name!), StringComparer.OrdinalIgnoreCase);
        var used = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < names.Length; i++)
        {
            var name = row.Fields[i].Name;
            if (string.IsNullOrEmpty(name) || !used.Add(name))
            {
                name = $"field{i}";
                while (taken.Contains(name) || !used.Add(name))
                {
                    name += "_";
                }
            }

            names[i] = name;
        }

        return names;
    }

    /// <summary>A row made of the texts of its fields; never NULL itself.</summary>
    public static string Row(RowType row, IReadOnlyList<string> fields)
    {
        var text = new StringBuilder("struct_pack(");
        var names = FieldNames(row);
        for (var i = 0; i < names.Count; i++)
        {
            text.Append(i == 0 ? "" : ", ").Append(LiteralSql.Identifier(names[i])).Append(" := ").Append(fields[i]);
        }

        return text.Append(')').ToString();
    }

    /// <summary>The text of a row's field by its index from 0.</summary>
    public static string Field(RowType row, string sql, int index) => $"struct_extract({sql}, {LiteralSql.Text(FieldNames(row)[index])})";

    /// <summary>A typed NULL.</summary>
    public static string Null(SqlType type) => $"CAST(NULL AS {Name(type)})";

    private static string RowName(RowType row)
    {
        var text = new StringBuilder("STRUCT(");
        var names = FieldNames(row);
        for (var i = 0; i < names.Count; i++)
        {
            text.Append(i == 0 ? "" : ", ").Append(LiteralSql.Identifier(names[i])).Append(' ').Append(Name(row.Fields[i].Type));
        }

        return text.Append(')').ToString();
    }

    private static string Name(SimpleKind kind) => kind switch
    {
        SimpleKind.Unknown => "\"NULL\"",
        SimpleKind.Boolean => "BOOLEAN",
        SimpleKind.TinyInt => "TINYINT",
        SimpleKind.SmallInt => "SMALLINT",
        SimpleKind.Integer => "INTEGER",
        SimpleKind.BigInt => "BIGINT",
        SimpleKind.Real => "FLOAT",
        SimpleKind.Double => "DOUBLE",
        SimpleKind.Varbinary => "BLOB",
        SimpleKind.Date => "DATE",
        SimpleKind.Json => "VARCHAR",
        SimpleKind.IntervalDayToSecond => "BIGINT",
        SimpleKind.IntervalYearToMonth => "INTEGER",
        SimpleKind.IpAddress => "BLOB",
        SimpleKind.Uuid => "UUID",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
