using System.Text.Json;
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

    /// <summary>The same in the words of older services: the article is always <c>an</c> but for blobs, and a text that is no boolean is quoted.</summary>
    public static AwsException JavaCannotConvert(JsonTokenType found, string text, string wanted)
    {
        var target = wanted.StartsWith("a ", StringComparison.Ordinal) && wanted != "a Blob" ? "an " + wanted[2..] : wanted;
        return Of((found, wanted) switch
        {
            (JsonTokenType.String, "a Boolean") => $"'{text.ToUpperInvariant()}' can not be converted to {target}",
            (JsonTokenType.String, _) => $"class java.lang.String can not be converted to {target}",
            (JsonTokenType.True or JsonTokenType.False, _) => $"class java.lang.Boolean can not be converted to {target}",
            _ => $"class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to {target}",
        });
    }

    public static AwsException Of(string message) => new("SerializationException", message);
}
