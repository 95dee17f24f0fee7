using System.Text.Json;
using System.Text.RegularExpressions;

namespace Tarn.Sql.Tests.Corpora;

/// <summary>Lines of the engine corpus. Its expectations hold bare NaN and Infinity, which JSON has not: they are read as strings.</summary>
internal static partial class EngineCase
{
    public static JsonElement Json(string line)
    {
        try
        {
            return JsonDocument.Parse(line).RootElement;
        }
        catch (JsonException)
        {
            return JsonDocument.Parse(BareNumber().Replace(line, "\"$1\"")).RootElement;
        }
    }

    [GeneratedRegex(@"(?<=[:\[,] ?)(-?Infinity|NaN)(?=[,\]}])")]
    private static partial Regex BareNumber();
}
