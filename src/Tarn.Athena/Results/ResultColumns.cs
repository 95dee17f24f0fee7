using Tarn.Athena.Queries;
using Tarn.Sql.Types;

namespace Tarn.Athena.Results;

/// <summary>ColumnInfo of a Trino type: Athena's lower-case name without parameters, and the precision that it gives each.</summary>
internal static class ResultColumns
{
    private const int VarcharPrecision = int.MaxValue;

    public static ResultColumn Of(string name, SqlType type) => type switch
    {
        VarcharType v => new(name, "varchar", v.Length ?? VarcharPrecision, 0, CaseSensitive: true),
        CharType c => new(name, "char", c.Length, 0, CaseSensitive: true),
        DecimalType d => new(name, "decimal", d.Precision, d.Scale, CaseSensitive: false),
        TimestampType { WithTimeZone: true } => new(name, "timestamp with time zone", 3, 0, CaseSensitive: false),
        TimestampType => new(name, "timestamp", 3, 0, CaseSensitive: false),
        TimeType t => new(name, t.WithTimeZone ? "time with time zone" : "time", 3, 0, CaseSensitive: false),
        ArrayType => new(name, "array", 0, 0, CaseSensitive: false),
        MapType => new(name, "map", 0, 0, CaseSensitive: false),
        RowType => new(name, "row", 0, 0, CaseSensitive: false),
        SimpleType simple => new(name, simple.Kind == SimpleKind.Real ? "float" : simple.ToString(), Precision(simple.Kind), 0, CaseSensitive: false),
        _ => new(name, type.ToString(), 0, 0, CaseSensitive: false),
    };

    private static int Precision(SimpleKind kind) => kind switch
    {
        SimpleKind.TinyInt => 3,
        SimpleKind.SmallInt => 5,
        SimpleKind.Integer => 10,
        SimpleKind.BigInt => 19,
        SimpleKind.Real or SimpleKind.Double => 17,
        SimpleKind.Varbinary => 1_073_741_824,
        _ => 0,
    };
}
