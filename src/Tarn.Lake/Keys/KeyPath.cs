using System.Text;

namespace Tarn.Lake.Keys;

/// <summary>
/// Where the object of a key lies below its bucket's folder, and which key a file has. Pure in both directions
/// (docs/adr/0021): <c>ToKey(PlainOf(k)) == k</c>, <c>ToKey(BesideOf(k)) == k</c>, and a path that no key maps to has no key.
/// Paths are relative, never empty, never contain <c>.</c>, <c>..</c>, an empty name, NUL, or a name longer than the file system takes.
/// </summary>
internal static class KeyPath
{
    /// <summary>The first place of a key: used unless a folder is there.</summary>
    public static string PlainOf(string key) => IsOrdinary(key) ? key : Build(key, beside: false);

    /// <summary>The second place of a key: beside the folder that has taken the first.</summary>
    public static string BesideOf(string key) => Build(key, beside: true);

    /// <summary>The folder of all keys that begin with <paramref name="folderKey"/>, which is empty or ends with a slash; empty for the bucket's own.</summary>
    public static string FolderOf(ReadOnlySpan<char> folderKey) => folderKey.IsEmpty ? "" : PlainOf(folderKey[..^1].ToString());

    /// <summary>The key of a file, or null when it is no object's.</summary>
    public static string? ToKey(string path)
    {
        var key = new StringBuilder(path.Length);
        var names = path.Split('/');
        var continued = false;
        var beside = false;
        for (var index = 0; index < names.Length; index++)
        {
            var name = names[index].AsSpan();
            if (index > 0 && !continued)
            {
                key.Append('/');
            }

            continued = name.StartsWith(ComponentName.ContinuedMark);
            beside = name.StartsWith(ComponentName.BesideMark);
            var text = ComponentName.HasMark(name) ? ComponentName.Unescape(name[2..]) : name.ToString();
            if (text is null || (beside && index < names.Length - 1))
            {
                return null;
            }

            key.Append(text);
        }

        var found = key.ToString();
        return !continued && Build(found, beside) == path ? found : null;
    }

    private static bool IsOrdinary(string key)
    {
        var rest = key.AsSpan();
        while (true)
        {
            var slash = rest.IndexOf('/');
            if (!ComponentName.IsPlain(slash < 0 ? rest : rest[..slash]))
            {
                return false;
            }

            if (slash < 0)
            {
                return true;
            }

            rest = rest[(slash + 1)..];
        }
    }

    private static string Build(string key, bool beside)
    {
        var path = new StringBuilder(key.Length + 16);
        var rest = key.AsSpan();
        for (var slash = rest.IndexOf('/'); slash >= 0; slash = rest.IndexOf('/'))
        {
            ComponentName.Append(path, rest[..slash], beside: false);
            path.Append('/');
            rest = rest[(slash + 1)..];
        }

        ComponentName.Append(path, rest, beside);
        return path.ToString();
    }
}
