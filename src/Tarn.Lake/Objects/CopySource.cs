namespace Tarn.Lake.Objects;

/// <summary>The header x-amz-copy-source: <c>[/]bucket/key</c>, URL-encoded, perhaps with <c>?versionId=</c>.</summary>
internal readonly record struct CopySource(string Bucket, string Key)
{
    public static CopySource Parse(string header)
    {
        var text = header;
        var query = text.IndexOf("?versionId=", StringComparison.Ordinal);
        if (query >= 0)
        {
            Versions.Require(text[(query + "?versionId=".Length)..]);
            text = text[..query];
        }

        text = Uri.UnescapeDataString(text);
        text = text.StartsWith('/') ? text[1..] : text;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && slash < text.Length - 1
            ? new CopySource(text[..slash], text[(slash + 1)..])
            : throw LakeErrors.InvalidArgument("Copy Source must mention the source bucket and key: sourcebucket/sourcekey", "x-amz-copy-source", header);
    }
}

/// <summary>Version ids: buckets have no versions, so the only one there is is <c>null</c>.</summary>
internal static class Versions
{
    public static void Require(string? versionId)
    {
        if (versionId is not (null or "null"))
        {
            throw LakeErrors.InvalidVersion(versionId);
        }
    }
}
