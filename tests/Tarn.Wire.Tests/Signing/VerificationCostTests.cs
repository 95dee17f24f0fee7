using Tarn.Wire.Checksums;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Signing;

namespace Tarn.Wire.Tests.Signing;

/// <summary>
/// What verification costs per request. Allocations are stable and gated; processor time of the whole process is printed, and means
/// something in a Release build when these tests run alone.
/// </summary>
public sealed class VerificationCostTests(ITestOutputHelper output)
{
    private const int Rounds = 2_000;

    [Fact]
    public void A_signed_request_allocates_a_small_constant()
    {
        var body = "{\"DatabaseName\":\"sales\",\"Name\":\"orders\"}"u8.ToArray();
        var json = new TestRequest("POST", "/", body);
        json.Headers["X-Amz-Target"] = "AWSGlue.GetTable";
        json.Headers.ContentType = "application/x-amz-json-1.1";
        new TestSigner(service: "glue").SignHeader(json);
        AssertAllocates("JSON, header", json, TestRequest.Glue, body, bytesMax: 500);

        var get = new TestRequest("GET", "/bucket/some/folder/part-00001.parquet?x-id=GetObject&versionId=abc");
        get.Headers["x-amz-checksum-mode"] = "ENABLED";
        new TestSigner().SignHeader(get, "UNSIGNED-PAYLOAD");
        AssertAllocates("S3, header", get, TestRequest.S3, body: null, bytesMax: 500);

        var presigned = new TestRequest("GET", "/bucket/some/folder/part-00001.parquet");
        new TestSigner().Presign(presigned);
        AssertAllocates("S3, presigned", presigned, TestRequest.S3, body: null, bytesMax: 1500);
    }

    [Fact]
    public void Checksums_of_a_mebibyte_allocate_nothing()
    {
        var data = new byte[1 << 20];
        new Random(5).NextBytes(data);
        var digest = new byte[ChecksumAlgorithms.SizeBytesMax];
        foreach (var algorithm in ChecksumAlgorithms.All)
        {
            Checksum.Compute(algorithm, data, digest);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var start = Environment.CpuUsage.TotalTime;
            for (var round = 0; round < 20; round++)
            {
                Checksum.Compute(algorithm, data, digest);
            }

            var elapsed = Environment.CpuUsage.TotalTime - start;
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
            output.WriteLine($"{algorithm.AwsName()}: {20 * (data.Length / 1e9) / elapsed.TotalSeconds:0.0} GB per CPU second");
        }
    }

    private void AssertAllocates(string what, TestRequest request, ServiceModel service, byte[]? body, int bytesMax)
    {
        var server = TestRequest.Authenticator();
        ReadOnlyMemory<byte>? read = body is null ? null : body;
        for (var round = 0; round < Rounds; round++)
        {
            Assert.True(server.AuthenticateAsync(request.Http, service, read, CancellationToken.None).IsCompletedSuccessfully);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        var start = Environment.CpuUsage.TotalTime;
        for (var round = 0; round < Rounds; round++)
        {
            _ = server.AuthenticateAsync(request.Http, service, read, CancellationToken.None);
        }

        var elapsed = Environment.CpuUsage.TotalTime - start;
        var bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / Rounds;
        output.WriteLine($"{what}: {elapsed.TotalNanoseconds / Rounds:0} ns of CPU, {bytes} B");
        Assert.True(bytes <= bytesMax, $"{what}: {bytes} bytes a request, at most {bytesMax} are allowed");
    }
}
