namespace Tarn.Wire.Protocols.Rest;

/// <summary>
/// The root elements of S3's answers. The botocore model leaves them out, because its parser ignores the root; other clients do not.
/// From the S3 API reference's response syntax.
/// </summary>
internal static class S3RootNames
{
    private static readonly Dictionary<string, string> ByShape = new()
    {
        ["CompleteMultipartUploadOutput"] = "CompleteMultipartUploadResult",
        ["CreateMultipartUploadOutput"] = "InitiateMultipartUploadResult",
        ["CreateSessionOutput"] = "CreateSessionResult",
        ["DeleteObjectsOutput"] = "DeleteResult",
        ["GetBucketAccelerateConfigurationOutput"] = "AccelerateConfiguration",
        ["GetBucketAclOutput"] = "AccessControlPolicy",
        ["GetBucketCorsOutput"] = "CORSConfiguration",
        ["GetBucketLifecycleConfigurationOutput"] = "LifecycleConfiguration",
        ["GetBucketLifecycleOutput"] = "LifecycleConfiguration",
        ["GetBucketLocationOutput"] = "LocationConstraint",
        ["GetBucketLoggingOutput"] = "BucketLoggingStatus",
        ["GetBucketRequestPaymentOutput"] = "RequestPaymentConfiguration",
        ["GetBucketTaggingOutput"] = "Tagging",
        ["GetBucketVersioningOutput"] = "VersioningConfiguration",
        ["GetBucketWebsiteOutput"] = "WebsiteConfiguration",
        ["GetObjectAclOutput"] = "AccessControlPolicy",
        ["GetObjectAttributesOutput"] = "GetObjectAttributesResponse",
        ["GetObjectTaggingOutput"] = "Tagging",
        ["ListBucketAnalyticsConfigurationsOutput"] = "ListBucketAnalyticsConfigurationResult",
        ["ListBucketIntelligentTieringConfigurationsOutput"] = "ListBucketIntelligentTieringConfigurationsOutput",
        ["ListBucketInventoryConfigurationsOutput"] = "ListInventoryConfigurationsResult",
        ["ListBucketMetricsConfigurationsOutput"] = "ListMetricsConfigurationsResult",
        ["ListBucketsOutput"] = "ListAllMyBucketsResult",
        ["ListDirectoryBucketsOutput"] = "ListAllMyDirectoryBucketsResult",
        ["ListMultipartUploadsOutput"] = "ListMultipartUploadsResult",
        ["ListObjectVersionsOutput"] = "ListVersionsResult",
        ["ListObjectsOutput"] = "ListBucketResult",
        ["ListObjectsV2Output"] = "ListBucketResult",
        ["ListPartsOutput"] = "ListPartsResult",
        ["NotificationConfiguration"] = "NotificationConfiguration",
    };

    public static string Of(string outputShape) => ByShape.GetValueOrDefault(outputShape, outputShape);
}
