using System.Net;

namespace Tarn.Clients.Kinesis;

/// <summary>A call that did not succeed: refused by the service, or lost on the way. All failures of <see cref="KinesisClient"/> but a cancelled token are this.</summary>
public sealed class KinesisException : Exception
{
    /// <summary>The code when no answer came within its time.</summary>
    public const string TimeoutCode = "RequestTimeout";

    /// <summary>The code when the connection could not be made or broke.</summary>
    public const string ConnectionCode = "ConnectionFailure";

    /// <summary>The code when an answer is not what the service would write.</summary>
    public const string UnreadableCode = "UnreadableResponse";

    /// <summary>The code when there is no key to sign with, or its provider failed.</summary>
    public const string CredentialsCode = "CredentialsFailure";

    internal KinesisException(string code, string message, HttpStatusCode? status, string? requestId, Exception? inner)
        : base(message, inner)
    {
        Code = code;
        Status = status;
        RequestId = requestId;
    }

    /// <summary>AWS's error code as it is on the wire (`ProvisionedThroughputExceededException`), or one of the constants here.</summary>
    public string Code { get; }

    /// <summary>The answer's status; null when there was none, or when it is an event of a subscription.</summary>
    public HttpStatusCode? Status { get; }

    /// <summary>The service's name of the request; null when no answer came.</summary>
    public string? RequestId { get; }

    /// <summary>The service asks for fewer calls or records.</summary>
    public bool IsThrottling => IsThrottlingCode(Code);

    /// <summary>
    /// The same call may succeed later. It may also have been done already when <see cref="Code"/> says that no answer came, so a put that is repeated can leave a record twice.
    /// </summary>
    public bool MayBeRetried => IsThrottling || Code is TimeoutCode or ConnectionCode or UnreadableCode || Status is >= HttpStatusCode.InternalServerError
        || Code is "InternalFailureException" or "InternalFailure" or "ServiceUnavailable" or "RequestTimeoutException";

    /// <summary>The same of a code alone, which is all that a record of PutRecords has.</summary>
    public static bool IsThrottlingCode(string code) => code is "ProvisionedThroughputExceededException" or "LimitExceededException" or "ThrottlingException"
        or "Throttling" or "TooManyRequestsException" or "RequestLimitExceeded" or "KMSThrottlingException";
}
