using Tarn.Sql.Types;

namespace Tarn.Sql.Functions.Resolution;

/// <summary>How far an argument may be converted to fit a parameter; overloads are tried from the first to the last.</summary>
internal enum Leniency
{
    /// <summary>The types are those of the signature (lengths of varchar aside).</summary>
    Exact,

    /// <summary>Trino's implicit conversions.</summary>
    Coerce,

    /// <summary>Also char to varchar, for the functions that Trino declares once more for char.</summary>
    CharAsVarchar,
}

/// <summary>Binds the variables of one signature against the types of a call's arguments.</summary>
internal sealed class TypeMatch(Leniency leniency)
{
    private readonly Dictionary<string, SqlType> bindings = [];

    public bool Unify(TypePattern pattern, SqlType type)
    {
        var unknown = type is SimpleType { Kind: SimpleKind.Unknown };
        switch (pattern)
        {
            case AnyPattern:
                return true;
            case FixedPattern @fixed:
                return FitsFixed(@fixed.Type, type);
            case VariablePattern variable:
                return Bind(variable, type);
            case ArrayPattern array:
                return unknown ? leniency > Leniency.Exact && Unify(array.Element, type) : type is ArrayType a && Unify(array.Element, a.Element);
            case MapPattern map:
                return unknown
                    ? leniency > Leniency.Exact && Unify(map.Key, type) && Unify(map.Value, type)
                    : type is MapType m && Unify(map.Key, m.Key) && Unify(map.Value, m.Value);
            default:
                return false;
        }
    }

    /// <summary>The type of a pattern whose variables are bound; a variable that nothing bound is unknown.</summary>
    public SqlType Resolve(TypePattern pattern) => pattern switch
    {
        AnyPattern => SqlType.Unknown,
        FixedPattern @fixed => @fixed.Type,
        VariablePattern variable => bindings.TryGetValue(variable.Name, out var type) ? type : Default(variable.Family),
        ArrayPattern array => new ArrayType(Resolve(array.Element)),
        MapPattern map => new MapType(Resolve(map.Key), Resolve(map.Value)),
        FunctionPattern function => new FunctionType([.. function.Parameters.Select(Resolve)], Resolve(function.Result)),
        _ => throw new ArgumentOutOfRangeException(nameof(pattern)),
    };

    private bool FitsFixed(SqlType wanted, SqlType type)
    {
        if (wanted.Equals(type) || (wanted is VarcharType { Length: null } && type is VarcharType))
        {
            return true;
        }

        return leniency >= Leniency.Coerce
            && (TypeCoercion.CanCoerce(type, wanted) || (leniency == Leniency.CharAsVarchar && wanted is VarcharType && type is CharType));
    }

    private bool Bind(VariablePattern variable, SqlType type)
    {
        if (type is SimpleType { Kind: SimpleKind.Unknown })
        {
            return true;
        }

        if (!InFamily(variable.Family, type))
        {
            if (leniency == Leniency.Exact)
            {
                return false;
            }

            SqlType? converted = (variable.Family, type) switch
            {
                (TypeFamily.Decimal, _) => TypeCoercion.IntegerAsDecimal(type),
                (TypeFamily.Varchar, CharType c) when leniency == Leniency.CharAsVarchar => new VarcharType(c.Length),
                (TypeFamily.Timestamp, SimpleType { Kind: SimpleKind.Date }) => new TimestampType(0, WithTimeZone: false),
                (TypeFamily.TimestampWithTimeZone, SimpleType { Kind: SimpleKind.Date }) => new TimestampType(0, WithTimeZone: true),
                (TypeFamily.TimestampWithTimeZone, TimestampType t) => t with { WithTimeZone = true },
                (TypeFamily.TimeWithTimeZone, TimeType t) => t with { WithTimeZone = true },
                _ => null,
            };
            if (converted is null)
            {
                return false;
            }

            type = converted;
        }

        if (!bindings.TryGetValue(variable.Name, out var bound))
        {
            bindings[variable.Name] = type;
            return true;
        }

        if (bound.Equals(type))
        {
            return true;
        }

        if ((leniency == Leniency.Exact && variable.Family == TypeFamily.Any && !(bound is VarcharType && type is VarcharType))
            || TypeCoercion.CommonSuperType(bound, type) is not { } common)
        {
            return false;
        }

        bindings[variable.Name] = common;
        return true;
    }

    private static bool InFamily(TypeFamily family, SqlType type) => family switch
    {
        TypeFamily.Any => true,
        TypeFamily.Varchar => type is VarcharType,
        TypeFamily.Char => type is CharType,
        TypeFamily.Decimal => type is DecimalType,
        TypeFamily.Timestamp => type is TimestampType { WithTimeZone: false },
        TypeFamily.TimestampWithTimeZone => type is TimestampType { WithTimeZone: true },
        TypeFamily.Time => type is TimeType { WithTimeZone: false },
        TypeFamily.TimeWithTimeZone => type is TimeType { WithTimeZone: true },
        TypeFamily.Row => type is RowType,
        _ => false,
    };

    private static SqlType Default(TypeFamily family) => family switch
    {
        TypeFamily.Varchar => SqlType.Varchar,
        TypeFamily.Char => new CharType(1),
        TypeFamily.Decimal => new DecimalType(1, 0),
        TypeFamily.Timestamp => SqlType.Timestamp,
        TypeFamily.TimestampWithTimeZone => new TimestampType(3, WithTimeZone: true),
        TypeFamily.Time => new TimeType(3, WithTimeZone: false),
        TypeFamily.TimeWithTimeZone => new TimeType(3, WithTimeZone: true),
        _ => SqlType.Unknown,
    };
}
