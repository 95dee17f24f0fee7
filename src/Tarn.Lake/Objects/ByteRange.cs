using System.Globalization;

namespace Tarn.Lake.Objects;

/// <summary>A satisfied range of an object.</summary>
internal readonly record struct ByteRange(long Offset, long Length)
{
    public string ContentRange(long size) => string.Create(CultureInfo.InvariantCulture, $"bytes {Offset}-{Offset + Length - 1}/{size}");

    /// <summary>
    /// Reads a Range header: one range of bytes. Null for none, for several, and for what is not understood, which HTTP says to pass over; throws
    /// <c>InvalidRange</c> when it lies behind the end.
    /// </summary>
    public static ByteRange? Parse(string? header, long size)
    {
        if (header is null || !header.StartsWith("bytes=", StringComparison.OrdinalIgnoreCase) || header.Contains(','))
        {
            return null;
        }

        var text = header.AsSpan("bytes=".Length).Trim();
        var dash = text.IndexOf('-');
        if (dash < 0)
        {
            return null;
        }

        var from = text[..dash].Trim();
        var to = text[(dash + 1)..].Trim();
        if (from.IsEmpty)
        {
            if (!TryParse(to, out var suffix))
            {
                return null;
            }

            return suffix == 0 || size == 0 ? throw LakeErrors.InvalidRange(header, size) : new ByteRange(Math.Max(0, size - suffix), Math.Min(suffix, size));
        }

        var last = size - 1;
        if (!TryParse(from, out var first) || (!to.IsEmpty && (!TryParse(to, out last) || last < first)))
        {
            return null;
        }

        return first >= size ? throw LakeErrors.InvalidRange(header, size) : new ByteRange(first, Math.Min(last, size - 1) - first + 1);
    }

    private static bool TryParse(ReadOnlySpan<char> digits, out long value) =>
        long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value) || (digits.Length > 18 && !digits.ContainsAnyExceptInRange('0', '9') && (value = long.MaxValue) > 0);
}
