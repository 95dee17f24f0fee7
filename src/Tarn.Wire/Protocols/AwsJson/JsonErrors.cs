using System.Text.Json;
using Tarn.Contracts;

namespace Tarn.Wire.Protocols.AwsJson;

/// <summary>The members of an error in JSON, but for the one that names it.</summary>
internal static class JsonErrors
{
    /// <summary>Members first, the message last, which is left out when there is none.</summary>
    public static void WriteMembers(Utf8JsonWriter json, AwsException error, string messageName)
    {
        foreach (var member in error.Members ?? [])
        {
            json.WriteString(member.Key, member.Value);
        }

        if (error.Message.Length > 0)
        {
            json.WriteString(messageName, error.Message);
        }
    }
}
