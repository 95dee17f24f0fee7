using System.Text;
using System.Text.RegularExpressions;
using Tarn.Contracts;
using Tarn.Contracts.Lake;

namespace Tarn.Glue.Jobs.Runs;

/// <summary>An object that a source reads, and what its key says.</summary>
/// <param name="RelativeKey">The key behind the path that it was found under.</param>
internal sealed record LakeFile(LakeObject Object, string RelativeKey);

/// <summary>Finds the objects of S3 paths, as Hadoop's readers do: hidden names and empty objects are no data.</summary>
internal static partial class LakeFiles
{
    private static readonly char[] GlobCharacters = ['*', '?', '[', '{'];

    /// <param name="path">A folder, one object, or a pattern with <c>* ? [] {}</c>.</param>
    public static async IAsyncEnumerable<LakeFile> FindAsync(
        ILake lake, AwsScope scope, string path, bool isRecursive, IReadOnlyList<string> exclusions, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!S3Location.TryParse(path, out var location))
        {
            throw new RunFailedException($"{path} is not an S3 path.");
        }

        if (!await lake.BucketExistsAsync(scope, location.Bucket, cancellationToken))
        {
            throw new RunFailedException($"The bucket {location.Bucket} of {path} does not exist.");
        }

        var wildcard = location.Key.IndexOfAny(GlobCharacters);
        var pattern = wildcard < 0 ? null : Glob(location.Key.TrimEnd('/'), matchesBelow: true);
        var prefix = wildcard < 0 ? location.Key : location.Key[..wildcard];
        var excluded = exclusions.Select(exclusion => Glob(exclusion, matchesBelow: false)).ToList();
        await foreach (var item in lake.ListAsync(scope, location.Bucket, prefix, cancellationToken))
        {
            var relative = pattern is null
                ? item.Key == location.Key ? item.Key[(item.Key.LastIndexOf('/') + 1)..] : item.Key.StartsWith(location.FolderPrefix, StringComparison.Ordinal) ? item.Key[location.FolderPrefix.Length..] : null
                : pattern.IsMatch(item.Key) ? item.Key[(item.Key.LastIndexOf('/', Math.Max(0, wildcard - 1)) + 1)..] : null;
            if (relative is null || IsHidden(relative) || item.Size == 0 || (!isRecursive && relative.Contains('/', StringComparison.Ordinal)))
            {
                continue;
            }

            var uri = $"s3://{item.Bucket}/{item.Key}";
            if (!excluded.Exists(glob => glob.IsMatch(relative) || glob.IsMatch(uri)))
            {
                yield return new LakeFile(item, relative);
            }
        }
    }

    /// <summary>Partition values that folders say (<c>year=2024/</c>), by key; empty when there are none.</summary>
    public static IReadOnlyList<KeyValuePair<string, string?>> Partitions(string relativeKey) =>
        [.. relativeKey.Split('/').SkipLast(1).Where(folder => folder.IndexOf('=', StringComparison.Ordinal) > 0).Select(folder =>
        {
            var equals = folder.IndexOf('=', StringComparison.Ordinal);
            var value = Uri.UnescapeDataString(folder[(equals + 1)..]);
            return new KeyValuePair<string, string?>(folder[..equals], value == PartitionFolders.NullValue ? null : value);
        })];

    private static bool IsHidden(string relative) =>
        relative.Length == 0 || relative.EndsWith('/') || relative.EndsWith("_$folder$", StringComparison.Ordinal)
        || relative.Split('/').Any(name => name.Length > 0 && name[0] is '_' or '.' && !name.Contains('=', StringComparison.Ordinal));

    /// <summary>Globs of Glue: <c>*</c> and <c>?</c> stay in one folder, <c>**</c> crosses folders, <c>[a-z]</c>, <c>[!a]</c>, <c>{x,y}</c>.</summary>
    private static Regex Glob(string glob, bool matchesBelow)
    {
        var text = new StringBuilder("^");
        var isAlternative = false;
        for (var i = 0; i < glob.Length; i++)
        {
            switch (glob[i])
            {
                case '*' when i + 1 < glob.Length && glob[i + 1] == '*':
                    text.Append(".*");
                    i++;
                    break;
                case '*':
                    text.Append("[^/]*");
                    break;
                case '?':
                    text.Append("[^/]");
                    break;
                case '[' when glob.IndexOf(']', i + 1) is > 0 and var end:
                    var set = glob[(i + 1)..end].Replace("\\", "\\\\", StringComparison.Ordinal);
                    text.Append('[').Append(set.StartsWith('!') ? "^" + set[1..] : set.Replace("^", "\\^", StringComparison.Ordinal)).Append(']');
                    i = end;
                    break;
                case '{':
                    isAlternative = true;
                    text.Append("(?:");
                    break;
                case '}' when isAlternative:
                    isAlternative = false;
                    text.Append(')');
                    break;
                case ',' when isAlternative:
                    text.Append('|');
                    break;
                case '\\' when i + 1 < glob.Length:
                    text.Append(Regex.Escape(glob[++i].ToString()));
                    break;
                default:
                    text.Append(Regex.Escape(glob[i].ToString()));
                    break;
            }
        }

        return new Regex(text.Append(matchesBelow ? "(?:/.*)?$" : "$").ToString(), RegexOptions.Singleline | RegexOptions.NonBacktracking);
    }
}
