namespace Tarn.Wire.Dispatch;

/// <summary>How the bodies of one request and its answer are written, in the protocols that name the operation outside of the body.</summary>
public enum BodyEncoding
{
    /// <summary><c>application/x-amz-json-1.0</c> or <c>1.1</c>.</summary>
    Json,

    /// <summary><c>application/x-amz-cbor-1.1</c>: blobs are byte strings, timestamps tag 1 and whole milliseconds.</summary>
    AwsCbor,

    /// <summary><c>rpc-v2-cbor</c>: the same, but timestamps are tag 1 and seconds with a fraction.</summary>
    SmithyCbor,
}
