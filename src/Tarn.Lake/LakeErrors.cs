using System.Globalization;
using Tarn.Contracts;

namespace Tarn.Lake;

/// <summary>Each error that the lake answers with: S3's code, status, words and members.</summary>
internal static class LakeErrors
{
    public static AwsException NoSuchBucket(string bucket) => Error("NoSuchBucket", "The specified bucket does not exist", 404, ("BucketName", bucket));

    public static AwsException NoSuchKey(string key) => Error("NoSuchKey", "The specified key does not exist.", 404, ("Key", key));

    public static AwsException NoSuchUpload(string uploadId) => Error(
        "NoSuchUpload",
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
        404,
        ("UploadId", uploadId));

    public static AwsException NoSuchTagSet(string bucket) => Error("NoSuchTagSet", "The TagSet does not exist", 404, ("BucketName", bucket));

    public static AwsException NoSuchConfiguration(string code, string message, string bucket) => Error(code, message, 404, ("BucketName", bucket));

    public static AwsException BucketAlreadyExists(string bucket) => Error(
        "BucketAlreadyExists",
        "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.",
        409,
        ("BucketName", bucket));

    public static AwsException BucketAlreadyOwnedByYou(string bucket) => Error(
        "BucketAlreadyOwnedByYou", "Your previous request to create the named bucket succeeded and you already own it.", 409, ("BucketName", bucket));

    public static AwsException BucketNotEmpty(string bucket) => Error("BucketNotEmpty", "The bucket you tried to delete is not empty", 409, ("BucketName", bucket));

    public static AwsException InvalidBucketName(string bucket) => Error("InvalidBucketName", "The specified bucket is not valid.", 400, ("BucketName", bucket));

    public static AwsException TooManyBuckets() => Error("TooManyBuckets", "You have attempted to create more buckets than allowed", 400);

    public static AwsException InvalidLocationConstraint(string constraint) => Error(
        "InvalidLocationConstraint", "The specified location-constraint is not valid", 400, ("LocationConstraint", constraint));

    /// <param name="constraint">What was asked for; null for nothing at all.</param>
    public static AwsException IllegalLocationConstraint(string? constraint) => Error(
        "IllegalLocationConstraintException",
        $"The {constraint ?? "unspecified"} location constraint is incompatible for the region specific endpoint this request was sent to.",
        400);

    public static AwsException AccessDenied() => Error("AccessDenied", "Access Denied", 403);

    public static AwsException MountIsReadOnly(string bucket) => Error("AccessDenied", $"Access Denied: the bucket '{bucket}' is a folder that is mounted read-only", 403);

    public static AwsException LinkInTheWay() => Error(
        "AccessDenied", "Access Denied: a symbolic link, or a file that is not an object, stands where a folder of the key must be", 403);

    public static AwsException KeyTooLong(int bytes, int bytesMax) => Error("KeyTooLongError", "Your key is too long", 400, ("Size", Text(bytes)), ("MaxSizeAllowed", Text(bytesMax)));

    public static AwsException EntityTooLarge(long proposed, long bytesMax) => Error(
        "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", 400, ("ProposedSize", Text(proposed)), ("MaxSizeAllowed", Text(bytesMax)));

    public static AwsException EntityTooSmall(int part, string etag, long proposed, long bytesMin) => Error(
        "EntityTooSmall",
        "Your proposed upload is smaller than the minimum allowed size",
        400,
        ("ProposedSize", Text(proposed)),
        ("MinSizeAllowed", Text(bytesMin)),
        ("PartNumber", Text(part)),
        ("ETag", etag.Trim('"')));

    public static AwsException InvalidPart(string uploadId, int part, string? etag) => Error(
        "InvalidPart",
        "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
        400,
        ("UploadId", uploadId),
        ("PartNumber", Text(part)),
        ("ETag", etag?.Trim('"') ?? ""));

    public static AwsException InvalidPartOrder(string uploadId) => Error(
        "InvalidPartOrder", "The list of parts was not in ascending order. Parts must be ordered by part number.", 400, ("UploadId", uploadId));

    public static AwsException InvalidPartNumber(int requested, int actual) => Error(
        "InvalidPartNumber", "The requested partnumber is not satisfiable", 416, ("PartNumberRequested", Text(requested)), ("ActualPartCount", Text(actual)));

    public static AwsException InvalidRange(string requested, long size) => Error(
        "InvalidRange", "The requested range is not satisfiable", 416, ("RangeRequested", requested), ("ActualObjectSize", Text(size)));

    public static AwsException InvalidDigest(string value) => Error("InvalidDigest", "The Content-MD5 you specified was invalid.", 400, ("Content-MD5", value));

    public static AwsException BadMd5(string expected, string calculated) => Error(
        "BadDigest", "The Content-MD5 you specified did not match what we received.", 400, ("ExpectedDigest", expected), ("CalculatedDigest", calculated));

    public static AwsException BadChecksum(string algorithm) => Error("BadDigest", $"The {algorithm} you specified did not match the calculated checksum.", 400);

    public static AwsException InvalidChecksumHeader(string header) => InvalidRequest($"Value for {header} header is invalid.");

    public static AwsException InvalidRequest(string message) => Error("InvalidRequest", message, 400);

    public static AwsException InvalidArgument(string message, string name, string value) => Error(
        "InvalidArgument", message, 400, ("ArgumentName", name), ("ArgumentValue", value));

    public static AwsException MalformedXml() => Error(
        "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema", 400);

    public static AwsException MetadataTooLarge(int bytes, int bytesMax) => Error(
        "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size", 400, ("Size", Text(bytes)), ("MaxSizeAllowed", Text(bytesMax)));

    public static AwsException InvalidTag(string message) => Error("InvalidTag", message, 400);

    public static AwsException TooManyTags(int countMax) => Error("BadRequest", $"Object tags cannot be greater than {countMax}", 400);

    public static AwsException InvalidStorageClass(string value) => Error("InvalidStorageClass", "The storage class you specified is not valid", 400, ("StorageClassRequested", value));

    public static AwsException PreconditionFailed(string condition) => Error(
        "PreconditionFailed", "At least one of the pre-conditions you specified did not hold", 412, ("Condition", condition));

    /// <summary>Not an error to the client but an answer without a body; it carries the validators.</summary>
    public static AwsException NotModified(string etag, DateTimeOffset lastModified) => new("NotModified", "Not Modified", 304)
    {
        Headers = [new("ETag", etag), new("Last-Modified", lastModified.ToString("R", CultureInfo.InvariantCulture))],
    };

    public static AwsException NotImplementedHeader(string header) => Error(
        "NotImplemented", "A header you provided implies functionality that is not implemented", 501, ("Header", header));

    /// <summary>A setting that would have to be enforced and is not (docs/adr/0023).</summary>
    public static AwsException NotImplementedSetting(string what) => Error(
        "NotImplemented", $"Tarn does not enforce {what}, so it does not accept the setting.", 501);

    public static AwsException InvalidVersion(string versionId) =>
        InvalidArgument(versionId.Length == 0 ? "Version id cannot be the empty string" : "Invalid version id specified", "versionId", versionId);

    public static AwsException InvalidHeaderValue(string parameter, string value) =>
        InvalidArgument("Header value cannot be represented using ISO-8859-1.", parameter, value);

    public static AwsException InvalidExpectedOwner(string owner) => Error(
        "InvalidBucketOwnerAWSAccountID", $"The value of the expected bucket owner parameter must be an AWS Account ID... [{owner}]", 400);

    public static AwsException InvalidRedirectLocation() => Error(
        "InvalidRedirectLocation", "The website redirect location must have a prefix of 'http://' or 'https://' or '/'.", 400);

    public static AwsException IllegalSelfCopy() => InvalidRequest(
        "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.");

    public static AwsException CopySourceTooLarge(long bytesMax) => InvalidRequest(
        $"The specified copy source is larger than the maximum allowable size for a copy source: {Text(bytesMax)}");

    private static AwsException Error(string code, string message, int status, params ReadOnlySpan<(string Name, string Value)> members)
    {
        if (members.IsEmpty)
        {
            return new AwsException(code, message, status);
        }

        var list = new KeyValuePair<string, string>[members.Length];
        for (var index = 0; index < members.Length; index++)
        {
            list[index] = new(members[index].Name, members[index].Value);
        }

        return new AwsException(code, message, status) { Members = list };
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
