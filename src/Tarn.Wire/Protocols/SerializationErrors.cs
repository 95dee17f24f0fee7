using Tarn.Contracts;

namespace Tarn.Wire.Protocols;

/// <summary>What is said of a body that cannot be read as the operation's input.</summary>
internal static class SerializationErrors
{
    /// <summary>Not JSON, not UTF-8, nothing at all: AWS answers the code without a message (measured on Athena and Kinesis).</summary>
    public static AwsException Malformed() => new("SerializationException", "");

    public static AwsException ListNotExpected() => Of("Start of list found where not expected");

    public static AwsException StructureNotExpected() => Of("Start of structure or map found where not expected.");

    public static AwsException ExpectedStructure() => Of("Expected null");

    public static AwsException ExpectedList() => Of("Expected list or null");

    public static AwsException ExpectedMap() => Of("Expected map or null");

    /// <param name="found">Such as <c>NUMBER_VALUE</c>.</param>
    /// <param name="wanted">With its article, such as <c>a String</c>.</param>
    public static AwsException CannotConvert(string found, string wanted) => Of($"{found} can not be converted to {wanted}");

    public static AwsException Of(string message) => new("SerializationException", message);
}
