using System.Globalization;
using Tarn.Api.Glue;
using Tarn.Glue.Catalog.Partitions;
using Tarn.Store;

namespace Tarn.Glue.Tests.Catalog;

/// <summary>Random tables, values and filters, compared with an evaluator that knows nothing of keys and indexes.</summary>
public sealed class PartitionPropertyTests
{
    private static readonly string[] Types = ["string", "int", "bigint", "date", "timestamp", "decimal(12,3)", "varchar(10)"];

    [Theory]
    [InlineData(StoreKind.Sqlite, 15)]
    [InlineData(StoreKind.Postgresql, 3)]
    public async Task Filters_pages_and_segments_agree_with_a_model(StoreKind kind, int rounds)
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < rounds; round++)
        {
            await using var glue = await TestGlue.OpenAsync(kind);
            var types = Enumerable.Range(0, random.Next(1, 6)).Select(_ => Types[random.Next(Types.Length)]).ToArray();
            await glue.WithTable([.. types.Select((type, index) => $"k{index}:{type}")]);
            var partitions = Enumerable.Range(0, random.Next(1, 300))
                .Select(_ => types.Select(type => RandomValue(random, type)).ToArray())
                .DistinctBy(values => string.Join('/', values)).ToList();
            await glue.WithPartitions(partitions);
            var ordered = partitions.Order(Comparer<string[]>.Create((left, right) => CompareAll(types, left, right))).ToList();

            for (var i = 0; i < 30; i++)
            {
                var (text, holds) = RandomFilter(random, types, depth: 3);
                var expected = ordered.Where(values => holds(values) == true).Select(values => string.Join('/', values)).ToList();
                var context = $"seed {seed}: [{string.Join(", ", types)}] {text}";
                var found = await glue.Find(text, random.Next(1, 40));
                AssertSame(expected, found, types, context);

                var segments = random.Next(1, 11);
                var shares = new List<string>();
                for (var segment = 0; segment < segments; segment++)
                {
                    shares.AddRange(await glue.Find(text, random.Next(1, 200), new Segment { SegmentNumber = segment, TotalSegments = segments }));
                }

                Assert.True(expected.Order(StringComparer.Ordinal).SequenceEqual(shares.Order(StringComparer.Ordinal)), context + $" in {segments} segments");
            }
        }
    }

    [Fact]
    public void Keys_sort_as_their_values_and_give_their_texts_back()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < 20_000; round++)
        {
            var types = Enumerable.Range(0, random.Next(1, 5)).Select(_ => Types[random.Next(Types.Length)]).ToArray();
            var codec = new PartitionKeyCodec([.. types.Select(type => new Contracts.Catalog.CatalogColumn("k", type))]);
            string[] Values() => [.. types.Select(type => random.Next(8) switch { 0 => "__HIVE_DEFAULT_PARTITION__", 1 => "oops\0" + random.Next(3), _ => RandomValue(random, type) })];
            var left = Values();
            Assert.Equal(left, codec.Decode(codec.Encode(left)));
            left = [.. types.Select(type => RandomValue(random, type))];
            var right = types.Select(type => RandomValue(random, type)).ToArray();
            var expected = CompareAll(types, left, right);
            if (expected != 0)
            {
                Assert.True(Math.Sign(expected) == Math.Sign(codec.Encode(left).AsSpan().SequenceCompareTo(codec.Encode(right))), $"seed {seed}: {string.Join('/', left)} and {string.Join('/', right)}");
            }
        }
    }

    private static void AssertSame(List<string> expected, List<string> found, string[] types, string context)
    {
        Assert.True(expected.Order(StringComparer.Ordinal).SequenceEqual(found.Order(StringComparer.Ordinal)), $"{context}\nexpected {string.Join(' ', expected)}\nfound {string.Join(' ', found)}");
        for (var i = 1; i < found.Count; i++)
        {
            Assert.True(CompareAll(types, found[i - 1].Split('/'), found[i].Split('/')) <= 0, $"{context}: {found[i - 1]} before {found[i]}");
        }
    }

    private static string RandomValue(Random random, string type) => type switch
    {
        "int" or "bigint" => random.Next(10) == 0 ? $"00{random.Next(20)}" : random.Next(20) == 0 ? $"{long.MaxValue - random.Next(3)}" : $"{random.Next(-3, 300)}",
        "date" => new DateOnly(2024, 1, 1).AddDays(random.Next(-3, 30)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        "timestamp" => new DateTime(2024, 1, 1).AddMinutes(random.Next(-3, 5)).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + (random.Next(2) == 0 ? "" : $".{random.Next(1, 999):000}"),
        "decimal(12,3)" => $"{(random.Next(2) == 0 ? "-" : "")}{(random.Next(3) == 0 ? "0" : "")}{random.Next(120)}{(random.Next(2) == 0 ? "" : $".{random.Next(4)}{random.Next(3)}")}",
        _ => new string([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => "abzAB 0%_'é\u00ff\uFFFD"[random.Next(13)])]),
    };

    /// <summary>0 as soon as two texts of one value meet (<c>7</c> and <c>07</c>): their order is the catalog's own.</summary>
    private static int CompareAll(string[] types, string[] left, string[] right)
    {
        for (var i = 0; i < types.Length; i++)
        {
            if (Compare(types[i], left[i], right[i]) is var order && (order != 0 || left[i] != right[i]))
            {
                return order;
            }
        }

        return 0;
    }

    private static int Compare(string type, string left, string right) => type switch
    {
        "int" or "bigint" => long.Parse(left, CultureInfo.InvariantCulture).CompareTo(long.Parse(right, CultureInfo.InvariantCulture)),
        "date" => DateOnly.Parse(left, CultureInfo.InvariantCulture).CompareTo(DateOnly.Parse(right, CultureInfo.InvariantCulture)),
        "timestamp" => DateTime.Parse(left, CultureInfo.InvariantCulture).CompareTo(DateTime.Parse(right, CultureInfo.InvariantCulture)),
        "decimal(12,3)" => decimal.Parse(left, CultureInfo.InvariantCulture).CompareTo(decimal.Parse(right, CultureInfo.InvariantCulture)),
        _ => string.CompareOrdinal(left, right),
    };

    private static (string Text, Func<string[], bool?> Holds) RandomFilter(Random random, string[] types, int depth)
    {
        if (depth > 0 && random.Next(3) > 0)
        {
            var (leftText, left) = RandomFilter(random, types, depth - 1);
            var (rightText, right) = RandomFilter(random, types, depth - 1);
            return random.Next(5) switch
            {
                0 => ($"NOT ({leftText})", values => !left(values)),
                1 or 2 => ($"({leftText}) OR ({rightText})", values => left(values) == true || right(values) == true),
                _ => ($"({leftText}) AND ({rightText})", values => left(values) == true && right(values) == true),
            };
        }

        var key = random.Next(types.Length);
        var type = types[key];
        var isText = type is "string" or "varchar(10)";
        string Literal(string value) => isText || type is "date" or "timestamp" || random.Next(2) == 0 ? $"'{value.Replace("'", "''", StringComparison.Ordinal)}'" : value;
        var a = RandomValue(random, type);
        var b = RandomValue(random, type);
        switch (random.Next(isText ? 6 : 5))
        {
            case 0:
                var items = Enumerable.Range(0, random.Next(1, 5)).Select(_ => RandomValue(random, type)).ToArray();
                return ($"k{key} IN ({string.Join(", ", items.Select(Literal))})", values => items.Any(item => Compare(type, values[key], item) == 0));
            case 1:
                return ($"k{key} BETWEEN {Literal(a)} AND {Literal(b)}", values => Compare(type, values[key], a) >= 0 && Compare(type, values[key], b) <= 0);
            case 5:
                var like = a.Replace('z', '%').Replace('B', '_');
                return ($"k{key} LIKE {Literal(like)}", values => ModelLike(like, values[key]));
            default:
                var (symbol, test) = new (string, Func<int, bool>)[]
                {
                    ("=", order => order == 0), ("=", order => order == 0), ("<>", order => order != 0), ("<", order => order < 0),
                    ("<=", order => order <= 0), (">", order => order > 0), (">=", order => order >= 0),
                }[random.Next(7)];
                return ($"k{key} {symbol} {Literal(a)}", values => test(Compare(type, values[key], a)));
        }
    }

    private static bool ModelLike(string pattern, string text) =>
        pattern.Length == 0 ? text.Length == 0
        : pattern[0] == '%' ? ModelLike(pattern[1..], text) || (text.Length > 0 && ModelLike(pattern, text[1..]))
        : text.Length > 0 && (pattern[0] == '_' || pattern[0] == text[0]) && ModelLike(pattern[1..], text[1..]);
}
