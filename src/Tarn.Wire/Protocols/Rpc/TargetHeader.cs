using Microsoft.AspNetCore.Http;

namespace Tarn.Wire.Protocols.Rpc;

/// <summary><c>X-Amz-Target: Kinesis_20131202.PutRecords</c>.</summary>
internal static class TargetHeader
{
    /// <summary>Null where there is no such header.</summary>
    public static string? Operation(HttpRequest request)
    {
        var target = request.Headers["X-Amz-Target"].ToString();
        return target.Length == 0 ? null : target[(target.LastIndexOf('.') + 1)..];
    }
}
