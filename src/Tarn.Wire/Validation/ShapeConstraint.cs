using System.Text.RegularExpressions;

namespace Tarn.Wire.Validation;

/// <summary>What a model asks of a value. Made on first use; the pattern is compiled when a value is first checked against it.</summary>
public sealed class ShapeConstraint
{
    /// <summary>Patterns come from the models, values from clients: a value that takes longer than this fails its pattern.</summary>
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromMilliseconds(250);

    private Regex? regex;

    /// <summary>The smallest value, length in code points, count of entries or bytes.</summary>
    public long Min { get; init; } = long.MinValue;

    /// <summary>The largest value, length in code points, count of entries or bytes.</summary>
    public long Max { get; init; } = long.MaxValue;

    /// <summary>As the model writes it; null for none.</summary>
    public string? Pattern { get; init; }

    /// <summary>The values of an enum; null for none.</summary>
    public string[]? Enum { get; init; }

    /// <summary>The value is secret, and messages leave it out.</summary>
    public bool IsSensitive { get; init; }

    /// <summary>Whether the whole of <paramref name="value"/> matches <see cref="Pattern"/>.</summary>
    internal bool Matches(string value)
    {
        regex ??= new Regex(PatternTranslation.ToWholeMatch(Pattern!), RegexOptions.CultureInvariant, MatchTimeout);
        try
        {
            return regex.IsMatch(value);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }
}
