using System.Security.Cryptography;
using System.Text;
using Tarn.Api.S3;
using Tarn.Wire.Checksums;
using Checksum = Tarn.Wire.Checksums.Checksum;
using ChecksumAlgorithm = Tarn.Wire.Checksums.ChecksumAlgorithm;

namespace Tarn.Lake.Tests.Multipart;

public sealed class MultipartTests
{
    private static readonly Func<LakeOptions, LakeOptions> SmallParts = options => options with { PartBytesMin = 100 };

    [Theory]
    [InlineData(null, null, false)]
    [InlineData("CRC32", "FULL_OBJECT", false)]
    [InlineData("CRC32C", null, true)]
    [InlineData("SHA256", "COMPOSITE", true)]
    public async Task Parts_become_one_object_with_the_ETag_and_checksum_of_S3(string? algorithmName, string? type, bool composite)
    {
        await using var lake = await TestLake.OpenAsync(SmallParts);
        var id = await CreateAsync(lake, "out/k", algorithmName, type);
        var algorithm = ChecksumAlgorithms.TryParse(algorithmName ?? "CRC64NVME", out var parsed) ? parsed : throw new InvalidOperationException();
        string[] bodies = [new string('a', 100), new string('b', 150), "c"];
        var completed = new List<CompletedPart>();
        foreach (var number in (int[])[7, 2, 5])
        {
            // Numbers need not follow one another, nor come in order; a part that is sent again replaces the first.
            await UploadAsync(lake, id, number, "an earlier body of this part");
            var part = await UploadAsync(lake, id, number, bodies[number / 3]);
            completed.Add(new CompletedPart
            {
                PartNumber = number,
                ETag = part.ETag,
                ChecksumSHA256 = algorithmName == "SHA256" ? ChecksumOf(ChecksumAlgorithm.Sha256, bodies[number / 3]) : null,
                ChecksumCRC32C = algorithmName == "CRC32C" ? ChecksumOf(ChecksumAlgorithm.Crc32C, bodies[number / 3]) : null,
            });
        }

        completed.Sort((left, right) => left.PartNumber!.Value.CompareTo(right.PartNumber!.Value));
        var listed = await lake.CallAsync(S3Model.ListParts, new ListPartsRequest { Bucket = TestLake.Bucket, Key = "out/k", UploadId = id, MaxParts = 2 });
        Assert.Equal((true, 5, "2 5"), (listed.IsTruncated, listed.NextPartNumberMarker, string.Join(' ', listed.Parts!.Select(part => part.PartNumber))));

        var output = await CompleteAsync(lake, id, completed);
        var md5 = MD5.HashData([.. bodies.SelectMany(body => MD5.HashData(Encoding.ASCII.GetBytes(body)))]);
        Assert.Equal($"\"{Convert.ToHexStringLower(md5)}-3\"", output.ETag);
        Assert.Equal(string.Concat(bodies), await lake.GetAsync("out/k"));
        var head = await lake.CallAsync(S3Model.HeadObject, new HeadObjectRequest { Bucket = TestLake.Bucket, Key = "out/k", ChecksumMode = "ENABLED" });
        var text = head.ChecksumCRC32 ?? head.ChecksumCRC32C ?? head.ChecksumCRC64NVME ?? head.ChecksumSHA256;
        Assert.Equal((composite ? "COMPOSITE" : "FULL_OBJECT", output.ETag), (head.ChecksumType, head.ETag));
        if (!composite)
        {
            Assert.Equal(ChecksumOf(algorithm, string.Concat(bodies)), text);
        }
        else
        {
            Assert.EndsWith("-3", text);
        }

        var second = await lake.CallAsync(S3Model.GetObject, new GetObjectRequest { Bucket = TestLake.Bucket, Key = "out/k", PartNumber = 2 });
        using var reader = new StreamReader(second.Body!);
        Assert.Equal((bodies[1], 3, "bytes 100-249/251"), (await reader.ReadToEndAsync(), second.PartsCount, second.ContentRange));
        await TestLake.FailsAsync(lake.CallAsync(S3Model.GetObject, new GetObjectRequest { Bucket = TestLake.Bucket, Key = "out/k", PartNumber = 4 }), "InvalidPartNumber");
        Assert.Equal(output.ETag, (await CompleteAsync(lake, id, completed)).ETag);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(lake.LakeFolder, ".tarn/uploads")));
    }

    [Fact]
    public async Task An_upload_is_completed_again_while_its_object_stands_and_the_parts_are_the_same()
    {
        await using var lake = await TestLake.OpenAsync(SmallParts);
        var id = await CreateAsync(lake, "out/k", "CRC32C", "FULL_OBJECT");
        var part = new CompletedPart { PartNumber = 1, ETag = (await UploadAsync(lake, id, 1, "body")).ETag };
        var first = await CompleteAsync(lake, id, [part]);

        await using var again = await lake.ReopenAsync(SmallParts);
        var second = await CompleteAsync(again, id, [part]);
        Assert.Equal((first.ETag, first.ChecksumCRC32C, first.ChecksumType, first.Key), (second.ETag, second.ChecksumCRC32C, second.ChecksumType, second.Key));
        await TestLake.FailsAsync(CompleteAsync(again, id, [part, part]), "NoSuchUpload");
        await TestLake.FailsAsync(CompleteAsync(again, id, [new CompletedPart { PartNumber = 1, ETag = "no MD5" }]), "NoSuchUpload");
        await TestLake.FailsAsync(UploadAsync(again, id, 2, "late"), "NoSuchUpload");

        await again.CallAsync(S3Model.CopyObject, new CopyObjectRequest { Bucket = TestLake.Bucket, Key = "out/k", CopySource = $"{TestLake.Bucket}/out/k", MetadataDirective = "REPLACE" });
        await TestLake.FailsAsync(CompleteAsync(again, id, [part]), "NoSuchUpload");
    }

    [Fact]
    public async Task A_wrong_list_of_parts_is_refused_and_the_upload_lives_on()
    {
        await using var lake = await TestLake.OpenAsync(SmallParts);
        var id = await CreateAsync(lake, "out/k", null, null);
        var first = (await UploadAsync(lake, id, 1, "small")).ETag;
        var second = (await UploadAsync(lake, id, 2, "small")).ETag;
        await TestLake.FailsAsync(CompleteAsync(lake, id, []), "MalformedXML");
        await TestLake.FailsAsync(CompleteAsync(lake, id, [new CompletedPart { PartNumber = 2, ETag = second }, new CompletedPart { PartNumber = 1, ETag = first }]), "InvalidPartOrder");
        await TestLake.FailsAsync(CompleteAsync(lake, id, [new CompletedPart { PartNumber = 1, ETag = "other" }]), "InvalidPart");
        await TestLake.FailsAsync(CompleteAsync(lake, id, [new CompletedPart { PartNumber = 3, ETag = first }]), "InvalidPart");
        var small = await TestLake.FailsAsync(CompleteAsync(lake, id, [new CompletedPart { PartNumber = 1, ETag = first }, new CompletedPart { PartNumber = 2, ETag = second }]), "EntityTooSmall");
        Assert.Equal("1", small.Members!.Single(member => member.Key == "PartNumber").Value);
        await TestLake.FailsAsync(UploadAsync(lake, id, 10_001, "x"), "InvalidArgument");
        await TestLake.FailsAsync(UploadAsync(lake, "none", 1, "x"), "NoSuchUpload");
        await TestLake.FailsAsync(lake.CallAsync(S3Model.DeleteBucket, new DeleteBucketRequest { Bucket = TestLake.Bucket }), "BucketNotEmpty");

        await using var again = await lake.ReopenAsync(SmallParts);
        await CompleteAsync(again, id, [new CompletedPart { PartNumber = 2, ETag = second }]);
        Assert.Equal("small", await again.GetAsync("out/k"));
    }

    [Fact]
    public async Task Parts_are_copied_from_objects_and_uploads_are_listed_and_aborted()
    {
        await using var lake = await TestLake.OpenAsync(SmallParts);
        await lake.PutAsync("source", "0123456789");
        var ids = new Dictionary<string, string>();
        foreach (var key in (string[])["a/1", "a/2", "b", "b", "c"])
        {
            ids[key] = (await lake.CallAsync(S3Model.CreateMultipartUpload, new CreateMultipartUploadRequest { Bucket = TestLake.Bucket, Key = key })).UploadId!;
        }

        var copied = await lake.CallAsync(S3Model.UploadPartCopy, new UploadPartCopyRequest { Bucket = TestLake.Bucket, Key = "c", UploadId = ids["c"], PartNumber = 1, CopySource = "bucket/source", CopySourceRange = "bytes=2-4" });
        await lake.CallAsync(S3Model.CompleteMultipartUpload, new CompleteMultipartUploadRequest { Bucket = TestLake.Bucket, Key = "c", UploadId = ids["c"], MultipartUpload = new CompletedMultipartUpload { Parts = [new CompletedPart { PartNumber = 1, ETag = copied.CopyPartResult!.ETag }] } });
        Assert.Equal("234", await lake.GetAsync("c"));

        var rows = new List<string>();
        string? keyMarker = null, idMarker = null;
        while (true)
        {
            var page = await lake.CallAsync(S3Model.ListMultipartUploads, new ListMultipartUploadsRequest { Bucket = TestLake.Bucket, Delimiter = "/", MaxUploads = 1, KeyMarker = keyMarker, UploadIdMarker = idMarker });
            rows.AddRange(page.CommonPrefixes!.Select(entry => entry.Prefix!).Concat(page.Uploads!.Select(upload => upload.Key!)));
            if (page.IsTruncated != true)
            {
                break;
            }

            (keyMarker, idMarker) = (page.NextKeyMarker, page.NextUploadIdMarker);
        }

        Assert.Equal(["a/", "b", "b"], rows);
        await lake.CallAsync(S3Model.AbortMultipartUpload, new AbortMultipartUploadRequest { Bucket = TestLake.Bucket, Key = "b", UploadId = ids["b"] });
        await TestLake.FailsAsync(lake.CallAsync(S3Model.AbortMultipartUpload, new AbortMultipartUploadRequest { Bucket = TestLake.Bucket, Key = "b", UploadId = ids["b"] }), "NoSuchUpload");
    }

    private static async Task<string> CreateAsync(TestLake lake, string key, string? algorithm, string? type) =>
        (await lake.CallAsync(S3Model.CreateMultipartUpload, new CreateMultipartUploadRequest { Bucket = TestLake.Bucket, Key = key, ChecksumAlgorithm = algorithm, ChecksumType = type })).UploadId!;

    private static Task<UploadPartOutput> UploadAsync(TestLake lake, string id, int number, string body) =>
        lake.CallAsync(S3Model.UploadPart, new UploadPartRequest { Bucket = TestLake.Bucket, Key = "out/k", UploadId = id, PartNumber = number, Body = TestLake.Stream(body) });

    private static Task<CompleteMultipartUploadOutput> CompleteAsync(TestLake lake, string id, IReadOnlyList<CompletedPart> parts) =>
        lake.CallAsync(S3Model.CompleteMultipartUpload, new CompleteMultipartUploadRequest { Bucket = TestLake.Bucket, Key = "out/k", UploadId = id, MultipartUpload = new CompletedMultipartUpload { Parts = parts } });

    private static string ChecksumOf(ChecksumAlgorithm algorithm, string text) => Checksum.ComputeBase64(algorithm, Encoding.ASCII.GetBytes(text));
}
