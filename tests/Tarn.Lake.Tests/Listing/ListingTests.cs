using System.Text;
using Tarn.Api.S3;
using Tarn.Lake.Listing;
using Tarn.Lake.Tests.Keys;
using Tarn.Lake.Tests.Objects;

namespace Tarn.Lake.Tests.Listing;

public sealed class ListingTests
{
    [Fact]
    public async Task Pages_of_any_query_agree_with_a_sorted_list_of_keys()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var lake = await TestLake.OpenAsync();
        var keys = new SortedSet<string>(ObjectTests.ByBytes.Instance) { "a", "a/", "a/b", "a!", "a0", "ä/x", "dir/1", "dir/2", "dir/sub/3", "dir0", "dir!" };
        keys.UnionWith(Enumerable.Range(0, 120).Select(_ => KeyPathTests.RandomKey(random)));
        foreach (var key in keys)
        {
            await lake.PutAsync(key, "");
        }

        // Enough names in one folder that it is kept in memory, and changed there.
        foreach (var index in Enumerable.Range(0, 200))
        {
            keys.Add($"many/{index}");
            await lake.PutAsync($"many/{index}", "");
        }

        string[] delimiters = ["", "/", "/", "a", "%~", "日"];
        for (var round = 0; round < 250; round++)
        {
            if (round % 10 == 0)
            {
                var changed = $"many/{random.Next(300)}";
                _ = keys.Contains(changed) ? keys.Remove(changed) : keys.Add(changed);
                await (keys.Contains(changed) ? lake.PutAsync(changed, "") : (Task)lake.Service.Lake.DeleteAsync(TestLake.Scope, TestLake.Bucket, changed, CancellationToken.None).AsTask());
            }

            var some = keys.ElementAt(random.Next(keys.Count));
            var prefix = random.Next(3) == 0 ? "" : Cut(some, random);
            var after = random.Next(3) switch { 0 => "", 1 => keys.ElementAt(random.Next(keys.Count)), _ => Cut(keys.ElementAt(random.Next(keys.Count)), random) };
            var delimiter = delimiters[random.Next(delimiters.Length)];
            var expected = Model(keys, prefix, delimiter, after);
            var found = new List<string>();
            string? token = null;
            do
            {
                var page = await lake.CallAsync(S3Model.ListObjectsV2, new ListObjectsV2Request
                {
                    Bucket = TestLake.Bucket,
                    Prefix = prefix,
                    Delimiter = delimiter,
                    StartAfter = after,
                    MaxKeys = random.Next(1, 40),
                    ContinuationToken = token,
                });
                var row = page.Contents!.Select(entry => entry.Key!).Concat(page.CommonPrefixes!.Select(entry => entry.Prefix! + "\uFFFF")).Order(ObjectTests.ByBytes.Instance).ToList();
                Assert.Equal((row.Count, true), (page.KeyCount!.Value, row.Count <= page.MaxKeys));
                found.AddRange(row);
                token = page.NextContinuationToken;
                Assert.Equal(page.IsTruncated, token is not null);
            }
            while (token is not null);
            Assert.True(
                expected.SequenceEqual(found),
                $"seed {seed} prefix {Json(prefix)} delimiter {Json(delimiter)} after {Json(after)}\nmissing {Json(expected.Except(found))}\nextra {Json(found.Except(expected))}");
        }
    }

    [Fact]
    public async Task Version_1_pages_by_marker_and_encodes_names_when_asked()
    {
        await using var lake = await TestLake.OpenAsync();
        foreach (var key in (string[])["a b/1", "a b/2", "c+d", "é", "z\u0001"])
        {
            await lake.PutAsync(key, "");
        }

        var page = await lake.CallAsync(S3Model.ListObjects, new ListObjectsRequest { Bucket = TestLake.Bucket, Delimiter = "/", MaxKeys = 2, EncodingType = "url" });
        Assert.Equal(("a%20b/", "c%2Bd", true, "c%2Bd"), (page.CommonPrefixes!.Single().Prefix, page.Contents!.Single().Key, page.IsTruncated, page.NextMarker));
        page = await lake.CallAsync(S3Model.ListObjects, new ListObjectsRequest { Bucket = TestLake.Bucket, Delimiter = "/", Marker = "a b/", EncodingType = "url" });
        Assert.Equal(["c%2Bd", "%C3%A9", "z%01"], page.Contents!.Select(entry => entry.Key).OrderBy(key => key![0] == '%').ThenBy(key => key).OrderBy(key => key == "z%01"));
        Assert.Empty(page.CommonPrefixes!);
        Assert.False(page.IsTruncated);
        await TestLake.FailsAsync(lake.CallAsync(S3Model.ListObjects, new ListObjectsRequest { Bucket = TestLake.Bucket, EncodingType = "xml" }), "InvalidArgument");
        await TestLake.FailsAsync(lake.CallAsync(S3Model.ListObjectsV2, new ListObjectsV2Request { Bucket = TestLake.Bucket, ContinuationToken = "%%" }), "InvalidArgument");
        await TestLake.FailsAsync(lake.CallAsync(S3Model.ListObjectsV2, new ListObjectsV2Request { Bucket = TestLake.Bucket, MaxKeys = -1 }), "InvalidArgument");
        var none = await lake.CallAsync(S3Model.ListObjectsV2, new ListObjectsV2Request { Bucket = TestLake.Bucket, MaxKeys = 0 });
        Assert.Equal((0, false), (none.KeyCount, none.IsTruncated));
    }

    [Fact]
    public async Task A_kept_folder_sees_what_other_tools_add_and_delete()
    {
        await using var lake = await TestLake.OpenAsync();
        var folder = Path.Combine(lake.BucketFolder, "f");
        Directory.CreateDirectory(folder);
        foreach (var index in Enumerable.Range(0, 500))
        {
            await File.WriteAllTextAsync(Path.Combine(folder, $"{index:d4}"), "");
        }

        Assert.Equal(500, (await lake.KeysAsync("f/")).Count);
        await File.WriteAllTextAsync(Path.Combine(folder, "new"), "");
        File.Delete(Path.Combine(folder, "0007"));
        await lake.PutAsync("f/0007a", "");
        var keys = await lake.KeysAsync("f/");
        Assert.Contains("f/new", keys);
        Assert.Contains("f/0007a", keys);
        Assert.DoesNotContain("f/0007", keys);
    }

    [Fact]
    public void Packed_names_agree_with_a_sorted_dictionary()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var model = new SortedDictionary<string, FolderEntryKind>(ObjectTests.ByBytes.Instance);
        var packed = new PackedEntries(0, 0);
        for (var index = 0; index < 500; index++)
        {
            var name = $"{random.Next(2000):x}";
            if (model.TryAdd(name, FolderEntryKind.File))
            {
                packed.Add(Encoding.UTF8.GetBytes(name), FolderEntryKind.File);
            }
        }

        var names = FolderNames.Pack(packed);
        for (var round = 0; round < 9000; round++)
        {
            var name = $"{random.Next(6000):x}";
            if (random.Next(2) == 0)
            {
                model.Remove(name);
                names.Apply(Encoding.UTF8.GetBytes(name), null);
            }
            else
            {
                model[name] = FolderEntryKind.FileBeside;
                names.Apply(Encoding.UTF8.GetBytes(name), FolderEntryKind.FileBeside);
            }

            if (round % 300 == 0)
            {
                var from = $"{random.Next(6000):x}";
                var expected = model.Where(entry => ObjectTests.ByBytes.Instance.Compare(entry.Key, from) > 0).Take(50).Select(entry => (entry.Key, entry.Value));
                Assert.Equal(expected, names.Take(Encoding.UTF8.GetBytes(from), inclusive: false, 50).Select(entry => (Encoding.UTF8.GetString(entry.SortKey.Span), entry.Kind)));
                Assert.Equal(model.TryGetValue(from, out var kind) ? kind : null, names.Find(Encoding.UTF8.GetBytes(from)));
            }
        }
    }

    /// <summary>S3's listing in ten lines. A common prefix carries U+FFFF behind it so that it is told from a key.</summary>
    private static List<string> Model(IEnumerable<string> keys, string prefix, string delimiter, string after)
    {
        var rows = new List<string>();
        foreach (var key in keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal) && (after.Length == 0 || ObjectTests.ByBytes.Instance.Compare(key, after) > 0)))
        {
            var at = delimiter.Length == 0 ? -1 : key.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal);
            var row = at < 0 ? key : key[..(at + delimiter.Length)] + "\uFFFF";
            if (row != after + "\uFFFF" && (rows.Count == 0 || rows[^1] != row))
            {
                rows.Add(row);
            }
        }

        return rows;
    }

    private static string Cut(string key, Random random)
    {
        var cut = key[..random.Next(key.Length + 1)];
        return cut.Length > 0 && char.IsHighSurrogate(cut[^1]) ? cut[..^1] : cut;
    }

    private static string Json(object value) => System.Text.Json.JsonSerializer.Serialize(value);
}
