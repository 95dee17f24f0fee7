using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Tarn.Wire.Signing;

/// <summary>
/// The policy of a browser's form: what whoever signed it allows, and until when. Every condition must hold, and every field of the form must be named by one. Pure.
/// </summary>
internal static class PostPolicy
{
    private static readonly string[] TimeFormats = ["yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'"];

    /// <summary>Fields that a policy need not name: they cannot be known when it is signed, or are it.</summary>
    private static readonly string[] FreeFields = ["file", "policy", "signature", "x-amz-signature", "AWSAccessKeyId"];

    /// <summary>Checks a form against its policy, and tells the form how long its file may be.</summary>
    /// <param name="policy">The field as it was signed: base64 of JSON.</param>
    /// <exception cref="Tarn.Contracts.AwsException">The policy is not one, has expired, or does not allow the form.</exception>
    public static void Check(string policy, PostForm form, DateTimeOffset now)
    {
        using var document = Parse(policy);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw PostFormErrors.InvalidPolicy("Invalid JSON.");
        }

        if (!root.TryGetProperty("expiration", out var expiration))
        {
            throw PostFormErrors.InvalidPolicy("Policy missing expiration.");
        }

        if (expiration.ValueKind != JsonValueKind.String || !DateTimeOffset.TryParseExact(
            expiration.GetString(), TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var end))
        {
            throw PostFormErrors.InvalidPolicy($"Invalid 'expiration' value: '{expiration}'");
        }

        if (!root.TryGetProperty("conditions", out var conditions))
        {
            throw PostFormErrors.InvalidPolicy("Policy missing conditions.");
        }

        if (conditions.ValueKind != JsonValueKind.Array)
        {
            throw PostFormErrors.InvalidPolicy("Invalid 'conditions' value: must be a List.");
        }

        if (now > end)
        {
            throw PostFormErrors.AgainstPolicy("Policy expired.");
        }

        var named = new HashSet<string>(FreeFields, StringComparer.OrdinalIgnoreCase);
        foreach (var condition in conditions.EnumerateArray())
        {
            CheckCondition(condition, form, named);
        }

        // The bucket is the address, not a field, and has to be named like one.
        var extra = form.Fields.Keys.Append("bucket").Where(name => !named.Contains(name) && !name.StartsWith("x-ignore-", StringComparison.OrdinalIgnoreCase)).ToList();
        if (extra.Count > 0)
        {
            throw PostFormErrors.AgainstPolicy($"Extra input fields: {string.Join(", ", extra)}");
        }
    }

    private static JsonDocument Parse(string policy)
    {
        try
        {
            return JsonDocument.Parse(WithDollarsEscaped(Encoding.UTF8.GetString(Convert.FromBase64String(policy))));
        }
        catch (Exception failure) when (failure is FormatException or JsonException)
        {
            throw PostFormErrors.InvalidPolicy(failure is FormatException ? "Invalid base64 encoding." : "Invalid JSON.");
        }
    }

    /// <summary>S3's policies write a dollar that begins no variable as <c>\$</c>, which JSON does not know.</summary>
    private static string WithDollarsEscaped(string json)
    {
        var text = new StringBuilder(json.Length);
        for (var index = 0; index < json.Length; index++)
        {
            text.Append(json[index]);
            if (json[index] == '\\' && index + 1 < json.Length)
            {
                text.Append(json[index + 1] == '$' ? "\\$" : json[index + 1].ToString());
                index++;
            }
        }

        return text.ToString();
    }

    private static void CheckCondition(JsonElement condition, PostForm form, HashSet<string> named)
    {
        if (condition.ValueKind == JsonValueKind.Object)
        {
            var pairs = condition.EnumerateObject().ToList();
            if (pairs.Count != 1 || pairs[0].Value.ValueKind != JsonValueKind.String)
            {
                throw PostFormErrors.InvalidPolicy("Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.");
            }

            Match("eq", pairs[0].Name, pairs[0].Value.GetString()!, form, named);
            return;
        }

        if (condition.ValueKind != JsonValueKind.Array || condition.GetArrayLength() != 3 || condition[0].ValueKind != JsonValueKind.String)
        {
            throw PostFormErrors.InvalidPolicy($"Invalid Condition: {condition.GetRawText()}");
        }

        var operation = condition[0].GetString()!.ToLowerInvariant();
        if (operation == "content-length-range")
        {
            form.RequireLength(Length(condition[1]), Length(condition[2]));
            return;
        }

        if (operation is not ("eq" or "starts-with") || condition[1].ValueKind != JsonValueKind.String || condition[2].ValueKind != JsonValueKind.String
            || !condition[1].GetString()!.StartsWith('$'))
        {
            throw PostFormErrors.InvalidPolicy($"Invalid Condition: {condition.GetRawText()}");
        }

        Match(operation, condition[1].GetString()![1..], condition[2].GetString()!, form, named);
    }

    private static void Match(string operation, string field, string wanted, PostForm form, HashSet<string> named)
    {
        named.Add(field);
        wanted = wanted.Replace("\\$", "$", StringComparison.Ordinal);
        var value = field.Equals("bucket", StringComparison.OrdinalIgnoreCase) ? form.Bucket : form[field];
        var holds = value is not null && (operation == "eq" ? value == wanted : value.StartsWith(wanted, StringComparison.Ordinal));
        if (!holds)
        {
            throw PostFormErrors.AgainstPolicy($"Policy Condition failed: [\"{operation}\", \"${field}\", \"{wanted}\"]");
        }
    }

    private static long Length(JsonElement element)
    {
        var isNumber = element.ValueKind switch
        {
            JsonValueKind.Number => element.TryGetInt64(out _),
            JsonValueKind.String => true,
            _ => false,
        };
        return isNumber && long.TryParse(element.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
            ? bytes
            : throw PostFormErrors.InvalidPolicy($"Invalid content-length-range: {element.GetRawText()}");
    }
}
