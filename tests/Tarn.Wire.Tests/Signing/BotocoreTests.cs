using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tarn.Contracts;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Hosting;
using Tarn.Wire.Signing;

namespace Tarn.Wire.Tests.Signing;

/// <summary>
/// The real signer of AWS's Python SDK against the authenticator behind a real listener, in cleartext and over TLS (where botocore sends
/// aws-chunked bodies with unsigned trailers). Skipped where python3 has no boto3.
/// </summary>
public sealed class BotocoreTests
{
    private const string Script = """
        import io, sys, warnings
        warnings.filterwarnings("ignore")
        try:
            import boto3, urllib.request, ssl
            from botocore.config import Config
        except ImportError:
            print("no boto3"); sys.exit(77)
        endpoint, token = sys.argv[1], sys.argv[2:]
        def client(name, **more):
            keys = dict(aws_access_key_id="test", aws_secret_access_key="test")
            if token:
                keys = dict(zip(("aws_access_key_id", "aws_secret_access_key", "aws_session_token"), token))
            return boto3.client(name, endpoint_url=endpoint, region_name="eu-west-1", verify=False, **keys,
                config=Config(s3={"addressing_style": "path"}, signature_version=more.pop("signature", None), retries={"max_attempts": 0}, **more))
        s3 = client("s3", signature="s3v4")
        keys = ["plain", "a b", "a+b", "a//b", "a/../b", "./x", "trailing/", "~t-._", "per%cent", "q?x=1&y#z", "=;:@$,!*'()[]", "\u00fc/\u1234/\U0001F600", "%41", "a%2Fb"]
        for key in keys:
            s3.put_object(Bucket="bucket", Key=key, Body=b"hello " * 5000, Metadata={"two": "spaces  here"}, ContentType="text/plain;  charset=utf-8")
            s3.get_object(Bucket="bucket", Key=key)
            for method, operation in (("GET", "get_object"), ("PUT", "put_object")):
                url = s3.generate_presigned_url(operation, Params={"Bucket": "bucket", "Key": key}, ExpiresIn=60)
                request = urllib.request.Request(url, method=method, data=b"presigned" if method == "PUT" else None)
                urllib.request.urlopen(request, context=ssl._create_unverified_context()).read()
        for algorithm in ("CRC32", "SHA1", "SHA256"):
            s3.put_object(Bucket="bucket", Key="k", Body=io.BytesIO(b"x" * 300000), ChecksumAlgorithm=algorithm)
        s3.put_object(Bucket="bucket", Key="empty", Body=b"")
        s3.list_objects_v2(Bucket="bucket", Prefix="a b+c/\u00fc", Delimiter="/", StartAfter="=&")
        client("glue").get_databases(MaxResults=3)
        client("sts").get_caller_identity()
        print("ok")
        """;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_botocore_signs_is_verified(bool tls)
    {
        using var temporary = TemporaryCredentials.ForThisProcess();
        var folder = Directory.CreateTempSubdirectory("tarn-botocore-");
        try
        {
            var refusals = new ConcurrentQueue<string>();
            var contentHashes = new ConcurrentDictionary<string, int>();
            await using var server = await StartAsync(temporary, tls ? Certificate(folder.FullName) : null, refusals, contentHashes);
            var issued = temporary.Issue("123456789012", "arn:aws:sts::123456789012:assumed-role/Reader/me", DateTimeOffset.UtcNow.AddHours(1));
            foreach (var token in new string[][] { [], [issued.AccessKeyId, issued.SecretAccessKey, issued.SessionToken] })
            {
                var (exitCode, output) = await RunPythonAsync([server.Urls.First(), .. token]);
                if (exitCode is 77 or 127)
                {
                    Assert.Skip("python3 with boto3 is not installed");
                }

                Assert.True(refusals.IsEmpty && exitCode == 0, string.Join("\n", refusals.Append(output)));
            }

            if (tls)
            {
                Assert.Contains("STREAMING-UNSIGNED-PAYLOAD-TRAILER", contentHashes.Keys);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<WebApplication> StartAsync(
        TemporaryCredentials temporary, string? certificatePath, ConcurrentQueue<string> refusals, ConcurrentDictionary<string, int> contentHashes)
    {
        var authenticator = new SigV4Authenticator(new SigningOptions(), temporary, loopbackOnly: true, TimeProvider.System);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseTarnListener(new ListenerOptions { Port = 0, CertificatePath = certificatePath });
        var server = builder.Build();
        server.Run(async http =>
        {
            contentHashes.TryAdd(http.Request.Headers["x-amz-content-sha256"].ToString(), 0);
            var service = ServiceOf(http.Request);
            try
            {
                await authenticator.AuthenticateAsync(http, service, body: null, http.RequestAborted);
                await http.Request.Body.CopyToAsync(Stream.Null);
                await http.Response.WriteAsync(service.Name switch
                {
                    "glue" => "{\"DatabaseList\":[]}",
                    "sts" => "<GetCallerIdentityResponse><GetCallerIdentityResult/></GetCallerIdentityResponse>",
                    _ => http.Request.Query.ContainsKey("list-type") ? "<ListBucketResult/>" : "",
                });
            }
            catch (AwsException refusal)
            {
                refusals.Enqueue($"{http.Request.Method} {http.Request.Path}{http.Request.QueryString}: {refusal.Code} {refusal.Message} "
                    + string.Join(", ", refusal.Members ?? []));
                http.Response.StatusCode = refusal.HttpStatus;
            }
        });
        await server.StartAsync();
        return server;
    }

    private static ServiceModel ServiceOf(HttpRequest request) =>
        request.Headers.ContainsKey("X-Amz-Target") ? TestRequest.Glue
        : request.HasFormContentType && request.Path == "/" ? TestRequest.Sts
        : TestRequest.S3;

    private static string Certificate(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var path = Path.Combine(folder, "server.pem");
        File.WriteAllText(path, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());
        return path;
    }

    private static async Task<(int ExitCode, string Output)> RunPythonAsync(string[] arguments)
    {
        var start = new ProcessStartInfo("python3", ["-", .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process? process;
        try
        {
            process = Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (127, "");
        }

        using (process)
        {
            await process!.StandardInput.WriteAsync(Script);
            process.StandardInput.Close();
            var errors = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync() + await errors;
            await process.WaitForExitAsync();
            return (process.ExitCode, output);
        }
    }
}
