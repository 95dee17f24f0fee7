using System.Collections.Frozen;

namespace Tarn.Sql.Lexing;

/// <summary>Trino's words: which are reserved, and one upper-cased instance of each so that tokens cost no string.</summary>
public static class Keywords
{
    /// <summary>Words that can be a name only in quotes.</summary>
    private static readonly FrozenSet<string> ReservedWords = """
        ALTER AND AS BETWEEN BY CASE CAST CONSTRAINT CREATE CROSS CUBE CURRENT_CATALOG CURRENT_DATE CURRENT_PATH CURRENT_ROLE CURRENT_SCHEMA
        CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER DEALLOCATE DELETE DESCRIBE DISTINCT DROP ELSE END ESCAPE EXCEPT EXECUTE EXISTS EXTRACT
        FALSE FOR FROM FULL GROUP GROUPING HAVING IN INNER INSERT INTERSECT INTO IS JOIN JSON_ARRAY JSON_EXISTS JSON_OBJECT JSON_QUERY
        JSON_TABLE JSON_VALUE LEFT LIKE LISTAGG LOCALTIME LOCALTIMESTAMP NATURAL NORMALIZE NOT NULL ON OR ORDER OUTER PREPARE RECURSIVE RIGHT
        ROLLUP SELECT SKIP TABLE THEN TRIM TRUE UESCAPE UNION UNNEST USING VALUES WHEN WHERE WITH
        """.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> Common = ReservedWords.Concat("""
        ADD ALL ANY ARRAY ASC AT BERNOULLI COLUMN COLUMNS COMMENT CURRENT DATABASE DATE DAY DESC EXTERNAL FETCH FILTER FIRST FOLLOWING FORMAT GROUPS
        HOUR IF IGNORE INTERVAL LAST LATERAL LIMIT LOCATION MAP MINUTE MONTH NEXT NO NULLS OF OFFSET ONLY ORDINALITY OVER PARTITION PARTITIONED
        POSITION PRECEDING PROPERTIES RANGE REPLACE RESPECT ROW ROWS SCHEMA SECOND SET SETS SHOW SOME STORED SUBSTRING SYSTEM TABLES TABLESAMPLE
        TBLPROPERTIES TIES TIME TIMESTAMP TO TRY_CAST UNBOUNDED UNLOAD VIEW WINDOW WITHIN WITHOUT YEAR ZONE
        """.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries)).Distinct(StringComparer.Ordinal).ToFrozenDictionary(word => word, StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> CommonBySpan = Common.GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly string?[] Symbols = MakeSymbols();

    /// <param name="word">Upper case.</param>
    public static bool IsReserved(string word) => ReservedWords.Contains(word);

    /// <summary>The word in upper case; always the same instance for the words of the grammar.</summary>
    internal static string Canonical(ReadOnlySpan<char> word) => CommonBySpan.TryGetValue(word, out var common) ? common : word.ToString().ToUpperInvariant();

    /// <summary>The one-character symbol, or null where the character is none.</summary>
    internal static string? Symbol(char c) => c < Symbols.Length ? Symbols[c] : null;

    private static string?[] MakeSymbols()
    {
        var symbols = new string?[128];
        foreach (var c in "()[]{},.;?+-*/%=<>:|&^~!$")
        {
            symbols[c] = c.ToString();
        }

        return symbols;
    }
}
