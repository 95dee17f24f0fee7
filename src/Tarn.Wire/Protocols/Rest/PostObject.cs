using System.Globalization;
using System.Xml;
using Microsoft.AspNetCore.Http;
using Tarn.Wire.Edge;
using Tarn.Wire.Protocols.RestXml;
using Tarn.Wire.Signing;

namespace Tarn.Wire.Protocols.Rest;

/// <summary>
/// POST Object, which is in no model: a browser's form becomes a PutObject whose headers were fields and whose body is the file, and its answer
/// becomes the one that the form asks for (docs/adr/0024).
/// </summary>
internal static class PostObject
{
    /// <summary>What a PutObject would read and the form's own request must not say.</summary>
    private static readonly string[] HeaderPrefixesOfRequest = ["x-amz-", "content-", "cache-control", "expires", "if-"];

    /// <summary>Fields that are headers of PutObject under the same name.</summary>
    private static readonly string[] HeaderFields = ["Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-MD5", "Content-Type", "Expires"];

    /// <summary>Fields of the signature: the policy's, not the object's.</summary>
    private static readonly string[] SignatureFields = ["x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature", "x-amz-security-token"];

    /// <summary>Reads the form and makes the request the PutObject that it stands for. Nobody is verified yet: the policy is the authenticator's.</summary>
    /// <returns>The key.</returns>
    public static async ValueTask<string> PrepareAsync(HttpContext http, string bucket, CancellationToken cancellationToken)
    {
        var (form, file) = await PostFormReader.ReadAsync(http.Request, bucket, cancellationToken);
        var key = form.Required("key");
        if (key.Length == 0)
        {
            throw PostFormErrors.InvalidField("key", "", "User key must have a length greater than 0.");
        }

        SetHeaders(http.Request, form);
        http.Request.Body = new PostFileStream(file, form, http.RequestAborted);
        http.Features.Set(form);
        return key;
    }

    /// <summary>Turns the answer of the PutObject into that of the form.</summary>
    public static void Answer(WireExchange exchange, PostForm form)
    {
        var response = exchange.Http.Response;
        var key = form.Required("key");
        var etag = response.Headers.ETag.ToString();
        var redirect = form["success_action_redirect"] ?? form["redirect"];
        if (Uri.TryCreate(redirect, UriKind.Absolute, out var target) && target.Scheme is "http" or "https")
        {
            var mark = target.Query.Length == 0 ? "?" : "&";
            response.Headers.Location = $"{redirect}{mark}bucket={Uri.EscapeDataString(form.Bucket)}&key={Uri.EscapeDataString(key)}&etag={Uri.EscapeDataString(etag)}";
            exchange.Status = StatusCodes.Status303SeeOther;
            return;
        }

        var request = exchange.Http.Request;
        var isHostStyle = exchange.Http.Features.Get<S3RequestForm>()?.HostBucket is not null;
        var location = $"{request.Scheme}://{request.Host}{(isHostStyle ? "" : "/" + form.Bucket)}/{Uri.EscapeDataString(key).Replace("%2F", "/", StringComparison.Ordinal)}";
        response.Headers.Location = location;
        exchange.Status = form["success_action_status"] switch
        {
            "200" => StatusCodes.Status200OK,
            "201" => StatusCodes.Status201Created,
            _ => StatusCodes.Status204NoContent,
        };
        if (exchange.Status == StatusCodes.Status201Created)
        {
            var buffer = exchange.Response;
            buffer.Raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<PostResponse>"u8);
            buffer.Element("Location", location);
            buffer.Element("Bucket", form.Bucket);
            buffer.Element("Key", key);
            buffer.Element("ETag", etag);
            buffer.EndTag("PostResponse");
            exchange.ResponseContentType = "application/xml";
        }
    }

    private static void SetHeaders(HttpRequest request, PostForm form)
    {
        foreach (var name in request.Headers.Keys.Where(name => HeaderPrefixesOfRequest.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))).ToList())
        {
            request.Headers.Remove(name);
        }

        foreach (var (name, value) in form.Fields)
        {
            var header = HeaderFields.FirstOrDefault(field => field.Equals(name, StringComparison.OrdinalIgnoreCase))
                ?? (name.Equals("acl", StringComparison.OrdinalIgnoreCase) ? "x-amz-acl"
                    : name.Equals("tagging", StringComparison.OrdinalIgnoreCase) ? "x-amz-tagging"
                    : name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase) && !SignatureFields.Contains(name, StringComparer.OrdinalIgnoreCase) ? name : null);
            if (header is not null)
            {
                // User metadata may hold anything, since it comes back encoded; other headers come back as they are.
                if (value.Any(char.IsControl) && header != "x-amz-tagging" && !header.StartsWith(S3Protocol.UserMetadataPrefix, StringComparison.OrdinalIgnoreCase))
                {
                    throw PostFormErrors.InvalidField(name, value, "The field holds control characters.");
                }

                request.Headers[header] = header == "x-amz-tagging" ? TaggingHeader(value) : value;
            }
        }
    }

    /// <summary>Tags are a document in a form and a query string in a header.</summary>
    private static string TaggingHeader(string xml)
    {
        try
        {
            var root = WireNode.FromXml(System.Text.Encoding.UTF8.GetBytes(xml));
            var tags = root.Children.Where(child => child.Name == "TagSet").SelectMany(set => set.Children.Where(child => child.Name == "Tag"));
            return root.Name == "Tagging"
                ? string.Join('&', tags.Select(tag => $"{Uri.EscapeDataString(TextOf(tag, "Key"))}={Uri.EscapeDataString(TextOf(tag, "Value"))}"))
                : throw S3InputErrors.MalformedXml();
        }
        catch (XmlException)
        {
            throw S3InputErrors.MalformedXml();
        }
    }

    private static string TextOf(WireNode tag, string name) => tag.Children.FirstOrDefault(child => child.Name == name)?.Text ?? throw S3InputErrors.MalformedXml();
}
