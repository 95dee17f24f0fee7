using System.Text;

namespace Tarn.Sql.Types;

/// <summary>
/// A Trino SQL type. <see cref="ToString"/> is Trino's own spelling, as <c>typeof</c> gives it: <c>varchar(3)</c>,
/// <c>decimal(7,3)</c>, <c>timestamp(3) with time zone</c>, <c>row(a integer, array(bigint))</c>.
/// </summary>
public abstract record SqlType
{
    public static readonly SqlType Unknown = new SimpleType(SimpleKind.Unknown);
    public static readonly SqlType Boolean = new SimpleType(SimpleKind.Boolean);
    public static readonly SqlType TinyInt = new SimpleType(SimpleKind.TinyInt);
    public static readonly SqlType SmallInt = new SimpleType(SimpleKind.SmallInt);
    public static readonly SqlType Integer = new SimpleType(SimpleKind.Integer);
    public static readonly SqlType BigInt = new SimpleType(SimpleKind.BigInt);
    public static readonly SqlType Real = new SimpleType(SimpleKind.Real);
    public static readonly SqlType Double = new SimpleType(SimpleKind.Double);
    public static readonly SqlType Varbinary = new SimpleType(SimpleKind.Varbinary);
    public static readonly SqlType Date = new SimpleType(SimpleKind.Date);
    public static readonly SqlType Json = new SimpleType(SimpleKind.Json);
    public static readonly SqlType IntervalDayToSecond = new SimpleType(SimpleKind.IntervalDayToSecond);
    public static readonly SqlType IntervalYearToMonth = new SimpleType(SimpleKind.IntervalYearToMonth);
    public static readonly SqlType IpAddress = new SimpleType(SimpleKind.IpAddress);
    public static readonly SqlType Uuid = new SimpleType(SimpleKind.Uuid);

    /// <summary><c>varchar</c> without a length.</summary>
    public static readonly SqlType Varchar = new VarcharType(null);

    /// <summary><c>timestamp(3)</c>, what Athena's Hive tables hold.</summary>
    public static readonly SqlType Timestamp = new TimestampType(3, WithTimeZone: false);

    public abstract override string ToString();
}

public enum SimpleKind
{
    /// <summary>The type of NULL: coerces to every other.</summary>
    Unknown,
    Boolean,
    TinyInt,
    SmallInt,
    Integer,
    BigInt,
    Real,
    Double,
    Varbinary,
    Date,
    Json,
    IntervalDayToSecond,
    IntervalYearToMonth,
    IpAddress,
    Uuid,
}

public sealed record SimpleType(SimpleKind Kind) : SqlType
{
    public override string ToString() => Kind switch
    {
        SimpleKind.IntervalDayToSecond => "interval day to second",
        SimpleKind.IntervalYearToMonth => "interval year to month",
        _ => Kind.ToString().ToLowerInvariant(),
    };
}

/// <param name="Precision">1 to 38.</param>
/// <param name="Scale">0 to <paramref name="Precision"/>.</param>
public sealed record DecimalType(int Precision, int Scale) : SqlType
{
    public override string ToString() => $"decimal({Precision},{Scale})";
}

/// <param name="Length">In code points; null for unbounded.</param>
public sealed record VarcharType(int? Length) : SqlType
{
    public override string ToString() => Length is { } length ? $"varchar({length})" : "varchar";
}

/// <param name="Length">In code points; values are compared as if padded with blanks to it.</param>
public sealed record CharType(int Length) : SqlType
{
    public override string ToString() => $"char({Length})";
}

/// <param name="Precision">Digits of a second's fraction, 0 to 12.</param>
public sealed record TimestampType(int Precision, bool WithTimeZone) : SqlType
{
    public override string ToString() => WithTimeZone ? $"timestamp({Precision}) with time zone" : $"timestamp({Precision})";
}

/// <param name="Precision">Digits of a second's fraction, 0 to 12.</param>
public sealed record TimeType(int Precision, bool WithTimeZone) : SqlType
{
    public override string ToString() => WithTimeZone ? $"time({Precision}) with time zone" : $"time({Precision})";
}

public sealed record ArrayType(SqlType Element) : SqlType
{
    public override string ToString() => $"array({Element})";
}

public sealed record MapType(SqlType Key, SqlType Value) : SqlType
{
    public override string ToString() => $"map({Key}, {Value})";
}

/// <param name="Name">Null for an anonymous field.</param>
public sealed record RowField(string? Name, SqlType Type);

public sealed record RowType(IReadOnlyList<RowField> Fields) : SqlType
{
    public bool Equals(RowType? other) => other is not null && Fields.SequenceEqual(other.Fields);

    public override int GetHashCode() => Fields.Aggregate(17, (hash, field) => HashCode.Combine(hash, field));

    public override string ToString()
    {
        var text = new StringBuilder("row(");
        for (var i = 0; i < Fields.Count; i++)
        {
            text.Append(i == 0 ? "" : ", ").Append(Fields[i].Name is { } name ? $"\"{name}\" " : "").Append(Fields[i].Type);
        }

        return text.Append(')').ToString();
    }
}

/// <summary>The type of a lambda argument.</summary>
public sealed record FunctionType(IReadOnlyList<SqlType> Parameters, SqlType Result) : SqlType
{
    public bool Equals(FunctionType? other) => other is not null && Result.Equals(other.Result) && Parameters.SequenceEqual(other.Parameters);

    public override int GetHashCode() => HashCode.Combine(Parameters.Count, Result);

    public override string ToString() => $"function({string.Join(",", Parameters.Append(Result))})";
}
