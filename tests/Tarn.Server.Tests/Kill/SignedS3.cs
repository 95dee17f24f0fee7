using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Tarn.Server.Tests.Kill;

/// <summary>The operations of a multipart upload, as a client without an SDK sends them: signed in version 2, with the default key.</summary>
internal sealed partial class SignedS3(Uri endpoint) : IDisposable
{
    private readonly HttpClient http = new() { BaseAddress = endpoint };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => http.Dispose();

    public async Task<string> CreateUploadAsync(string bucket, string key) =>
        UploadId().Match(await SendAsync(HttpMethod.Post, $"/{bucket}/{key}?uploads", "")).Groups[1].Value;

    /// <returns>The ETag of the part.</returns>
    public async Task<string> UploadPartAsync(string bucket, string key, string uploadId, int number, byte[] body)
    {
        using var response = await AnswerAsync(HttpMethod.Put, $"/{bucket}/{key}?partNumber={number}&uploadId={uploadId}", new ByteArrayContent(body));
        return response.Headers.ETag!.Tag;
    }

    /// <summary>Part numbers and ETags of an upload that must be there.</summary>
    public async Task<IReadOnlyList<(int Number, string ETag)>> ListPartsAsync(string bucket, string key, string uploadId) =>
        [.. ListedPart().Matches(await SendAsync(HttpMethod.Get, $"/{bucket}/{key}?uploadId={uploadId}", body: null))
            .Select(match => (int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), WebUtility.HtmlDecode(match.Groups[2].Value)))];

    public async Task CompleteAsync(string bucket, string key, string uploadId, IEnumerable<(int Number, string ETag)> parts)
    {
        var document = new StringBuilder("<CompleteMultipartUpload>");
        foreach (var (number, etag) in parts)
        {
            document.Append(CultureInfo.InvariantCulture, $"<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>");
        }

        await SendAsync(HttpMethod.Post, $"/{bucket}/{key}?uploadId={uploadId}", document.Append("</CompleteMultipartUpload>").ToString());
    }

    public async Task<IReadOnlyList<(string Key, string UploadId)>> ListUploadsAsync(string bucket) =>
        [.. ListedUpload().Matches(await SendAsync(HttpMethod.Get, $"/{bucket}?uploads", body: null)).Select(match => (match.Groups[1].Value, match.Groups[2].Value))];

    public async Task AbortAsync(string bucket, string key, string uploadId) => await SendAsync(HttpMethod.Delete, $"/{bucket}/{key}?uploadId={uploadId}", body: null);

    private async Task<string> SendAsync(HttpMethod method, string target, string? body)
    {
        using var response = await AnswerAsync(method, target, body is null ? null : new ByteArrayContent(Encoding.UTF8.GetBytes(body)));
        return await response.Content.ReadAsStringAsync(Token);
    }

    private async Task<HttpResponseMessage> AnswerAsync(HttpMethod method, string target, HttpContent? content)
    {
        using var request = new HttpRequestMessage(method, target) { Content = content };
        var date = DateTimeOffset.UtcNow;
        request.Headers.Date = date;
        var toSign = $"{method.Method}\n\n\n{date.ToString("r", CultureInfo.InvariantCulture)}\n{target}";
        request.Headers.TryAddWithoutValidation("Authorization", "AWS test:" + Convert.ToBase64String(HMACSHA1.HashData("test"u8, Encoding.UTF8.GetBytes(toSign))));
        var response = await http.SendAsync(request, Token);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw new InvalidOperationException($"{method} {target}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(Token)}");
        }
    }

    [GeneratedRegex("<UploadId>(.*?)</UploadId>")]
    private static partial Regex UploadId();

    [GeneratedRegex("<Upload><Key>(.*?)</Key><UploadId>(.*?)</UploadId>")]
    private static partial Regex ListedUpload();

    [GeneratedRegex("<PartNumber>(\\d+)</PartNumber>.*?<ETag>(.*?)</ETag>", RegexOptions.Singleline)]
    private static partial Regex ListedPart();
}
