using Tarn.Sql.Functions;
using Tarn.Sql.Types;

namespace Tarn.Sql.Writing;

/// <summary>Single values as Hive's SerDes write them: Trino's texts, but for floating-point numbers, which are Java's, and bytes, which are in base64.</summary>
internal static class HiveScalars
{
    /// <exception cref="SqlException"><c>TYPE_MISMATCH</c>: a type that has no text.</exception>
    public static string Text(SqlType type, string sql, TrinoFunctions library) => type switch
    {
        SimpleType { Kind: SimpleKind.Varbinary } => $"to_base64({sql})",
        SimpleType { Kind: SimpleKind.Double } => $"trino_double_java({sql})",
        SimpleType { Kind: SimpleKind.Real } => $"trino_real_java({sql})",
        _ => library.Cast(new BoundArgument(type, sql), SqlType.Varchar, tryCast: false, default),
    };
}
