using System.Buffers;
using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Tarn.Wire.Signing;

/// <summary>How the path of a request enters its canonical form.</summary>
internal enum PathRule
{
    /// <summary>S3: the path is an object key, so it is encoded once and never normalised (<c>a/../b</c> and <c>a//b</c> are keys).</summary>
    EncodedOnce,

    /// <summary>Every other service: dot segments and empty segments removed, then encoded once more than on the wire.</summary>
    NormalizedAndEncodedTwice,
}

/// <summary>
/// SigV4's canonical request: the one text that client and server both make from an HTTP request and hash. Pure; no allocation unless
/// a client signs a header that no SDK sends or the text outgrows the caller's buffer.
/// </summary>
internal static class CanonicalRequest
{
    /// <summary>Signed headers whose names come without an allocation; others cost a string each.</summary>
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> KnownHeaderNames = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "accept", "accept-encoding", "amz-sdk-invocation-id", "amz-sdk-request", "cache-control", "content-encoding", "content-length",
        "content-md5", "content-type", "date", "expect", "host", "if-match", "if-none-match", "range", "transfer-encoding", "user-agent",
        "x-amz-acl", "x-amz-checksum-crc32", "x-amz-checksum-crc32c", "x-amz-checksum-crc64nvme", "x-amz-checksum-mode",
        "x-amz-checksum-sha256", "x-amz-content-sha256", "x-amz-copy-source", "x-amz-date", "x-amz-decoded-content-length",
        "x-amz-sdk-checksum-algorithm", "x-amz-security-token", "x-amz-storage-class", "x-amz-target", "x-amz-trailer", "x-amz-user-agent",
        "x-amzn-query-mode").GetAlternateLookup<ReadOnlySpan<char>>();

    /// <param name="rawTarget">The request target as it was on the wire, query string included.</param>
    /// <param name="signedHeaders">The names that the client says it signed: lower case, separated by semicolons.</param>
    /// <param name="payloadHash">The last line: a SHA-256 in hexadecimal, or one of the words that stand for it.</param>
    public static void Write(
        ref ByteWriter writer,
        string method,
        ReadOnlySpan<char> rawTarget,
        IHeaderDictionary headers,
        ReadOnlySpan<char> signedHeaders,
        ReadOnlySpan<char> payloadHash,
        PathRule pathRule)
    {
        SplitTarget(rawTarget, out var path, out var query);
        writer.Write(method);
        writer.Write((byte)'\n');
        WritePath(ref writer, path, pathRule);
        writer.Write((byte)'\n');
        WriteQuery(ref writer, query);
        writer.Write((byte)'\n');
        WriteHeaders(ref writer, headers, signedHeaders);
        writer.Write((byte)'\n');
        writer.Write(signedHeaders);
        writer.Write((byte)'\n');
        writer.Write(payloadHash);
    }

    /// <summary>Splits a request target at its first question mark; of the absolute form that proxies send, the authority is dropped.</summary>
    public static void SplitTarget(ReadOnlySpan<char> rawTarget, out ReadOnlySpan<char> path, out ReadOnlySpan<char> query)
    {
        if (!rawTarget.StartsWith("/") && rawTarget.IndexOf("://") is var scheme and > 0)
        {
            rawTarget = rawTarget[(scheme + 3)..];
            var authorityEnd = rawTarget.IndexOfAny('/', '?');
            rawTarget = authorityEnd < 0 ? default : rawTarget[authorityEnd..];
        }

        var mark = rawTarget.IndexOf('?');
        path = mark < 0 ? rawTarget : rawTarget[..mark];
        query = mark < 0 ? default : rawTarget[(mark + 1)..];
    }

    public static void WritePath(ref ByteWriter writer, ReadOnlySpan<char> path, PathRule rule)
    {
        if (path.IsEmpty)
        {
            writer.Write((byte)'/');
        }
        else if (rule == PathRule.EncodedOnce)
        {
            foreach (var segment in path.Split('/'))
            {
                if (segment.Start.Value > 0)
                {
                    writer.Write((byte)'/');
                }

                UriEncoding.WriteReencoded(ref writer, path[segment], plusIsSpace: false);
            }
        }
        else
        {
            WriteNormalizedPath(ref writer, path);
        }
    }

    /// <summary>Parameters in order of their encoded names, then values; one without an equals sign gets one. The signature itself is left out.</summary>
    public static void WriteQuery(ref ByteWriter writer, ReadOnlySpan<char> query)
    {
        if (query.IsEmpty)
        {
            return;
        }

        // Sorting needs all parameters encoded, so they are encoded into a rented array first; encoding at most triples the UTF-8 length.
        var parameters = ArrayPool<QueryParameter>.Shared.Rent(query.Count('&') + 1);
        var encoded = new ByteWriter(stackalloc byte[512]);
        var count = 0;
        foreach (var range in query.Split('&'))
        {
            var parameter = query[range];
            var equals = parameter.IndexOf('=');
            var name = equals < 0 ? parameter : parameter[..equals];
            if (parameter.IsEmpty || name.SequenceEqual("X-Amz-Signature"))
            {
                continue;
            }

            var nameStart = encoded.Length;
            UriEncoding.WriteReencoded(ref encoded, name, plusIsSpace: true);
            var valueStart = encoded.Length;
            if (equals >= 0)
            {
                UriEncoding.WriteReencoded(ref encoded, parameter[(equals + 1)..], plusIsSpace: true);
            }

            parameters[count++] = new QueryParameter(nameStart, valueStart, encoded.Length);
        }

        var bytes = ArrayPool<byte>.Shared.Rent(Math.Max(encoded.Length, 1));
        encoded.Written.CopyTo(bytes);
        parameters.AsSpan(0, count).Sort(new QueryOrder(bytes));
        for (var index = 0; index < count; index++)
        {
            var (nameStart, valueStart, end) = parameters[index];
            if (index > 0)
            {
                writer.Write((byte)'&');
            }

            writer.Write(bytes.AsSpan(nameStart, valueStart - nameStart));
            writer.Write((byte)'=');
            writer.Write(bytes.AsSpan(valueStart, end - valueStart));
        }

        encoded.Dispose();
        ArrayPool<byte>.Shared.Return(bytes);
        ArrayPool<QueryParameter>.Shared.Return(parameters);
    }

    public static void WriteHeaders(ref ByteWriter writer, IHeaderDictionary headers, ReadOnlySpan<char> signedHeaders)
    {
        foreach (var range in signedHeaders.Split(';'))
        {
            var name = signedHeaders[range];
            writer.Write(name);
            writer.Write((byte)':');

            // What HTTP/2 has in place of the host: the JavaScript client signs it by that name, and the server keeps it as the host.
            WriteHeaderValues(ref writer, name is ":authority" ? headers.Host : headers[HeaderName(name)]);
            writer.Write((byte)'\n');
        }
    }

    /// <summary>The name as a string, without an allocation for those that SDKs send.</summary>
    public static string HeaderName(ReadOnlySpan<char> name) => KnownHeaderNames.TryGetValue(name, out var known) ? known : name.ToString();

    private static void WriteHeaderValues(ref ByteWriter writer, StringValues values)
    {
        for (var index = 0; index < values.Count; index++)
        {
            if (index > 0)
            {
                writer.Write((byte)',');
            }

            WriteCollapsed(ref writer, values[index].AsSpan().Trim());
        }
    }

    /// <summary>Writes a value with every run of spaces (and of the line breaks of folded headers) as one space.</summary>
    private static void WriteCollapsed(ref ByteWriter writer, ReadOnlySpan<char> value)
    {
        while (!value.IsEmpty)
        {
            var space = value.IndexOfAny(" \t\r\n");
            if (space < 0)
            {
                writer.Write(value);
                return;
            }

            writer.Write(value[..space]);
            writer.Write((byte)' ');
            value = value[space..].TrimStart();
        }
    }

    private static void WriteNormalizedPath(ref ByteWriter writer, ReadOnlySpan<char> path)
    {
        // The writer holds no slash at its end between segments, except for the root: removing a segment is cutting at the last slash.
        var start = writer.Length;
        var endsInSlash = false;
        foreach (var range in path.Split('/'))
        {
            var segment = path[range];
            endsInSlash = segment.IsEmpty || segment is "." or "..";
            if (segment is "..")
            {
                var last = writer.Written[start..].LastIndexOf((byte)'/');
                writer.Truncate(start + Math.Max(last, 0));
            }
            else if (!endsInSlash)
            {
                writer.Write((byte)'/');
                UriEncoding.WriteEncoded(ref writer, segment);
            }
        }

        if (endsInSlash || writer.Length == start)
        {
            writer.Write((byte)'/');
        }
    }

    private readonly record struct QueryParameter(int NameStart, int ValueStart, int End);

    private readonly struct QueryOrder(byte[] bytes) : IComparer<QueryParameter>
    {
        public int Compare(QueryParameter left, QueryParameter right)
        {
            var byName = bytes.AsSpan(left.NameStart, left.ValueStart - left.NameStart)
                .SequenceCompareTo(bytes.AsSpan(right.NameStart, right.ValueStart - right.NameStart));
            return byName != 0
                ? byName
                : bytes.AsSpan(left.ValueStart, left.End - left.ValueStart).SequenceCompareTo(bytes.AsSpan(right.ValueStart, right.End - right.ValueStart));
        }
    }
}
