namespace Tarn.Sql.Lexing;

public enum TokenKind
{
    EndOfInput,

    /// <summary>A word without quotes: a keyword or a name.</summary>
    Word,

    /// <summary>A name in quotes; <see cref="Token.Text"/> is without them.</summary>
    QuotedIdentifier,

    /// <summary>A name in back quotes where the dialect has none: kept so that the parser can say so.</summary>
    BackquotedIdentifier,

    /// <summary>A word that starts with a digit, which is no name in Trino.</summary>
    DigitWord,

    /// <summary>A string; <see cref="Token.Text"/> is its value.</summary>
    String,

    /// <summary><c>U&amp;'...'</c>; <see cref="Token.Text"/> still has its escapes, because UESCAPE may follow.</summary>
    UnicodeString,

    /// <summary><c>X'...'</c>; <see cref="Token.Text"/> is what stands between the quotes.</summary>
    Binary,
    Integer,
    Decimal,
    Double,

    /// <summary>An operator or a punctuation mark.</summary>
    Symbol,

    /// <summary>A character that starts no token.</summary>
    Unrecognized,
}

/// <param name="Text">The value of a string or quoted name; the text as written of anything else.</param>
/// <param name="Word">The upper-cased word or the symbol, which the parser compares; null for every other kind.</param>
/// <param name="Position">Where it starts.</param>
/// <param name="Start">Index of its first character in the text.</param>
/// <param name="End">Index behind its last character.</param>
public readonly record struct Token(TokenKind Kind, string Text, string? Word, SourcePosition Position, int Start, int End);
