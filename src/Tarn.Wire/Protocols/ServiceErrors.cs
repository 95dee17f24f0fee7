using Tarn.Contracts;

namespace Tarn.Wire.Protocols;

/// <summary>How one service reports what is wrong with a request: the same sentences, under different codes.</summary>
internal sealed record ServiceErrors
{
    /// <summary>Services of which nothing else is known.</summary>
    private static readonly ServiceErrors Usual = new();

    private static readonly Dictionary<string, ServiceErrors> ByService = new()
    {
        // ValidationException with values: github.com/moj-analytical-services/etl_manager issue 90 (CreateTable).
        ["glue"] = new() { MessageName = "Message" },

        // InvalidRequestException with both error codes, values left out: recorded against Athena in 2026.
        ["athena"] = new()
        {
            ValidationCode = "InvalidRequestException",
            ShowsValues = false,
            MessageName = "Message",
            ValidationMembers = [new("AthenaErrorCode", "INVALID_INPUT"), new("ErrorCode", "INVALID_INPUT")],
        },

        // "class java.lang.Boolean can not be converted to an String": the tests of kinesalite, which were run against AWS until 2019.
        ["kinesis"] = new() { NamesJavaClasses = true },

        // ValidationError: github.com/getmoto/moto issue 9218 and many logs (AssumeRole).
        ["sts"] = new() { ValidationCode = "ValidationError" },
    };

    public string ValidationCode { get; private init; } = "ValidationException";

    /// <summary>Whether messages quote the value that was refused.</summary>
    public bool ShowsValues { get; private init; } = true;

    /// <summary>The name of the message member in JSON: services differ in the first letter.</summary>
    public string MessageName { get; private init; } = "message";

    /// <summary>Whether values of the wrong kind in JSON are described by Java's class names, as older services of AWS do.</summary>
    public bool NamesJavaClasses { get; private init; }

    private IReadOnlyList<KeyValuePair<string, string>>? ValidationMembers { get; init; }

    public static ServiceErrors For(string serviceName) => ByService.GetValueOrDefault(serviceName, Usual);

    public AwsException Validation(string message) => new(ValidationCode, message) { Members = ValidationMembers };
}
