using System.Text;

namespace Tarn.Contracts.Lake;

/// <summary>
/// One exclusion pattern of Glue, matched against a key relative to the include path (a crawler's target) or against a whole URI (a table's parameter <c>exclusions</c>). <c>*</c> stays in one folder, <c>**</c> crosses folders, <c>?</c> is one
/// character, <c>[abc] [a-z] [!a-c]</c> are sets, <c>{x,y}</c> alternatives, <c>\</c> escapes. Immutable; time is bound by pattern × key.
/// </summary>
public sealed class ExclusionGlob
{
    /// <summary>How many patterns the alternatives of one pattern may make.</summary>
    private const int AlternativesMax = 1000;

    private readonly List<Token[]> alternatives;

    private ExclusionGlob(string pattern, List<Token[]> alternatives)
    {
        Pattern = pattern;
        this.alternatives = alternatives;
    }

    private enum TokenKind
    {
        Literal,
        One,
        Set,
        InFolder,
        Anywhere,
    }

    /// <summary>As it was written.</summary>
    public string Pattern { get; }

    /// <summary>A pattern that matches this text and nothing else.</summary>
    public static string Escape(string text) => string.Concat(text.Select(character => "*?[{\\".Contains(character) ? $"\\{character}" : character.ToString()));

    /// <exception cref="FormatException">The pattern is broken: an open bracket or brace, braces in braces, or too many alternatives.</exception>
    public static ExclusionGlob Parse(string pattern)
    {
        List<List<Token>> results = [[]];
        var position = 0;
        while (position < pattern.Length)
        {
            if (pattern[position] != '{')
            {
                var token = ReadToken(pattern, ref position);
                results.ForEach(result => result.Add(token));
                continue;
            }

            var choices = ReadChoices(pattern, ref position);
            if (results.Count * choices.Count > AlternativesMax)
            {
                throw new FormatException($"The pattern has more than {AlternativesMax} alternatives.");
            }

            results = [.. results.SelectMany(result => choices.Select(choice => result.Concat(choice).ToList()))];
        }

        return new ExclusionGlob(pattern, results.ConvertAll(result => result.ToArray()));
    }

    /// <summary>Whether the whole key matches.</summary>
    public bool Matches(ReadOnlySpan<char> key)
    {
        foreach (var tokens in alternatives)
        {
            if (Matches(tokens, key))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Walks all states of the pattern at once: no pattern can make it slow.</summary>
    private static bool Matches(Token[] tokens, ReadOnlySpan<char> key)
    {
        var states = new bool[tokens.Length + 1];
        var next = new bool[tokens.Length + 1];
        states[0] = true;
        Spread(tokens, states);
        foreach (var character in key)
        {
            Array.Clear(next);
            for (var state = 0; state < tokens.Length; state++)
            {
                if (states[state] && tokens[state].Takes(character))
                {
                    next[tokens[state].Repeats ? state : state + 1] = true;
                }
            }

            Spread(tokens, next);
            (states, next) = (next, states);
        }

        return states[tokens.Length];
    }

    /// <summary>A token that may repeat may also take nothing.</summary>
    private static void Spread(Token[] tokens, bool[] states)
    {
        for (var state = 0; state < tokens.Length; state++)
        {
            states[state + 1] |= states[state] && tokens[state].Repeats;
        }
    }

    private static List<List<Token>> ReadChoices(string pattern, ref int position)
    {
        var open = position++;
        var choices = new List<List<Token>> { new() };
        while (position < pattern.Length)
        {
            switch (pattern[position])
            {
                case '}':
                    position++;
                    return choices;
                case ',':
                    position++;
                    choices.Add([]);
                    break;
                case '{':
                    throw new FormatException($"Groups cannot be nested (character {position + 1}).");
                default:
                    choices[^1].Add(ReadToken(pattern, ref position));
                    break;
            }
        }

        throw new FormatException($"The group that starts at character {open + 1} is not closed.");
    }

    private static Token ReadToken(string pattern, ref int position)
    {
        var character = pattern[position++];
        switch (character)
        {
            case '*' when position < pattern.Length && pattern[position] == '*':
                position++;
                return new Token(TokenKind.Anywhere, '\0', null, false);
            case '*':
                return new Token(TokenKind.InFolder, '\0', null, false);
            case '?':
                return new Token(TokenKind.One, '\0', null, false);
            case '[':
                return ReadSet(pattern, ref position);
            case '\\' when position < pattern.Length:
                return new Token(TokenKind.Literal, pattern[position++], null, false);
            case '\\':
                throw new FormatException("The pattern ends with an escape.");
            default:
                return new Token(TokenKind.Literal, character, null, false);
        }
    }

    /// <summary>Inside brackets <c>* ? \</c> stand for themselves, and <c>-</c> does when it is first (or first after <c>!</c>).</summary>
    private static Token ReadSet(string pattern, ref int position)
    {
        var open = position;
        var negated = position < pattern.Length && pattern[position] == '!';
        if (negated)
        {
            position++;
        }

        var ranges = new StringBuilder();
        while (position < pattern.Length && (pattern[position] != ']' || ranges.Length == 0))
        {
            var low = pattern[position++];
            if (position + 1 < pattern.Length && pattern[position] == '-' && pattern[position + 1] != ']')
            {
                if (pattern[position + 1] < low)
                {
                    throw new FormatException($"The range {low}-{pattern[position + 1]} is upside down.");
                }

                ranges.Append(low).Append(pattern[position + 1]);
                position += 2;
            }
            else
            {
                ranges.Append(low).Append(low);
            }
        }

        if (position++ >= pattern.Length)
        {
            throw new FormatException($"The bracket at character {open} is not closed.");
        }

        return new Token(TokenKind.Set, '\0', ranges.ToString(), negated);
    }

    /// <param name="Ranges">Pairs of first and last character.</param>
    private readonly record struct Token(TokenKind Kind, char Literal, string? Ranges, bool Negated)
    {
        public bool Repeats => Kind is TokenKind.InFolder or TokenKind.Anywhere;

        public bool Takes(char character) => Kind switch
        {
            TokenKind.Literal => character == Literal,
            TokenKind.Anywhere => true,
            TokenKind.Set => character != '/' && InRanges(character) != Negated,
            _ => character != '/',
        };

        private bool InRanges(char character)
        {
            for (var index = 0; index < Ranges!.Length; index += 2)
            {
                if (character >= Ranges[index] && character <= Ranges[index + 1])
                {
                    return true;
                }
            }

            return false;
        }
    }
}
