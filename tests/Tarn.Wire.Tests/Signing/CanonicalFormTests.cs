using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Http;
using Tarn.Wire.Signing;

namespace Tarn.Wire.Tests.Signing;

/// <summary>Properties of the canonical form, over random text; a failure prints the seed.</summary>
public sealed class CanonicalFormTests
{
    [Fact]
    public void Encoding_then_decoding_gives_the_text_back() => Check((NonNull<string> text) =>
    {
        var clean = Clean(text.Get);
        return Uri.UnescapeDataString(Encode(clean)) == clean;
    });

    [Fact]
    public void Reencoding_an_encoded_text_changes_nothing() => Check((NonNull<string> text) =>
    {
        var encoded = Encode(Clean(text.Get));
        return Reencode(encoded) == encoded && Reencode(encoded.ToLowerInvariant()) == Reencode(Reencode(encoded.ToLowerInvariant()));
    });

    [Fact]
    public void Reencoding_does_not_depend_on_how_much_the_client_encoded() => Check((NonNull<string> text, int seed) =>
    {
        // Each byte encoded or not by chance, in either case of hexadecimal, as clients differ.
        var random = new Random(seed);
        var clean = Clean(text.Get).Replace("%", "").Replace("+", "");
        var client = new StringBuilder();
        foreach (var rune in clean.EnumerateRunes())
        {
            var bytes = Encoding.UTF8.GetBytes(rune.ToString());
            client.Append(random.Next(3) switch
            {
                0 => rune.ToString(),
                1 => string.Concat(bytes.Select(b => $"%{b:X2}")),
                _ => string.Concat(bytes.Select(b => $"%{b:x2}")),
            });
        }

        return Reencode(client.ToString()) == Encode(clean);
    });

    [Fact]
    public void The_order_of_parameters_does_not_matter() => Check((NonNull<string>[] names, int seed) =>
    {
        var random = new Random(seed);
        var parameters = names.Select(name => Encode(Clean(name.Get)) + (random.Next(2) == 0 ? "" : $"={random.Next(3)}")).ToArray();
        var shuffled = (string[])parameters.Clone();
        random.Shuffle(shuffled);
        return Query(string.Join('&', parameters)) == Query(string.Join('&', shuffled));
    });

    [Fact]
    public void The_authority_of_HTTP2_may_be_signed_in_place_of_the_host()
    {
        var headers = new HeaderDictionary { ["Host"] = "127.0.0.1:4566", ["X-Amz-Date"] = "20260101T000000Z" };
        var writer = new ByteWriter(stackalloc byte[256]);
        CanonicalRequest.WriteHeaders(ref writer, headers, ":authority;x-amz-date");
        Assert.Equal(":authority:127.0.0.1:4566\nx-amz-date:20260101T000000Z\n", Encoding.UTF8.GetString(writer.Written));
        writer.Dispose();
    }

    [Fact]
    public void Parameters_are_sorted_by_their_encoded_bytes_and_values_break_ties()
    {
        Assert.Equal("A=&a=&a=1&a=2&a-b=3&aa=0", Query("aa=0&a=2&a=1&a-b=3&a&A"));
        Assert.Equal("%20=%2B&q=a%20b", Query("q=a+b&%20=%2b"));
        Assert.Equal("", Query("&&X-Amz-Signature=abc&"));
    }

    [Theory]
    [InlineData("", "/")]
    [InlineData("/", "/")]
    [InlineData("/a/./b/../c", "/a/c")]
    [InlineData("//a///b//", "/a/b/")]
    [InlineData("/../../a", "/a")]
    [InlineData("/a/..", "/")]
    [InlineData("/a%2Fb c", "/a%252Fb%20c")]
    public void Paths_of_other_services_are_normalised_and_encoded_twice(string path, string expected) =>
        Assert.Equal(expected, CanonicalPath(path, PathRule.NormalizedAndEncodedTwice));

    [Theory]
    [InlineData("/a/./b/../c//", "/a/./b/../c//")]
    [InlineData("/a%2Fb%20c(d)+e", "/a%2Fb%20c%28d%29%2Be")]
    [InlineData("/%e1%88%b4%41", "/%E1%88%B4A")]
    [InlineData("/100%", "/100%25")]
    public void Paths_of_S3_are_keys_and_encoded_once(string path, string expected) =>
        Assert.Equal(expected, CanonicalPath(path, PathRule.EncodedOnce));

    [Fact]
    public void Header_values_are_joined_trimmed_and_their_spaces_collapsed()
    {
        var headers = new HeaderDictionary { ["Host"] = "h", ["X-One"] = new[] { "  a   b ", "c\t \td" } };
        var writer = new ByteWriter(stackalloc byte[8]);
        CanonicalRequest.WriteHeaders(ref writer, headers, "host;missing;x-one");
        Assert.Equal("host:h\nmissing:\nx-one:a b,c d\n", Encoding.UTF8.GetString(writer.Written));
        writer.Dispose();
    }

    private static void Check<T>(Func<T, bool> property) => Prop.ForAll(property).QuickCheckThrowOnFailure();

    private static void Check<T1, T2>(Func<T1, T2, bool> property) => Prop.ForAll(property).QuickCheckThrowOnFailure();

    /// <summary>Text without lone surrogates, which have no UTF-8.</summary>
    private static string Clean(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static string Encode(string text)
    {
        var writer = new ByteWriter(stackalloc byte[8]);
        UriEncoding.WriteEncoded(ref writer, text);
        return Text(ref writer);
    }

    private static string Reencode(string text)
    {
        var writer = new ByteWriter(stackalloc byte[8]);
        UriEncoding.WriteReencoded(ref writer, text, plusIsSpace: false);
        return Text(ref writer);
    }

    private static string Query(string query)
    {
        var writer = new ByteWriter(stackalloc byte[8]);
        CanonicalRequest.WriteQuery(ref writer, query);
        return Text(ref writer);
    }

    private static string CanonicalPath(string path, PathRule rule)
    {
        var writer = new ByteWriter(stackalloc byte[8]);
        CanonicalRequest.WritePath(ref writer, path, rule);
        return Text(ref writer);
    }

    private static string Text(ref ByteWriter writer)
    {
        var text = Encoding.UTF8.GetString(writer.Written);
        writer.Dispose();
        return text;
    }
}
