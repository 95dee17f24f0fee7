namespace Tarn.Contracts.Lake;

/// <summary>Files and folders whose names start with <c>_</c> or <c>.</c> are no data to Hive, Spark and Athena: <c>_SUCCESS</c>, <c>.crc</c>, <c>_temporary/</c>.</summary>
public static class HiddenNames
{
    /// <param name="relativeKey">A key behind the folder that is read. One that ends with a slash is a folder's marker, and hidden too.</param>
    public static bool IsHidden(ReadOnlySpan<char> relativeKey)
    {
        while (!relativeKey.IsEmpty)
        {
            if (relativeKey[0] is '_' or '.')
            {
                return true;
            }

            var slash = relativeKey.IndexOf('/');
            if (slash < 0)
            {
                return false;
            }

            relativeKey = relativeKey[(slash + 1)..];
        }

        return true;
    }
}
