using Tarn.Sql.Formatting;
using Tarn.Sql.Tree;
using Tarn.Sql.Types;

namespace Tarn.Sql.Binding;

/// <summary>A type as it was written, as a type.</summary>
internal static class TypeResolver
{
    public static SqlType Resolve(TypeName type)
    {
        switch (type)
        {
            case RowTypeName row:
                return new RowType([.. row.Fields.Select(field => new RowField(field.Name?.Folded, Resolve(field.Type)))]);
            case IntervalTypeName interval:
                return interval.From <= IntervalField.Month ? SqlType.IntervalYearToMonth : SqlType.IntervalDayToSecond;
            case DateTimeTypeName dateTime:
                return DateTime(dateTime);
            case GenericTypeName generic:
                return Generic(generic);
            default:
                throw Unknown(type);
        }
    }

    private static SqlType DateTime(DateTimeTypeName type)
    {
        var precision = type.Precision ?? 3;
        if (precision > 12)
        {
            throw new SqlException("NUMERIC_VALUE_OUT_OF_RANGE", $"{type.Name.ToUpperInvariant()} precision must be in range [0, 12]: {precision}", type.Position);
        }

        return Supported(type.Name == "time" ? new TimeType(precision, type.WithTimeZone) : new TimestampType(precision, type.WithTimeZone), type.Position);
    }

    /// <summary>Microseconds are what DuckDB computes with: more digits are refused rather than cut off somewhere on the way.</summary>
    public static SqlType Supported(SqlType type, SourcePosition position) => type is TimestampType { Precision: > 6 } or TimeType { Precision: > 6 }
        ? throw new SqlException("NOT_SUPPORTED", $"Type {type} is not supported: fractions of a second are kept to 6 digits", position)
        : type;

    private static SqlType Generic(GenericTypeName type)
    {
        if (type.Name == "array" && type.Arguments.Count == 1)
        {
            return new ArrayType(Resolve(type.Arguments[0]));
        }

        if (type.Name == "map" && type.Arguments.Count == 2)
        {
            return new MapType(Resolve(type.Arguments[0]), Resolve(type.Arguments[1]));
        }

        if (type.Arguments.Any(argument => argument is not NumberTypeArgument))
        {
            throw Unknown(type);
        }

        var numbers = type.Arguments.Select(argument => (int)Math.Clamp(((NumberTypeArgument)argument).Value, int.MinValue, int.MaxValue)).ToArray();
        try
        {
            return TypeParser.Simple(type.Name, numbers) ?? throw Unknown(type);
        }
        catch (SqlException e) when (e.Position is null)
        {
            throw new SqlException(e.Code, e.Message, type.Position);
        }
    }

    private static SqlException Unknown(TypeName type) => new("TYPE_NOT_FOUND", $"Unknown type: {SqlFormatter.Format(type)}", type.Position);
}
