namespace Tarn.Sql.Types;

/// <summary>Trino's implicit conversions: what may stand where another type is wanted, and the common type of two.</summary>
public static partial class TypeCoercion
{
}
