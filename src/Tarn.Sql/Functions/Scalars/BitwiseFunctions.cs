using Tarn.Sql.Types;

namespace Tarn.Sql.Functions.Scalars;

/// <summary>Functions on the 64 bits of a bigint, in two's complement.</summary>
internal static class BitwiseFunctions
{
    public static void Add(ScalarFunctions functions)
    {
        functions.Add("bitwise_and(bigint, bigint) -> bigint", "({0} & {1})");
        functions.Add("bitwise_or(bigint, bigint) -> bigint", "({0} | {1})");
        functions.Add("bitwise_xor(bigint, bigint) -> bigint", "xor({0}, {1})");
        functions.Add("bitwise_not(bigint) -> bigint", "(~{0})");
        functions.Add("bit_count(bigint, bigint) -> bigint", "trino_bit_count({0}, {1})");
        foreach (var (type, bits) in new[] { ("tinyint", 8), ("smallint", 16), ("integer", 32), ("bigint", 64) })
        {
            var sql = DuckDbTypes.Name(TypeParser.Parse(type));
            foreach (var (name, kind) in new[] { ("bitwise_left_shift", 0), ("bitwise_right_shift", 1), ("bitwise_right_shift_arithmetic", 2) })
            {
                functions.Add($"{name}({type}, bigint) -> {type}", $"CAST(trino_shift(CAST({{0}} AS BIGINT), {{1}}, {bits}, {kind}) AS {sql})");
            }
        }
    }
}
