namespace Tarn.Sql.Functions.Scalars;

/// <summary>Parts of URLs and their encoding, as java.net.URI and form encoding have them.</summary>
internal static class UrlFunctions
{
    public static void Add(ScalarFunctions functions)
    {
        foreach (var part in new[] { "protocol", "host", "path", "query", "fragment" })
        {
            functions.Add($"url_extract_{part}(varchar(x)) -> varchar(x)", $"trino_url_part({{0}}, '{part}')");
        }

        functions.Add("url_extract_port(varchar(x)) -> bigint", "trino_url_port({0})");
        functions.Add("url_extract_parameter(varchar(x), varchar(y)) -> varchar(x)", "trino_url_parameter({0}, {1})");
        functions.Add("url_encode(varchar(x)) -> varchar", "trino_url_encode({0})");
        functions.Add("url_decode(varchar(x)) -> varchar(x)", "trino_url_decode({0})");
    }
}
