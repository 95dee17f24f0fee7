using System.Diagnostics.CodeAnalysis;

namespace Tarn.Contracts.Lake;

/// <summary>A parsed <c>s3://bucket/key</c>. The key may be empty (the whole bucket) and is not decoded: S3 URIs carry keys as they are.</summary>
public readonly record struct S3Location(string Bucket, string Key)
{
    private static readonly string[] Schemes = ["s3://", "s3a://", "s3n://"];

    /// <summary>Accepts <c>s3</c>, <c>s3a</c> and <c>s3n</c>, as Hadoop's readers do; false for anything else or an empty bucket.</summary>
    public static bool TryParse([NotNullWhen(true)] string? uri, out S3Location location)
    {
        location = default;
        if (uri is null)
        {
            return false;
        }

        foreach (var scheme in Schemes)
        {
            if (!uri.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            var rest = uri[scheme.Length..];
            var slash = rest.IndexOf('/', StringComparison.Ordinal);
            var bucket = slash < 0 ? rest : rest[..slash];
            location = new S3Location(bucket, slash < 0 ? "" : rest[(slash + 1)..]);
            return bucket.Length > 0;
        }

        return false;
    }

    /// <summary>The key with exactly one slash at its end, or empty: the prefix of a folder.</summary>
    public string FolderPrefix => Key.Length == 0 || Key.EndsWith('/') ? Key : Key + "/";

    public override string ToString() => $"s3://{Bucket}/{Key}";
}
