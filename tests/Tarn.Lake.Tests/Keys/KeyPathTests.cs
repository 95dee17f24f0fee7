using System.Text;
using Tarn.Lake.Keys;

namespace Tarn.Lake.Tests.Keys;

public sealed class KeyPathTests
{
    /// <summary>Everything that a file system, or our own escapes, could stumble over.</summary>
    private static readonly string[] Alphabet = ["/", "/", ".", "..", "a", "A", "b", "%", "%~", "%>", "%@", "%25", "%00", "\0", "\n", "\u0001", "\u007f", "~", ">", "@", ".tarn", "ä", "日本", "🙂", " ", "\\", ":", "*", new string('x', 250), new string('%', 90), new string('日', 85)];

    [Theory]
    [InlineData("a", "a", "%@a")]
    [InlineData("a/b.csv", "a/b.csv", "a/%@b.csv")]
    [InlineData("a//b", "a/%~/b", "a/%~/%@b")]
    [InlineData("a/", "a/%~", "a/%@")]
    [InlineData("/", "%~/%~", "%~/%@")]
    [InlineData("../x", "%~../x", "%~../%@x")]
    [InlineData(".", "%~.", "%@.")]
    [InlineData(".tarn/staging/x", "%~.tarn/staging/x", "%~.tarn/staging/%@x")]
    [InlineData("date=2020%3A01/x", "date=2020%3A01/x", "date=2020%3A01/%@x")]
    [InlineData("%~x", "%~%25~x", "%@%25~x")]
    [InlineData("a\0b", "%~a%00b", "%@a%00b")]
    public void Keys_have_these_paths_for_ever(string key, string plain, string beside)
    {
        Assert.Equal(plain, KeyPath.PlainOf(key));
        Assert.Equal(beside, KeyPath.BesideOf(key));
        Assert.Equal(key, KeyPath.ToKey(plain));
        Assert.Equal(key, KeyPath.ToKey(beside));
    }

    [Fact]
    public void Any_key_maps_to_a_path_inside_the_bucket_and_back()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var byPath = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var round = 0; round < 4_000; round++)
        {
            var key = RandomKey(random);
            foreach (var (path, second) in new[] { (KeyPath.PlainOf(key), false), (KeyPath.BesideOf(key), true) })
            {
                Assert.True(KeyPath.ToKey(path) == key, $"seed {seed}: {Escape(key)} -> {Escape(path)} -> {Escape(KeyPath.ToKey(path))}");
                Assert.True(byPath.TryAdd(path, key) || byPath[path] == key, $"seed {seed}: {Escape(path)} is the path of two keys");
                Assert.True(Encoding.UTF8.GetByteCount(path) <= 3 * 1024 + 32, $"seed {seed}: path of {Encoding.UTF8.GetByteCount(path)} bytes");
                Assert.All(path.Split('/'), name =>
                {
                    Assert.False(name is "" or "." or ".." or ".tarn", $"seed {seed}: {Escape(path)}");
                    Assert.DoesNotContain('\0', name);
                    Assert.InRange(Encoding.UTF8.GetByteCount(name), 1, 255);
                });
                Assert.Equal(second, path.Split('/')[^1].StartsWith("%@", StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public void A_path_that_no_key_is_written_as_has_no_key()
    {
        Assert.All(
            ["%~plain", "%>x/y", "%>x", "%~%2", "%~%41", "x/%@y/z", ".tarn", "a/.tarn/b", "%>short/%~rest", "%@x/y"],
            path => Assert.Null(KeyPath.ToKey(path)));
    }

    internal static string RandomKey(Random random)
    {
        var key = new StringBuilder();
        for (var count = random.Next(1, 14); count > 0; count--)
        {
            var piece = Alphabet[random.Next(Alphabet.Length)];
            if (Encoding.UTF8.GetByteCount(key.ToString()) + Encoding.UTF8.GetByteCount(piece) <= 1024)
            {
                key.Append(piece);
            }
        }

        return key.ToString();
    }

    private static string Escape(string? text) => System.Text.Json.JsonSerializer.Serialize(text);
}
