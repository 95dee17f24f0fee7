using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Tarn.Api.S3;
using Tarn.Lake.Objects;
using Tarn.Lake.Tests.Keys;
using ObjectPart = Tarn.Lake.Objects.ObjectPart;

namespace Tarn.Lake.Tests.Objects;

public sealed class ObjectTests
{
    [Fact]
    public async Task An_object_is_a_plain_file_with_its_metadata_beside()
    {
        await using var lake = await TestLake.OpenAsync();
        var put = await lake.CallAsync(S3Model.PutObject, new PutObjectRequest
        {
            Bucket = TestLake.Bucket,
            Key = "a/b.csv",
            Body = TestLake.Stream("1,2\n"),
            ContentType = "text/csv",
            ContentEncoding = "aws-chunked,gzip",
            CacheControl = "no-cache",
            Metadata = new Dictionary<string, string> { ["Origin"] = "=?UTF-8?B?w6TDtg==?=", ["plain"] = "x" },
            Tagging = "team=data&empty=",
            StorageClass = "STANDARD_IA",
        });
        Assert.Equal("1,2\n", await File.ReadAllTextAsync(Path.Combine(lake.BucketFolder, "a/b.csv")));
        Assert.Equal($"\"{Convert.ToHexStringLower(MD5.HashData("1,2\n"u8))}\"", put.ETag);
        Assert.NotNull(put.ChecksumCRC64NVME);

        await using var again = await lake.ReopenAsync();
        var head = await again.CallAsync(S3Model.HeadObject, new HeadObjectRequest { Bucket = TestLake.Bucket, Key = "a/b.csv", ChecksumMode = "ENABLED" });
        Assert.Equal((4, "text/csv", "gzip", "no-cache", "STANDARD_IA", 2), (head.ContentLength, head.ContentType, head.ContentEncoding, head.CacheControl, head.StorageClass, head.TagCount));
        Assert.Equal("=?UTF-8?B?w6TDtg==?=", head.Metadata!["origin"]);
        Assert.Equal((put.ETag, put.ChecksumCRC64NVME, "FULL_OBJECT"), (head.ETag, head.ChecksumCRC64NVME, head.ChecksumType));
        var tags = await again.CallAsync(S3Model.GetObjectTagging, new GetObjectTaggingRequest { Bucket = TestLake.Bucket, Key = "a/b.csv" });
        Assert.Equal(["team=data", "empty="], tags.TagSet!.Select(tag => $"{tag.Key}={tag.Value}"));
    }

    [Fact]
    public async Task A_key_and_keys_below_it_live_together_in_any_order_of_writing()
    {
        await using var lake = await TestLake.OpenAsync();
        string[] keys = ["a", "a/b", "a/b/c", "a/", "a//", "a/b/c/d/e", "a/%~", "%@a"];
        var random = new Random(7);
        for (var round = 0; round < 20; round++)
        {
            foreach (var key in keys.OrderBy(_ => random.Next()).ToList())
            {
                await lake.PutAsync(key, $"{key} {round}");
            }

            foreach (var key in keys)
            {
                Assert.Equal($"{key} {round}", await lake.GetAsync(key));
            }

            Assert.Equal(keys.OrderBy(key => key, StringComparer.Ordinal), await lake.KeysAsync());
            foreach (var key in keys.OrderBy(_ => random.Next()).Take(random.Next(keys.Length + 1)).ToList())
            {
                Assert.True(await lake.Service.Lake.DeleteAsync(TestLake.Scope, TestLake.Bucket, key, CancellationToken.None));
                await TestLake.FailsAsync(lake.GetAsync(key), "NoSuchKey");
            }
        }

        foreach (var key in keys)
        {
            await lake.Service.Lake.DeleteAsync(TestLake.Scope, TestLake.Bucket, key, CancellationToken.None);
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(lake.BucketFolder));
        await lake.CallAsync(S3Model.DeleteBucket, new DeleteBucketRequest { Bucket = TestLake.Bucket });
    }

    [Fact]
    public async Task A_lake_behaves_as_a_dictionary_over_nasty_keys()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var lake = await TestLake.OpenAsync();
        var model = new SortedDictionary<string, string>(ByBytes.Instance);
        var pool = Enumerable.Range(0, 60).Select(_ => KeyPathTests.RandomKey(random)).Where(key => key.Length > 0).Distinct().ToList();
        for (var round = 0; round < 600; round++)
        {
            var key = pool[random.Next(pool.Count)];
            if (random.Next(3) == 0)
            {
                Assert.Equal(model.Remove(key), await lake.Service.Lake.DeleteAsync(TestLake.Scope, TestLake.Bucket, key, CancellationToken.None));
            }
            else
            {
                model[key] = $"{round}";
                await lake.PutAsync(key, $"{round}");
            }

            if (round % 40 == 0)
            {
                Assert.Equal(model.Keys, await lake.KeysAsync());
                foreach (var (expected, text) in model)
                {
                    Assert.Equal(text, await lake.GetAsync(expected));
                }
            }
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(lake.LakeFolder, ".tarn/staging")));
    }

    [Fact]
    public async Task A_record_that_the_attribute_cannot_hold_goes_into_a_sidecar_and_leaves_with_the_object()
    {
        await using var lake = await TestLake.OpenAsync();
        var tags = string.Join('&', Enumerable.Range(0, 10).Select(index => $"{Uri.EscapeDataString(new string('ä', 120))}{index}={Uri.EscapeDataString(new string('ö', 250))}"));
        var metadata = new Dictionary<string, string> { ["long"] = new string('m', 2000) };
        for (var round = 0; round < 3; round++)
        {
            await lake.CallAsync(S3Model.PutObject, new PutObjectRequest { Bucket = TestLake.Bucket, Key = "big", Body = TestLake.Stream($"{round}"), Tagging = tags, Metadata = metadata });
        }

        var head = await lake.CallAsync(S3Model.HeadObject, new HeadObjectRequest { Bucket = TestLake.Bucket, Key = "big" });
        Assert.Equal((10, 2000), (head.TagCount, head.Metadata!["long"].Length));
        Assert.Single(Directory.EnumerateFiles(Path.Combine(lake.LakeFolder, ".tarn/records"), "*", SearchOption.AllDirectories));

        await lake.CallAsync(S3Model.PutObjectTagging, new PutObjectTaggingRequest { Bucket = TestLake.Bucket, Key = "big", Tagging = new Tagging { TagSet = [new Tag { Key = "k", Value = "v" }] } });
        head = await lake.CallAsync(S3Model.HeadObject, new HeadObjectRequest { Bucket = TestLake.Bucket, Key = "big" });
        Assert.Equal((1, 2000), (head.TagCount, head.Metadata!["long"].Length));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(lake.LakeFolder, ".tarn/records"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Files_of_other_tools_are_objects_and_their_edits_are_seen()
    {
        await using var lake = await TestLake.OpenAsync();
        Directory.CreateDirectory(Path.Combine(lake.BucketFolder, "in/empty"));
        await File.WriteAllTextAsync(Path.Combine(lake.BucketFolder, "in/x.csv"), "one");
        Assert.Equal(["in/x.csv"], await lake.KeysAsync());
        Assert.Equal("one", await lake.GetAsync("in/x.csv"));
        var head = await lake.CallAsync(S3Model.HeadObject, new HeadObjectRequest { Bucket = TestLake.Bucket, Key = "in/x.csv" });
        Assert.Equal(($"\"{Convert.ToHexStringLower(MD5.HashData("one"u8))}\"", "binary/octet-stream"), (head.ETag, head.ContentType));

        await lake.CallAsync(S3Model.PutObject, new PutObjectRequest { Bucket = TestLake.Bucket, Key = "in/x.csv", Body = TestLake.Stream("two"), ContentType = "text/csv" });
        await File.AppendAllTextAsync(Path.Combine(lake.BucketFolder, "in/x.csv"), "!");
        head = await lake.CallAsync(S3Model.HeadObject, new HeadObjectRequest { Bucket = TestLake.Bucket, Key = "in/x.csv", ChecksumMode = "ENABLED" });
        Assert.Equal(($"\"{Convert.ToHexStringLower(MD5.HashData("two!"u8))}\"", "text/csv", null, 4L), (head.ETag, head.ContentType, head.ChecksumCRC64NVME, head.ContentLength));

        File.Delete(Path.Combine(lake.BucketFolder, "in/x.csv"));
        Assert.Empty(await lake.KeysAsync());
        await TestLake.FailsAsync(lake.GetAsync("in/x.csv"), "NoSuchKey");
    }

    [Fact]
    public async Task Symbolic_links_are_neither_listed_nor_followed()
    {
        await using var lake = await TestLake.OpenAsync();
        var outside = Path.Combine(lake.Folder, "outside");
        Directory.CreateDirectory(outside);
        await File.WriteAllTextAsync(Path.Combine(outside, "secret"), "secret");
        File.CreateSymbolicLink(Path.Combine(lake.BucketFolder, "file"), Path.Combine(outside, "secret"));
        Directory.CreateSymbolicLink(Path.Combine(lake.BucketFolder, "folder"), outside);
        Assert.Empty(await lake.KeysAsync());
        await TestLake.FailsAsync(lake.GetAsync("file"), "NoSuchKey");
        await TestLake.FailsAsync(lake.GetAsync("folder/secret"), "NoSuchKey");
        await TestLake.FailsAsync(lake.PutAsync("folder/new", "x"), "AccessDenied");
        await lake.PutAsync("file", "ours");
        Assert.Equal("ours", await lake.GetAsync("file"));
        Assert.Equal("secret", await File.ReadAllTextAsync(Path.Combine(outside, "secret")));
        Assert.Equal(["secret"], Directory.EnumerateFiles(outside).Select(Path.GetFileName));
        await lake.Service.Lake.DeleteAsync(TestLake.Scope, TestLake.Bucket, "folder", CancellationToken.None);
        Assert.True(Directory.Exists(Path.Combine(lake.BucketFolder, "folder")));
    }

    [Fact]
    public async Task A_mounted_folder_is_a_bucket_and_read_only_means_it()
    {
        var folder = Directory.CreateTempSubdirectory("tarn-mount-");
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "a.txt"), "a");
        await using var lake = await TestLake.OpenAsync(options => options with
        {
            Mounts = [new LakeMount("mounted", folder.FullName, ReadOnly: true)],
            ForeignMd5BytesMax = 4,
        });
        Assert.Equal(["a.txt"], await lake.KeysAsync(bucket: "mounted"));
        await TestLake.FailsAsync(lake.PutAsync("b", "b", "mounted"), "AccessDenied");
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "large.txt"), "large");
        var head = await lake.CallAsync(S3Model.HeadObject, new HeadObjectRequest { Bucket = "mounted", Key = "large.txt" });
        Assert.EndsWith("-1\"", head.ETag);
        Assert.Equal(["a.txt", "large.txt"], Directory.EnumerateFileSystemEntries(folder.FullName).Select(Path.GetFileName).Order());

        await using var writable = await lake.ReopenAsync(options => options with { Mounts = [new LakeMount("mounted", folder.FullName, ReadOnly: false)] });
        await writable.PutAsync("sub/b", "b", "mounted");
        Assert.Equal("b", await File.ReadAllTextAsync(Path.Combine(folder.FullName, "sub/b")));
        Assert.Equal(["a.txt", "large.txt", "sub/b"], await writable.KeysAsync(bucket: "mounted"));
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("bytes=0-3", "0123", "bytes 0-3/10")]
    [InlineData("bytes=8-", "89", "bytes 8-9/10")]
    [InlineData("bytes=-3", "789", "bytes 7-9/10")]
    [InlineData("bytes=-99", "0123456789", "bytes 0-9/10")]
    [InlineData("bytes=2-99", "23456789", "bytes 2-9/10")]
    [InlineData("bytes=5-2", "0123456789", null)]
    [InlineData("lines=1-2", "0123456789", null)]
    public async Task Ranges_are_read_as_HTTP_says(string header, string expected, string? contentRange)
    {
        await using var lake = await TestLake.OpenAsync();
        await lake.PutAsync("k", "0123456789");
        var http = new DefaultHttpContext();
        var output = await lake.CallAsync(S3Model.GetObject, new GetObjectRequest { Bucket = TestLake.Bucket, Key = "k", Range = header }, http);
        using var reader = new StreamReader(output.Body!);
        Assert.Equal((expected, contentRange, contentRange is null ? 200 : 206, (long)expected.Length), (await reader.ReadToEndAsync(), output.ContentRange, http.Response.StatusCode, output.ContentLength));
        var failure = await TestLake.FailsAsync(lake.CallAsync(S3Model.GetObject, new GetObjectRequest { Bucket = TestLake.Bucket, Key = "k", Range = "bytes=10-" }), "InvalidRange");
        Assert.Equal((416, "10"), (failure.HttpStatus, failure.Members!.Single(member => member.Key == "ActualObjectSize").Value));
    }

    [Fact]
    public async Task Conditions_decide_reads_and_writes()
    {
        await using var lake = await TestLake.OpenAsync();
        var etag = (await lake.PutAsync("k", "v")).ETag!;
        GetObjectRequest Get() => new() { Bucket = TestLake.Bucket, Key = "k", IfNoneMatch = etag };
        Assert.Equal(304, (await TestLake.FailsAsync(lake.CallAsync(S3Model.GetObject, Get()), "NotModified")).HttpStatus);
        Assert.Equal(412, (await TestLake.FailsAsync(lake.CallAsync(S3Model.HeadObject, new HeadObjectRequest { Bucket = TestLake.Bucket, Key = "k", IfMatch = "\"0\"" }), "PreconditionFailed")).HttpStatus);
        await TestLake.FailsAsync(lake.CallAsync(S3Model.GetObject, new GetObjectRequest { Bucket = TestLake.Bucket, Key = "k", IfModifiedSince = DateTimeOffset.UtcNow }), "NotModified");
        await TestLake.FailsAsync(lake.CallAsync(S3Model.GetObject, new GetObjectRequest { Bucket = TestLake.Bucket, Key = "k", IfUnmodifiedSince = DateTimeOffset.UtcNow.AddDays(-1) }), "PreconditionFailed");
        await TestLake.FailsAsync(lake.CallAsync(S3Model.PutObject, new PutObjectRequest { Bucket = TestLake.Bucket, Key = "k", IfNoneMatch = "*", Body = TestLake.Stream("w") }), "PreconditionFailed");
        await TestLake.FailsAsync(lake.CallAsync(S3Model.PutObject, new PutObjectRequest { Bucket = TestLake.Bucket, Key = "other", IfMatch = etag, Body = TestLake.Stream("w") }), "NoSuchKey");
        await lake.CallAsync(S3Model.PutObject, new PutObjectRequest { Bucket = TestLake.Bucket, Key = "k", IfMatch = etag, Body = TestLake.Stream("w") });
        Assert.Equal("w", await lake.GetAsync("k"));
    }

    [Fact]
    public async Task Only_one_of_many_creators_wins_If_None_Match()
    {
        await using var lake = await TestLake.OpenAsync();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(async index =>
        {
            try
            {
                await lake.CallAsync(S3Model.PutObject, new PutObjectRequest { Bucket = TestLake.Bucket, Key = "k", IfNoneMatch = "*", Body = TestLake.Stream($"{index}") });
                return index;
            }
            catch (Tarn.Contracts.AwsException failure) when (failure.Code == "PreconditionFailed")
            {
                return -1;
            }
        }));
        var winner = Assert.Single(outcomes, outcome => outcome >= 0);
        Assert.Equal($"{winner}", await lake.GetAsync("k"));
    }

    /// <summary>The object <c>a</c> gives way to the folder of <c>a/b</c>: writers that all see it in the way must not move the folder that another one made.</summary>
    [Fact]
    public async Task An_object_and_many_below_its_name_are_written_at_the_same_time()
    {
        await using var lake = await TestLake.OpenAsync();
        for (var round = 0; round < 150; round++)
        {
            var top = $"r{round}";
            await lake.PutAsync(top, "top");
            string[] keys = [$"{top}/b", $"{top}/b/c", $"{top}/d", $"{top}/d/e", $"{top}/f", $"{top}/"];
            await Task.WhenAll(keys.Select(key => Task.Run(() => lake.PutAsync(key, key))));
            Assert.Equal("top", await lake.GetAsync(top));
            foreach (var key in keys)
            {
                Assert.Equal(key, await lake.GetAsync(key));
            }
        }
    }

    [Fact]
    public async Task A_body_that_is_not_what_was_announced_is_refused_and_leaves_no_trace()
    {
        await using var lake = await TestLake.OpenAsync();
        await TestLake.FailsAsync(lake.CallAsync(S3Model.PutObject, new PutObjectRequest { Bucket = TestLake.Bucket, Key = "k", Body = TestLake.Stream("v"), ContentMD5 = "x" }), "InvalidDigest");
        await TestLake.FailsAsync(lake.CallAsync(S3Model.PutObject, new PutObjectRequest { Bucket = TestLake.Bucket, Key = "k", Body = TestLake.Stream("v"), ContentMD5 = Convert.ToBase64String(new byte[16]) }), "BadDigest");
        await TestLake.FailsAsync(lake.CallAsync(S3Model.PutObject, new PutObjectRequest { Bucket = TestLake.Bucket, Key = "k", Body = TestLake.Stream("v"), ChecksumSHA256 = Convert.ToBase64String(new byte[32]) }), "BadDigest");
        await TestLake.FailsAsync(lake.CallAsync(S3Model.PutObject, new PutObjectRequest { Bucket = TestLake.Bucket, Key = new string('k', 1025), Body = TestLake.Stream("v") }), "KeyTooLongError");
        Assert.Empty(await lake.KeysAsync());
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(lake.LakeFolder, ".tarn/staging")));
        var put = await lake.CallAsync(S3Model.PutObject, new PutObjectRequest { Bucket = TestLake.Bucket, Key = "k", Body = TestLake.Stream("v"), ChecksumSHA256 = Convert.ToBase64String(SHA256.HashData("v"u8)) });
        Assert.Equal(Convert.ToBase64String(SHA256.HashData("v"u8)), put.ChecksumSHA256);
    }

    [Fact]
    public async Task A_copy_takes_or_replaces_metadata_and_refuses_to_copy_onto_itself_for_nothing()
    {
        await using var lake = await TestLake.OpenAsync();
        await lake.CallAsync(S3Model.PutObject, new PutObjectRequest { Bucket = TestLake.Bucket, Key = "s p/ä", Body = TestLake.Stream("v"), ContentType = "text/plain", Tagging = "a=b", Metadata = new Dictionary<string, string> { ["m"] = "1" } });
        var source = "/bucket/" + Uri.EscapeDataString("s p/ä");
        await lake.CallAsync(S3Model.CopyObject, new CopyObjectRequest { Bucket = TestLake.Bucket, Key = "t", CopySource = source });
        var head = await lake.CallAsync(S3Model.HeadObject, new HeadObjectRequest { Bucket = TestLake.Bucket, Key = "t" });
        Assert.Equal(("text/plain", "1", 1), (head.ContentType, head.Metadata!["m"], head.TagCount));
        await lake.CallAsync(S3Model.CopyObject, new CopyObjectRequest { Bucket = TestLake.Bucket, Key = "t", CopySource = "bucket/t", MetadataDirective = "REPLACE", ContentType = "text/csv", ChecksumAlgorithm = "SHA256" });
        head = await lake.CallAsync(S3Model.HeadObject, new HeadObjectRequest { Bucket = TestLake.Bucket, Key = "t", ChecksumMode = "ENABLED" });
        Assert.Equal(("text/csv", null, 1, Convert.ToBase64String(SHA256.HashData("v"u8))), (head.ContentType, head.Metadata, head.TagCount, head.ChecksumSHA256));
        await TestLake.FailsAsync(lake.CallAsync(S3Model.CopyObject, new CopyObjectRequest { Bucket = TestLake.Bucket, Key = "t", CopySource = "bucket/t" }), "InvalidRequest");
        await TestLake.FailsAsync(lake.CallAsync(S3Model.CopyObject, new CopyObjectRequest { Bucket = TestLake.Bucket, Key = "t", CopySource = "bucket/none" }), "NoSuchKey");
        await TestLake.FailsAsync(lake.CallAsync(S3Model.CopyObject, new CopyObjectRequest { Bucket = TestLake.Bucket, Key = "t", CopySource = "bucket/t", MetadataDirective = "REPLACE", CopySourceIfMatch = "x" }), "PreconditionFailed");
    }

    [Fact]
    public async Task DeleteObjects_answers_for_each_key_and_can_be_quiet()
    {
        await using var lake = await TestLake.OpenAsync();
        await lake.PutAsync("a", "1");
        await lake.PutAsync("b/c", "1");
        var output = await lake.CallAsync(S3Model.DeleteObjects, new DeleteObjectsRequest
        {
            Bucket = TestLake.Bucket,
            Delete = new Delete { Objects = [new ObjectIdentifier { Key = "a" }, new ObjectIdentifier { Key = "none" }, new ObjectIdentifier { Key = "b/c", ETag = "other" }] },
        });
        Assert.Equal(["a", "none"], output.Deleted!.Select(deleted => deleted.Key));
        Assert.Equal(("b/c", "PreconditionFailed"), (output.Errors!.Single().Key, output.Errors!.Single().Code));
        output = await lake.CallAsync(S3Model.DeleteObjects, new DeleteObjectsRequest { Bucket = TestLake.Bucket, Delete = new Delete { Quiet = true, Objects = [new ObjectIdentifier { Key = "b/c" }] } });
        Assert.Empty(output.Deleted!);
        Assert.Empty(Directory.EnumerateFileSystemEntries(lake.BucketFolder));
    }

    [Fact]
    public async Task A_staged_file_of_another_service_becomes_an_object_by_rename()
    {
        await using var lake = await TestLake.OpenAsync();
        var staged = Path.Combine(lake.Service.Lake.StagingDirectory, "result.parquet");
        await File.WriteAllTextAsync(staged, "rows");
        var adopted = await lake.Service.Lake.AdoptAsync(TestLake.Scope, TestLake.Bucket, "out/part-0", staged, "application/x", CancellationToken.None);
        Assert.False(File.Exists(staged));
        Assert.Equal(("rows", 4L), (await File.ReadAllTextAsync(adopted.LocalPath!), adopted.Size));
        Assert.Equal(adopted.ETag, (await lake.Service.Lake.HeadAsync(TestLake.Scope, TestLake.Bucket, "out/part-0", CancellationToken.None))!.ETag);
    }

    [Fact]
    public void Records_keep_their_bytes_for_ever()
    {
        var record = new ObjectRecord
        {
            Size = 300,
            ModifiedNs = 1_700_000_000_123_456_000,
            Md5 = MD5.HashData("x"u8),
            ETagParts = 2,
            ContentType = "text/csv",
            Expires = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000),
            UserMetadata = [new("k", "ü")],
            Tags = [new("t", "")],
            Checksum = new ObjectChecksum(Wire.Checksums.ChecksumAlgorithm.Crc32, Composite: true, new byte[] { 1, 2, 3, 4 }),
            Parts = [new ObjectPart(200, new byte[] { 5, 6, 7, 8 }), new ObjectPart(100, new byte[] { 9, 9, 9, 9 })],
        };
        var bytes = ObjectRecordCodec.Encode(record);
        Assert.Equal(
            "01010aac0200ca853dfe9c97170210" + "9dd4e461268c8034f5c8564e155c67a6" + "030102" + "0408746578742f637376" + "090800d2496b00000000" + "0c04016bc3bc" + "0d020174" + "0e06010101020304" + "0f06c80105060708" + "0f056409090909",
            Convert.ToHexStringLower(bytes)[..^8]);
        var decoded = ObjectRecordCodec.Decode(bytes)!;
        Assert.Equal(bytes, ObjectRecordCodec.Encode(decoded));
        for (var index = 0; index < bytes.Length; index++)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[index] ^= 0x40;
            Assert.Null(ObjectRecordCodec.Decode(damaged));
        }
    }

    internal sealed class ByBytes : IComparer<string>
    {
        public static readonly ByBytes Instance = new();

        public int Compare(string? x, string? y) => Encoding.UTF8.GetBytes(x!).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y!));
    }
}
