using System.Text.RegularExpressions;

namespace Tarn.Athena.Execution.Ddl;

/// <summary>The patterns of SHOW: <c>*</c> for any characters, <c>|</c> for a choice; the rest is a regular expression, as Athena says of SHOW TABLES.</summary>
internal static class HivePattern
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    /// <summary>Whether a name is shown; null is the pattern that shows all.</summary>
    public static Func<string, bool> Matcher(string? pattern)
    {
        if (pattern is null)
        {
            return _ => true;
        }

        try
        {
            // A star that follows nothing or a word is Hive's own star; `.*` stays what it is.
            var expression = Regex.Replace(pattern, @"(?<!\.)\*", ".*", RegexOptions.None, Timeout);
            var regex = new Regex($"^(?:{expression})$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, Timeout);
            return regex.IsMatch;
        }
        catch (ArgumentException e)
        {
            throw DdlErrors.Semantic($"The pattern '{pattern}' is not valid: {e.Message}");
        }
    }
}
