using System.Text;
using Microsoft.AspNetCore.Http;
using Tarn.Api.S3;
using Tarn.Contracts;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Protocols.Rest;
using Tarn.Wire.Tests.Support;

namespace Tarn.Wire.Tests.Edge;

/// <summary>S3 through the front door: which operation a request is, how keys and bodies arrive, what answers and errors look like.</summary>
public sealed class S3Tests
{
    private static readonly RestRouter Router = new(S3Model.Service);

    [Theory]
    [InlineData("GET /", "ListBuckets")]
    [InlineData("PUT /b", "CreateBucket")]
    [InlineData("PUT /b/", "CreateBucket")]
    [InlineData("HEAD /b/", "HeadBucket")]
    [InlineData("DELETE /b", "DeleteBucket")]
    [InlineData("GET /b", "ListObjects")]
    [InlineData("GET /b?prefix=a&delimiter=/", "ListObjects")]
    [InlineData("GET /b?list-type=2&prefix=a", "ListObjectsV2")]
    [InlineData("GET /b?location", "GetBucketLocation")]
    [InlineData("GET /b?location=", "GetBucketLocation")]
    [InlineData("GET /b?tagging", "GetBucketTagging")]
    [InlineData("GET /b?uploads", "ListMultipartUploads")]
    [InlineData("GET /b?versions", "ListObjectVersions")]
    [InlineData("GET /b?inventory", "ListBucketInventoryConfigurations")]
    [InlineData("GET /b?inventory&id=1", "GetBucketInventoryConfiguration")]
    [InlineData("GET /b?lifecycle", "GetBucketLifecycleConfiguration")]
    [InlineData("PUT /b?lifecycle", "PutBucketLifecycleConfiguration")]
    [InlineData("GET /b?notification", "GetBucketNotificationConfiguration")]
    [InlineData("PUT /b?notification", "PutBucketNotificationConfiguration")]
    [InlineData("POST /b?delete", "DeleteObjects")]
    [InlineData("PUT /b/k", "PutObject")]
    [InlineData("PUT /b/k?x-id=PutObject", "PutObject")]
    [InlineData("PUT /b/k [x-amz-copy-source=/a/b]", "CopyObject")]
    [InlineData("PUT /b/k?partNumber=1&uploadId=u", "UploadPart")]
    [InlineData("PUT /b/k?partNumber=1&uploadId=u [x-amz-copy-source=/a/b]", "UploadPartCopy")]
    [InlineData("PUT /b/k?tagging", "PutObjectTagging")]
    [InlineData("GET /b/k?uploadId=u", "ListParts")]
    [InlineData("GET /b/k?partNumber=2", "GetObject")]
    [InlineData("GET /b/k?versionId=1", "GetObject")]
    [InlineData("GET /b/k?attributes [x-amz-object-attributes=ETag]", "GetObjectAttributes")]
    [InlineData("GET /b//", "GetObject")]
    [InlineData("HEAD /b/k/", "HeadObject")]
    [InlineData("DELETE /b/k", "DeleteObject")]
    [InlineData("DELETE /b/k?uploadId=u", "AbortMultipartUpload")]
    [InlineData("POST /b/k?uploads", "CreateMultipartUpload")]
    [InlineData("POST /b/k?uploadId=u", "CompleteMultipartUpload")]
    [InlineData("POST /b/k?select&select-type=2", "SelectObjectContent")]
    public void The_method_path_query_and_headers_tell_the_operation(string request, string operation)
    {
        var parts = request.Split(' ');
        var target = parts[1].Split('?');
        var http = new DefaultHttpContext();
        http.Request.Method = parts[0];
        http.Request.QueryString = new QueryString(target.Length > 1 ? "?" + target[1] : "");
        if (parts.Length > 2)
        {
            var header = parts[2].Trim('[', ']').Split('=');
            http.Request.Headers[header[0]] = header[1];
        }

        Assert.Equal(operation, Router.Find(http.Request, target[0])?.Operation.Name);
    }

    [Theory]
    [InlineData("/b/a%20b%2Fc+d", "a b/c+d")]
    [InlineData("/b//leading", "/leading")]
    [InlineData("/b/a/../b", "a/../b")]
    [InlineData("/b/..", "..")]
    [InlineData("/b/trailing/", "trailing/")]
    [InlineData("/b/%E6%97%A5%E6%9C%AC", "日本")]
    public void A_key_is_what_stands_after_the_bucket_decoded_once(string path, string key)
    {
        var http = new DefaultHttpContext();
        http.Request.Method = "GET";

        Assert.Equal(key, Router.Find(http.Request, path)!.Labels["Key"]);
    }

    [Fact]
    public void A_key_that_is_not_UTF8_is_an_InvalidURI()
    {
        var http = new DefaultHttpContext();
        http.Request.Method = "GET";

        Assert.Equal("InvalidURI", Assert.Throws<AwsException>(() => Router.Find(http.Request, "/b/%C3%28")).Code);
    }

    [Theory]
    [InlineData("127.0.0.1:4566", null)]
    [InlineData("[::1]:4566", null)]
    [InlineData("localhost:4566", null)]
    [InlineData("s3.localhost:4566", null)]
    [InlineData("s3.eu-west-1.localhost", null)]
    [InlineData("my-bucket.localhost:4566", "my-bucket")]
    [InlineData("my.bucket.s3.localhost", "my.bucket")]
    [InlineData("my.bucket.s3.us-gov-west-1.localhost", "my.bucket")]
    [InlineData("s3.amazonaws.com", null)]
    [InlineData("s3.us-east-1.amazonaws.com", null)]
    [InlineData("b.s3.amazonaws.com", "b")]
    [InlineData("b.s3.us-east-1.amazonaws.com", "b")]
    [InlineData("a.b.s3-us-west-2.amazonaws.com", "a.b")]
    [InlineData("example.com", null)]
    public void The_host_name_may_hold_the_bucket(string host, string? bucket) =>
        Assert.Equal(bucket, BucketAddress.FromHost(new HostString(host), ["localhost"]));

    [Fact]
    public async Task Objects_stream_through_with_their_headers()
    {
        var stored = Array.Empty<byte>();
        PutObjectRequest? seen = null;
        await using var host = await EdgeHost.StartAsync(new OperationTable(S3Model.Service)
            .On(S3Model.PutObject, async (request, _, cancellationToken) =>
            {
                using var copy = new MemoryStream();
                await request.Body!.CopyToAsync(copy, cancellationToken);
                stored = copy.ToArray();
                seen = request;
                return new PutObjectOutput { ETag = "\"e\"" };
            })
            .On(S3Model.GetObject, (_, context, _) =>
            {
                context.Http.Response.StatusCode = 206;
                return ValueTask.FromResult(new GetObjectOutput
                {
                    Body = new MemoryStream(stored),
                    ContentLength = stored.Length,
                    ContentType = "text/x",
                    LastModified = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000),
                    Metadata = new Dictionary<string, string> { ["k"] = "v" },
                });
            }));
        using var put = new HttpRequestMessage(HttpMethod.Put, "/b/a%2Fb") { Content = new StringContent("hello") };
        put.Headers.Add("x-amz-meta-Owner", "me");
        put.Headers.Add("x-amz-tagging", "a=1&b=2");

        var putAnswer = await host.SendAsync(put);
        var getAnswer = await host.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/b/a%2Fb"));

        Assert.Equal((200, "", "\"e\""), (putAnswer.Status, putAnswer.Body, putAnswer.Headers["ETag"]));
        Assert.Equal(("b", "a/b", "a=1&b=2", "me"), (seen!.Bucket, seen.Key, seen.Tagging, seen.Metadata!["owner"]));
        Assert.Equal((206, "hello", "text/x"), (getAnswer.Status, getAnswer.Body, getAnswer.Headers["Content-Type"]));
        Assert.Equal(("5", "v", "Tue, 14 Nov 2023 22:13:20 GMT"), (getAnswer.Headers["Content-Length"], getAnswer.Headers["x-amz-meta-k"], getAnswer.Headers["Last-Modified"]));
        Assert.True(getAnswer.Headers.ContainsKey("x-amz-request-id"));
        Assert.True(getAnswer.Headers.ContainsKey("x-amz-id-2"));
    }

    [Fact]
    public async Task Lists_are_XML_with_the_names_that_clients_know()
    {
        await using var host = await EdgeHost.StartAsync(new OperationTable(S3Model.Service)
            .On(S3Model.ListObjectsV2, (request, _, _) => ValueTask.FromResult(new ListObjectsV2Output
            {
                Name = request.Bucket,
                MaxKeys = request.MaxKeys,
                IsTruncated = false,
                Contents = [new Api.S3.Object { Key = "a&<b>", Size = 3, LastModified = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123) }, new Api.S3.Object { Key = "c\u0001" }],
                CommonPrefixes = [new CommonPrefix { Prefix = "p/" }],
            }))
            .On(S3Model.GetBucketLocation, (_, _, _) => ValueTask.FromResult(new GetBucketLocationOutput { LocationConstraint = "eu-west-1" })));

        var list = await host.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/b?list-type=2&max-keys=7"));
        var location = await host.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/b?location"));

        Assert.Equal("application/xml", list.Headers["Content-Type"]);
        Assert.Equal(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>b</Name><MaxKeys>7</MaxKeys><IsTruncated>false</IsTruncated>"
            + "<Contents><Key>a&amp;&lt;b&gt;</Key><LastModified>2023-11-14T22:13:20.123Z</LastModified><Size>3</Size></Contents>"
            + "<Contents><Key>c&#x1;</Key></Contents><CommonPrefixes><Prefix>p/</Prefix></CommonPrefixes></ListBucketResult>",
            list.Body);
        Assert.Equal(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<LocationConstraint xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">eu-west-1</LocationConstraint>",
            location.Body);
    }

    [Fact]
    public async Task XML_bodies_are_read_with_and_without_a_namespace()
    {
        Tagging? seen = null;
        await using var host = await EdgeHost.StartAsync(new OperationTable(S3Model.Service).On(S3Model.PutBucketTagging, (request, _, _) =>
        {
            seen = request.Tagging;
            return ValueTask.FromResult(new PutBucketTaggingOutput());
        }));

        foreach (var attribute in new[] { "", " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"" })
        {
            seen = null;
            var answer = await PutXml(host, $"<?xml version=\"1.0\"?><Tagging{attribute}>\n<TagSet><Tag><Value> v </Value><Key>k</Key></Tag><Tag><Key>2</Key><Value/></Tag></TagSet></Tagging>");
            Assert.Equal(200, answer.Status);
            Assert.Equal([("k", " v "), ("2", "")], seen!.TagSet!.Select(tag => (tag.Key!, tag.Value!)));
        }
    }

    [Theory]
    [InlineData("<Tagging>", "MalformedXML")]
    [InlineData("no xml", "MalformedXML")]
    [InlineData("<Delete></Delete>", "MalformedXML")]
    [InlineData("<Tagging><TagSet><Tag><Key>k</Key></Tag></TagSet></Tagging>", "MalformedXML")]
    [InlineData("<!DOCTYPE a [<!ENTITY x \"y\">]><Tagging>&x;</Tagging>", "MalformedXML")]
    [InlineData("", "MissingRequestBodyError")]
    public async Task Bodies_that_are_not_what_the_operation_takes_are_refused(string body, string code)
    {
        await using var host = await EdgeHost.StartAsync(new OperationTable(S3Model.Service)
            .On(S3Model.PutBucketTagging, (_, _, _) => ValueTask.FromResult(new PutBucketTaggingOutput())));

        var answer = await PutXml(host, body);

        Assert.Equal(400, answer.Status);
        Assert.Contains($"<Code>{code}</Code>", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Errors_name_the_resource_and_the_request()
    {
        await using var host = await EdgeHost.StartAsync(new OperationTable(S3Model.Service)
            .On(S3Model.GetObject, (_, _, _) => throw new AwsException("NoSuchKey", "The specified key does not exist.", 404) { Members = [new("Key", "k")] })
            .On(S3Model.HeadObject, (_, _, _) => throw new AwsException("NotFound", "Not Found", 404))
            .On(S3Model.ListObjects, (_, _, _) => ValueTask.FromResult(new ListObjectsOutput())));

        var missing = await host.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/b/k"));
        var head = await host.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/b/k"));
        var number = await host.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/b?max-keys=abc"));
        var subresource = await host.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/b/k?delete"));
        var notBuilt = await host.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/b?cors"));

        Assert.StartsWith("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message><Key>k</Key><Resource>/b/k</Resource><RequestId>", missing.Body, StringComparison.Ordinal);
        Assert.Equal((404, ""), (head.Status, head.Body));
        Assert.Contains("<Code>InvalidArgument</Code><Message>Provided max-keys not an integer or within integer range</Message><ArgumentName>max-keys</ArgumentName><ArgumentValue>abc</ArgumentValue>", number.Body, StringComparison.Ordinal);
        Assert.Equal(405, subresource.Status);
        Assert.Equal(501, notBuilt.Status);
        Assert.Contains("GetBucketCors", notBuilt.Body, StringComparison.Ordinal);
    }

    private static Task<Answer> PutXml(EdgeHost host, string body) => host.SendAsync(
        new HttpRequestMessage(HttpMethod.Put, "/b?tagging") { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) });
}
