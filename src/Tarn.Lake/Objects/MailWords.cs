using System.Text;

namespace Tarn.Lake.Objects;

/// <summary>
/// RFC 2047 encoded words, in which S3 carries user metadata that is not ASCII: decoded when stored, encoded when given back.
/// </summary>
internal static class MailWords
{
    /// <summary>Printable ASCII stays as it is; anything else becomes one UTF-8 base64 word.</summary>
    public static string Encode(string value) =>
        !value.AsSpan().ContainsAnyExceptInRange(' ', '~') ? value : $"=?UTF-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(value))}?=";

    /// <summary>Decodes words in UTF-8; whatever is not a whole, well-formed word stays as it is.</summary>
    public static string Decode(string value)
    {
        if (!value.Contains("=?", StringComparison.Ordinal))
        {
            return value;
        }

        var text = new StringBuilder();
        var afterWord = false;
        foreach (var token in value.Split(' '))
        {
            var word = DecodeWord(token);
            if (text.Length > 0 && !(afterWord && word is not null))
            {
                text.Append(' ');
            }

            text.Append(word ?? token);
            afterWord = word is not null;
        }

        return text.ToString();
    }

    private static string? DecodeWord(string token)
    {
        const string Start = "=?UTF-8?";
        if (!token.StartsWith(Start, StringComparison.OrdinalIgnoreCase) || !token.EndsWith("?=", StringComparison.Ordinal) || token.Length < Start.Length + 4 || token[Start.Length + 1] != '?')
        {
            return null;
        }

        var body = token[(Start.Length + 2)..^2];
        if (char.ToUpperInvariant(token[Start.Length]) == 'B')
        {
            var bytes = new byte[body.Length];
            return Convert.TryFromBase64String(body, bytes, out var count) ? Encoding.UTF8.GetString(bytes, 0, count) : null;
        }

        return char.ToUpperInvariant(token[Start.Length]) == 'Q' ? DecodeQ(body) : null;
    }

    private static string? DecodeQ(string body)
    {
        var bytes = new List<byte>(body.Length);
        for (var index = 0; index < body.Length; index++)
        {
            if (body[index] == '=')
            {
                if (index + 2 >= body.Length || !byte.TryParse(body.AsSpan(index + 1, 2), System.Globalization.NumberStyles.HexNumber, null, out var value))
                {
                    return null;
                }

                bytes.Add(value);
                index += 2;
            }
            else
            {
                bytes.Add(body[index] == '_' ? (byte)' ' : (byte)body[index]);
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }
}
