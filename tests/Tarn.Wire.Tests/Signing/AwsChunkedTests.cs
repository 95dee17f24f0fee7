using System.Text;
using Tarn.Contracts;
using Tarn.Wire.Checksums;
using Tarn.Wire.Signing;

namespace Tarn.Wire.Tests.Signing;

public sealed class AwsChunkedTests
{
    private const string Signed = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
    private const string SignedTrailer = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";
    private const string UnsignedTrailer = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";

    private static readonly SigV4Authenticator Server = TestRequest.Authenticator();

    [Theory]
    [InlineData(Signed)]
    [InlineData(SignedTrailer)]
    [InlineData(UnsignedTrailer)]
    public async Task Data_of_any_length_comes_out_as_it_went_in_however_it_arrives(string form)
    {
        const int Seed = 17;
        var random = new Random(Seed);
        foreach (var length in new[] { 0, 1, 8191, 8192, 8193, 16384, 100_000 })
        {
            var data = new byte[length];
            random.NextBytes(data);
            foreach (var pieceBytes in new[] { 1, 7, 4096, int.MaxValue })
            {
                var request = Request(form, data);
                if (pieceBytes < int.MaxValue)
                {
                    request.SetBodyInPieces(request.Body, pieceBytes);
                }

                await request.AuthenticateAsync(Server, TestRequest.S3);
                Assert.Equal(length, request.Http.Request.ContentLength);
                Assert.Equal(data, await request.ReadBodyAsync());
                var trailers = request.Http.Features.Get<ITrailingChecksums>()!;
                Assert.Equal(form == Signed ? null : ChecksumAlgorithm.Crc32, trailers.Algorithm);
                Assert.Equal(form == Signed ? null : Checksum.ComputeBase64(ChecksumAlgorithm.Crc32, data), trailers.Value);
            }
        }
    }

    [Fact]
    public async Task The_example_of_the_S3_documentation_is_verified()
    {
        // "Signature calculations for the Authorization header: transferring a payload in multiple chunks", PutObject example.
        var request = new TestRequest("PUT", "/examplebucket/chunkObject.txt");
        request.Headers.Host = "s3.amazonaws.com";
        request.Headers["x-amz-date"] = "20130524T000000Z";
        request.Headers["x-amz-storage-class"] = "REDUCED_REDUNDANCY";
        request.Headers["x-amz-content-sha256"] = Signed;
        request.Headers.ContentEncoding = "aws-chunked";
        request.Headers["x-amz-decoded-content-length"] = "66560";
        request.Headers.Authorization = "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class,Signature=4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9";
        var body = "10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n" + new string('a', 65536)
            + "\r\n400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n" + new string('a', 1024)
            + "\r\n0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n";
        request.SetBody(Encoding.ASCII.GetBytes(body));
        var server = TestRequest.Authenticator(
            new DateTimeOffset(2013, 5, 24, 0, 0, 0, TimeSpan.Zero),
            keys: new AccessKeyOptions { Id = "AKIAIOSFODNN7EXAMPLE", Secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" });
        await request.AuthenticateAsync(server, TestRequest.S3);
        Assert.Equal(new string('a', 66560), Encoding.ASCII.GetString(await request.ReadBodyAsync()));
        Assert.False(request.Headers.ContainsKey("Content-Encoding"));
    }

    [Theory]
    [InlineData(Signed)]
    [InlineData(SignedTrailer)]
    [InlineData(UnsignedTrailer)]
    public async Task Every_flipped_byte_is_refused(string form)
    {
        var data = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 12).Select(i => $"line {i}\n")));
        var original = Request(form, data);
        for (var index = 0; index < original.Body.Length; index++)
        {
            var request = Request(form, data);
            var body = (byte[])original.Body.Clone();
            body[index] ^= 0x01;
            request.SetBody(body);
            await request.AuthenticateAsync(Server, TestRequest.S3);
            try
            {
                // A flip that survives must have hit what has no meaning: hexadecimal case does not occur with this bit, line ends do.
                Assert.Equal(data, await request.ReadBodyAsync());
                Assert.True(original.Body[index] is (byte)'\r', $"byte {index} ({(char)original.Body[index]}) was flipped unnoticed");
            }
            catch (AwsException)
            {
            }
        }
    }

    [Theory]
    [InlineData(Signed)]
    [InlineData(SignedTrailer)]
    [InlineData(UnsignedTrailer)]
    public async Task A_body_cut_short_anywhere_is_refused(string form)
    {
        var data = Encoding.ASCII.GetBytes("a short object");
        var original = Request(form, data);
        var meaningfulEnd = original.Body.Length - 4;
        for (var length = 0; length < meaningfulEnd; length++)
        {
            var request = Request(form, data);
            request.SetBody(original.Body[..length]);
            await request.AuthenticateAsync(Server, TestRequest.S3);
            await Assert.ThrowsAsync<AwsException>(request.ReadBodyAsync);
        }
    }

    [Fact]
    public async Task Reading_exactly_the_decoded_length_verifies_everything()
    {
        var data = new byte[20_000];
        var request = Request(UnsignedTrailer, data, trailerValue: "AAAAAA==");
        await request.AuthenticateAsync(Server, TestRequest.S3);
        var refusal = await Assert.ThrowsAsync<AwsException>(async () => await request.Http.Request.Body.ReadExactlyAsync(new byte[data.Length]));
        Assert.Equal(("BadDigest", "The CRC32 you specified did not match the calculated checksum."), (refusal.Code, refusal.Message));
    }

    [Fact]
    public async Task Small_chunks_before_the_last_are_refused()
    {
        var request = Request(Signed, new byte[9000], chunkBytes: 4096);
        await request.AuthenticateAsync(Server, TestRequest.S3);
        var refusal = await Assert.ThrowsAsync<AwsException>(request.ReadBodyAsync);
        Assert.Equal(("InvalidChunkSizeError", 403), (refusal.Code, refusal.HttpStatus));
    }

    [Theory]
    [InlineData("99", "IncompleteBody")]
    [InlineData("101", "IncompleteBody")]
    public async Task A_decoded_length_that_is_not_true_is_refused(string decodedLength, string code)
    {
        var request = Request(UnsignedTrailer, new byte[100], decodedLength: decodedLength);
        await request.AuthenticateAsync(Server, TestRequest.S3);
        Assert.Equal(code, (await Assert.ThrowsAsync<AwsException>(request.ReadBodyAsync)).Code);
    }

    [Fact]
    public async Task A_missing_decoded_length_is_refused()
    {
        var request = Request(UnsignedTrailer, new byte[100], decodedLength: "");
        Assert.Equal(("MissingContentLength", 411), (await request.RefusedAsync(Server, TestRequest.S3)) is var e ? (e.Code, e.HttpStatus) : default);
    }

    [Theory]
    [InlineData("nothing", "InvalidRequest")]
    [InlineData("", "InvalidRequest")]
    public async Task A_trailing_checksum_that_is_not_one_is_refused(string value, string code)
    {
        var request = Request(UnsignedTrailer, new byte[100], trailerValue: value);
        await request.AuthenticateAsync(Server, TestRequest.S3);
        Assert.Equal(code, (await Assert.ThrowsAsync<AwsException>(request.ReadBodyAsync)).Code);
    }

    [Fact]
    public async Task Open_mode_decodes_chunks_without_checking_signatures_but_checks_checksums()
    {
        var server = TestRequest.Authenticator(mode: AuthMode.Open);
        var data = Encoding.ASCII.GetBytes("hello");
        var request = Request(SignedTrailer, data, keyId: "anyone");
        await request.AuthenticateAsync(server, TestRequest.S3);
        Assert.Equal(data, await request.ReadBodyAsync());
        request = Request(SignedTrailer, data, keyId: "anyone", trailerValue: "AAAAAA==");
        await request.AuthenticateAsync(server, TestRequest.S3);
        Assert.Equal("BadDigest", (await Assert.ThrowsAsync<AwsException>(request.ReadBodyAsync)).Code);
    }

    private static TestRequest Request(
        string form, byte[] data, int chunkBytes = 8192, string? decodedLength = null, string? trailerValue = null, string keyId = "test")
    {
        var request = new TestRequest("PUT", "/bucket/key");
        request.Headers.ContentEncoding = "aws-chunked,gzip";
        if ((decodedLength ?? $"{data.Length}") is { Length: > 0 } length)
        {
            request.Headers["x-amz-decoded-content-length"] = length;
        }

        (string, string)? trailer = null;
        if (form != Signed)
        {
            request.Headers["x-amz-trailer"] = "x-amz-checksum-crc32";
            trailer = ("x-amz-checksum-crc32", trailerValue ?? Checksum.ComputeBase64(ChecksumAlgorithm.Crc32, data));
        }

        var signer = new TestSigner(keyId);
        var seed = signer.SignHeader(request, form);
        request.SetBody(signer.Chunk(data, chunkBytes, form == UnsignedTrailer ? null : seed, trailer));
        return request;
    }
}
