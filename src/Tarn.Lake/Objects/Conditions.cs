using System.Globalization;

namespace Tarn.Lake.Objects;

/// <summary>The conditional headers of HTTP as S3 reads them. ETags are compared without their quotes.</summary>
internal static class Conditions
{
    /// <summary>For a read: throws <c>PreconditionFailed</c>, or <c>NotModified</c> (304) where the client has the object already.</summary>
    public static void RequireForRead(StoredObject found, string? ifMatch, DateTimeOffset? ifUnmodifiedSince, string? ifNoneMatch, DateTimeOffset? ifModifiedSince)
    {
        if (Failed(found, ifMatch, ifUnmodifiedSince) is { } condition)
        {
            throw LakeErrors.PreconditionFailed(condition);
        }

        if (Unchanged(found, ifNoneMatch, ifModifiedSince))
        {
            throw LakeErrors.NotModified(found.ETag, found.LastModified);
        }
    }

    /// <summary>For the source of a copy: every failure is <c>PreconditionFailed</c>.</summary>
    public static void RequireForCopy(StoredObject source, string? ifMatch, DateTimeOffset? ifUnmodifiedSince, string? ifNoneMatch, DateTimeOffset? ifModifiedSince)
    {
        var condition = Failed(source, ifMatch, ifUnmodifiedSince)
            ?? (Unchanged(source, ifNoneMatch, ifModifiedSince) ? (ifNoneMatch is not null ? "If-None-Match" : "If-Modified-Since") : null);
        if (condition is not null)
        {
            throw LakeErrors.PreconditionFailed("x-amz-copy-source-" + condition);
        }
    }

    /// <summary>For a write: null when there is nothing to check.</summary>
    public static Action<StoredObject?>? ForWrite(string key, string? ifMatch, string? ifNoneMatch)
    {
        if (ifNoneMatch is not (null or "*"))
        {
            throw LakeErrors.NotImplementedHeader("If-None-Match");
        }

        if (ifMatch is null && ifNoneMatch is null)
        {
            return null;
        }

        return current =>
        {
            if (ifNoneMatch is not null && current is not null)
            {
                throw LakeErrors.PreconditionFailed("If-None-Match");
            }

            if (ifMatch is not null && !Matches(ifMatch, (current ?? throw LakeErrors.NoSuchKey(key)).ETag))
            {
                throw LakeErrors.PreconditionFailed("If-Match");
            }
        };
    }

    /// <summary>Whether a range is to be answered as one: when there is no If-Range, or the object is still the one it names by ETag or by date.</summary>
    public static bool RangeHolds(StoredObject found, string ifRange) =>
        ifRange.Length == 0
        || (ifRange.StartsWith('"') ? ifRange == found.ETag
            : DateTimeOffset.TryParseExact(ifRange, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) && Seconds(date) == Seconds(found.LastModified));

    /// <summary>Whether a list of ETags, or <c>*</c>, holds this one.</summary>
    public static bool Matches(string header, string etag)
    {
        foreach (var candidate in header.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var text = candidate.StartsWith("W/", StringComparison.Ordinal) ? candidate[2..] : candidate;
            if (text == "*" || text.Trim('"') == etag.Trim('"'))
            {
                return true;
            }
        }

        return false;
    }

    private static string? Failed(StoredObject found, string? ifMatch, DateTimeOffset? ifUnmodifiedSince)
    {
        if (ifMatch is not null)
        {
            return Matches(ifMatch, found.ETag) ? null : "If-Match";
        }

        return ifUnmodifiedSince is { } since && Seconds(found.LastModified) > Seconds(since) ? "If-Unmodified-Since" : null;
    }

    private static bool Unchanged(StoredObject found, string? ifNoneMatch, DateTimeOffset? ifModifiedSince) =>
        ifNoneMatch is not null ? Matches(ifNoneMatch, found.ETag) : ifModifiedSince is { } since && Seconds(found.LastModified) <= Seconds(since);

    private static long Seconds(DateTimeOffset time) => time.ToUnixTimeSeconds();
}
