using Tarn.Sql.Types;

namespace Tarn.Sql.Functions.Scalars;

/// <summary>Functions on varbinary. Hashes take and give bytes, where DuckDB's give text.</summary>
internal static class BinaryFunctions
{
    public static void Add(ScalarFunctions functions)
    {
        functions.Add("length(varbinary) -> bigint", "octet_length({0})");
        functions.AddTyped("concat(varbinary, varbinary, varbinary...) -> varbinary", call => new Functions.BoundCall(SqlType.Varbinary, $"({string.Join(" || ", call.Texts)})"));
        functions.Add("substr(varbinary, bigint) -> varbinary", "trino_bytes_substr({0}, {1}, 9223372036854775807)");
        functions.Add("substr(varbinary, bigint, bigint) -> varbinary", "trino_bytes_substr({0}, {1}, {2})");
        functions.Add("reverse(varbinary) -> varbinary", "trino_bytes_reverse({0})");
        functions.Add("lpad(varbinary, bigint, varbinary) -> varbinary", "trino_bytes_pad({0}, {1}, {2}, true)");
        functions.Add("rpad(varbinary, bigint, varbinary) -> varbinary", "trino_bytes_pad({0}, {1}, {2}, false)");
        foreach (var name in new[] { "md5", "sha1", "sha256", "sha512", "xxhash64", "murmur3" })
        {
            functions.Add($"{name}(varbinary) -> varbinary", $"trino_{name}({{0}})");
        }

        foreach (var name in new[] { "hmac_md5", "hmac_sha1", "hmac_sha256", "hmac_sha512" })
        {
            functions.Add($"{name}(varbinary, varbinary) -> varbinary", $"trino_{name}({{0}}, {{1}})");
        }

        functions.Add("crc32(varbinary) -> bigint", "trino_crc32({0})");
        foreach (var name in new[] { "to_hex", "to_base64", "to_base64url", "to_base32" })
        {
            functions.Add($"{name}(varbinary) -> varchar", $"trino_{name}({{0}})");
        }

        foreach (var name in new[] { "from_hex", "from_base64", "from_base64url", "from_base32" })
        {
            functions.Add($"{name}(varchar(x)) -> varbinary", $"trino_{name}({{0}})");
            functions.Add($"{name}(varbinary) -> varbinary", $"trino_{name}(trino_from_utf8({{0}}, '\ufffd'))");
        }

        functions.Add("to_big_endian_64(bigint) -> varbinary", "trino_to_big_endian({0}, 8)");
        functions.Add("to_big_endian_32(integer) -> varbinary", "trino_to_big_endian(CAST({0} AS BIGINT), 4)");
        functions.Add("from_big_endian_64(varbinary) -> bigint", "trino_from_big_endian({0}, 8)");
        functions.Add("from_big_endian_32(varbinary) -> integer", "CAST(trino_from_big_endian({0}, 4) AS INTEGER)");
        functions.Add("to_ieee754_64(double) -> varbinary", "trino_to_ieee754_64({0})");
        functions.Add("to_ieee754_32(real) -> varbinary", "trino_to_ieee754_32({0})");
        functions.Add("from_ieee754_64(varbinary) -> double", "trino_from_ieee754_64({0})");
        functions.Add("from_ieee754_32(varbinary) -> real", "trino_from_ieee754_32({0})");
    }
}
