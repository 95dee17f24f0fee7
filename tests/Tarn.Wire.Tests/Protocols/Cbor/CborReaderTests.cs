using System.Text;
using System.Text.Json.Nodes;
using Tarn.Contracts;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Protocols;
using Tarn.Wire.Protocols.Cbor;

namespace Tarn.Wire.Tests.Protocols.Cbor;

/// <summary>The reader and the writer of CBOR against RFC 8949 and against everything that is no CBOR.</summary>
public sealed class CborReaderTests
{
    /// <summary>Every example of appendix A that has a value in JSON; bytes are written as text in Latin-1.</summary>
    [Theory]
    [InlineData("00", "0")]
    [InlineData("01", "1")]
    [InlineData("0a", "10")]
    [InlineData("17", "23")]
    [InlineData("1818", "24")]
    [InlineData("1819", "25")]
    [InlineData("1864", "100")]
    [InlineData("1903e8", "1000")]
    [InlineData("1a000f4240", "1000000")]
    [InlineData("1b000000e8d4a51000", "1000000000000")]
    [InlineData("20", "-1")]
    [InlineData("29", "-10")]
    [InlineData("3863", "-100")]
    [InlineData("3903e7", "-1000")]
    [InlineData("f90000", "0")]
    [InlineData("f98000", "-0.0")]
    [InlineData("f93c00", "1")]
    [InlineData("fb3ff199999999999a", "1.1")]
    [InlineData("f93e00", "1.5")]
    [InlineData("f97bff", "65504")]
    [InlineData("fa47c35000", "100000")]
    [InlineData("fa7f7fffff", "3.4028234663852886e+38")]
    [InlineData("fb7e37e43c8800759c", "1.0e+300")]
    [InlineData("f90001", "5.960464477539063e-8")]
    [InlineData("f90400", "0.00006103515625")]
    [InlineData("f9c400", "-4")]
    [InlineData("fbc010666666666666", "-4.1")]
    [InlineData("f97c00", "\"Infinity\"")]
    [InlineData("f97e00", "\"NaN\"")]
    [InlineData("f9fc00", "\"-Infinity\"")]
    [InlineData("fa7f800000", "\"Infinity\"")]
    [InlineData("fa7fc00000", "\"NaN\"")]
    [InlineData("faff800000", "\"-Infinity\"")]
    [InlineData("fb7ff0000000000000", "\"Infinity\"")]
    [InlineData("fb7ff8000000000000", "\"NaN\"")]
    [InlineData("fbfff0000000000000", "\"-Infinity\"")]
    [InlineData("f4", "false")]
    [InlineData("f5", "true")]
    [InlineData("f6", "null")]
    [InlineData("f7", "null")]
    [InlineData("c074323031332d30332d32315432303a30343a30305a", "\"2013-03-21T20:04:00Z\"")]
    [InlineData("c11a514b67b0", "1363896240")]
    [InlineData("c1fb41d452d9ec200000", "1363896240.5")]
    [InlineData("d74401020304", "\"\\u0001\\u0002\\u0003\\u0004\"")]
    [InlineData("d818456449455446", "\"dIETF\"")]
    [InlineData("d82076687474703a2f2f7777772e6578616d706c652e636f6d", "\"http://www.example.com\"")]
    [InlineData("40", "\"\"")]
    [InlineData("4401020304", "\"\\u0001\\u0002\\u0003\\u0004\"")]
    [InlineData("60", "\"\"")]
    [InlineData("6161", "\"a\"")]
    [InlineData("6449455446", "\"IETF\"")]
    [InlineData("62225c", "\"\\\"\\\\\"")]
    [InlineData("62c3bc", "\"\\u00fc\"")]
    [InlineData("63e6b0b4", "\"\\u6c34\"")]
    [InlineData("64f0908591", "\"\\ud800\\udd51\"")]
    [InlineData("80", "[]")]
    [InlineData("83010203", "[1,2,3]")]
    [InlineData("8301820203820405", "[1,[2,3],[4,5]]")]
    [InlineData("98190102030405060708090a0b0c0d0e0f101112131415161718181819", "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25]")]
    [InlineData("a0", "{}")]
    [InlineData("a201020304", "{\"1\":2,\"3\":4}")]
    [InlineData("a26161016162820203", "{\"a\":1,\"b\":[2,3]}")]
    [InlineData("826161a161626163", "[\"a\",{\"b\":\"c\"}]")]
    [InlineData("a56161614161626142616361436164614461656145", "{\"a\":\"A\",\"b\":\"B\",\"c\":\"C\",\"d\":\"D\",\"e\":\"E\"}")]
    [InlineData("5f42010243030405ff", "\"\\u0001\\u0002\\u0003\\u0004\\u0005\"")]
    [InlineData("7f657374726561646d696e67ff", "\"streaming\"")]
    [InlineData("9fff", "[]")]
    [InlineData("9f018202039f0405ffff", "[1,[2,3],[4,5]]")]
    [InlineData("9f01820203820405ff", "[1,[2,3],[4,5]]")]
    [InlineData("83018202039f0405ff", "[1,[2,3],[4,5]]")]
    [InlineData("83019f0203ff820405", "[1,[2,3],[4,5]]")]
    [InlineData("9f0102030405060708090a0b0c0d0e0f101112131415161718181819ff", "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25]")]
    [InlineData("bf61610161629f0203ffff", "{\"a\":1,\"b\":[2,3]}")]
    [InlineData("826161bf61626163ff", "[\"a\",{\"b\":\"c\"}]")]
    [InlineData("bf6346756ef563416d7421ff", "{\"Fun\":true,\"Amt\":-2}")]
    public void Values_of_appendix_A_are_read_and_passed_over(string hex, string json)
    {
        var data = Convert.FromHexString(hex);
        var expected = ShapeValues.Normal(JsonNode.Parse(json));
        var actual = ShapeValues.Normal(CborJson.Parse(data));
        Assert.True(JsonNode.DeepEquals(expected, actual), $"expected {expected?.ToJsonString()}\nactual   {actual?.ToJsonString()}");
        AssertSkips(data);
    }

    /// <summary>The examples of appendix A that hold what no shape of AWS can: they are well-formed, so an unknown member may hold them.</summary>
    [Theory]
    [InlineData("f0")]
    [InlineData("f8ff")]
    [InlineData("c249010000000000000000")]
    [InlineData("c349010000000000000000")]
    [InlineData("1bffffffffffffffff")]
    [InlineData("3bffffffffffffffff")]
    public void Other_items_of_appendix_A_are_passed_over(string hex) => AssertSkips(Convert.FromHexString(hex));

    [Fact]
    public void Integers_beyond_64_bits_are_cut_to_their_limits_but_big_ones_are_refused()
    {
        Assert.Equal(long.MaxValue, new CborReader(Convert.FromHexString("1bffffffffffffffff")).ReadInt64());
        Assert.Equal(long.MinValue, new CborReader(Convert.FromHexString("3bffffffffffffffff")).ReadInt64());
        Assert.Equal(long.MaxValue, new CborReader(Convert.FromHexString("fb7e37e43c8800759c")).ReadInt64());
        Assert.Equal("BLOB_VALUE can not be converted to a Long", Refusal("c249010000000000000000", static (ref reader) => reader.ReadInt64()));
        Assert.Equal("BLOB_VALUE can not be converted to a Double", Refusal("c349010000000000000000", static (ref reader) => reader.ReadDouble()));
        Assert.Equal("DECIMAL_VALUE can not be converted to a Long", Refusal("f97e00", static (ref reader) => reader.ReadInt64()));
    }

    /// <summary>Appendix F of the RFC, and lengths that promise more than there is.</summary>
    [Theory]
    [InlineData("18")]
    [InlineData("1901")]
    [InlineData("1a010203")]
    [InlineData("1b01020304050607")]
    [InlineData("1c")]
    [InlineData("1f")]
    [InlineData("3e")]
    [InlineData("41")]
    [InlineData("61")]
    [InlineData("5affffffff00")]
    [InlineData("5bffffffffffffffff010203")]
    [InlineData("7bffffffffffffffff010203")]
    [InlineData("81")]
    [InlineData("818181818181818181")]
    [InlineData("8200")]
    [InlineData("9bffffffffffffffff00")]
    [InlineData("bbffffffffffffffff0000")]
    [InlineData("a1")]
    [InlineData("a20102")]
    [InlineData("a100")]
    [InlineData("5f4100")]
    [InlineData("5f6100ff")]
    [InlineData("7f4100ff")]
    [InlineData("5f5f4100ffff")]
    [InlineData("5f00ff")]
    [InlineData("9f")]
    [InlineData("9f0102")]
    [InlineData("bf")]
    [InlineData("bf01020102")]
    [InlineData("bf00ff")]
    [InlineData("bf000000ff")]
    [InlineData("ff")]
    [InlineData("81ff")]
    [InlineData("8200ff")]
    [InlineData("a1ff")]
    [InlineData("a1ff00")]
    [InlineData("a100ff")]
    [InlineData("9f81ff")]
    [InlineData("c0")]
    [InlineData("c0ff")]
    [InlineData("f8")]
    [InlineData("f800")]
    [InlineData("f818")]
    [InlineData("f81f")]
    [InlineData("f9")]
    [InlineData("f900")]
    [InlineData("fa0000")]
    [InlineData("fb000000")]
    [InlineData("fc")]
    [InlineData("fd")]
    [InlineData("fe")]
    [InlineData("dc00")]
    [InlineData("62c328")]
    [InlineData("7f61c361bcff")]
    [InlineData("")]
    public void What_is_not_well_formed_is_refused_without_a_message(string hex) =>
        Assert.Equal("", Refusal(hex, static (ref reader) => reader.Skip()));

    [Fact]
    public void Items_nest_as_deep_as_the_limit_and_no_deeper()
    {
        AssertSkips([.. Enumerable.Repeat((byte)0x81, CborReader.DepthMax), 0]);
        AssertSkips([.. Enumerable.Repeat((byte)0xC6, CborReader.DepthMax), 0]);
        foreach (var nesting in new byte[] { 0x81, 0x9F, 0xC6 })
        {
            byte[] deep = [.. Enumerable.Repeat(nesting, 1_000_000), 0];
            Assert.Equal("", Refusal(Convert.ToHexString(deep), static (ref reader) => reader.Skip()));
        }
    }

    [Fact]
    public void A_document_that_is_cut_anywhere_or_has_more_behind_it_is_refused()
    {
        var whole = Convert.FromHexString("bf6346756ef563416d7421674e756d62657273" + "9ff93c00fa47c35000fb3ff199999999999a1b000000e8d4a51000ff" + "655465787473827f61616162ff5f4161ff" + "ff");
        AssertSkips(whole);
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.Equal("", Refusal(Convert.ToHexString(whole.AsSpan(0, length)), static (ref reader) => reader.Skip()));
        }

        Assert.Throws<AwsException>(() => CborJson.Parse([.. whole, 0]));
    }

    [Fact]
    public void Random_bytes_are_read_or_refused_and_nothing_else()
    {
        var seed = Environment.TickCount;
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        var random = new Random(seed);
        var read = 0;
        for (var i = 0; i < 200_000; i++)
        {
            var data = new byte[random.Next(1, 24)];
            random.NextBytes(data);
            try
            {
                var reader = new CborReader(data);
                reader.Skip();
                Assert.InRange(reader.Position, 1, data.Length);
                read++;
            }
            catch (AwsException refusal)
            {
                Assert.Equal("SerializationException", refusal.Code);
            }
        }

        Assert.InRange(read, 1, 199_999);
    }

    [Fact]
    public void What_is_written_has_the_shortest_form_and_is_read_again()
    {
        foreach (var (value, hex) in new[]
        {
            (0L, "00"), (23, "17"), (24, "1818"), (255, "18ff"), (256, "190100"), (65_535, "19ffff"), (65_536, "1a00010000"), (uint.MaxValue, "1affffffff"),
            (1L + uint.MaxValue, "1b0000000100000000"), (long.MaxValue, "1b7fffffffffffffff"), (-1, "20"), (-24, "37"), (-25, "3818"), (long.MinValue, "3b7fffffffffffffff"),
        })
        {
            var bytes = Write(value, static (writer, value) => writer.WriteInt64(value));
            Assert.Equal(hex, Convert.ToHexStringLower(bytes));
            Assert.Equal(value, new CborReader(bytes).ReadInt64());
        }

        foreach (var text in new[] { "", "a", new string('ü', 12), new string('x', 300), new string('日', 30_000), "😀", "a\0b" })
        {
            var bytes = Write(text, static (writer, value) => writer.WriteText(value));
            Assert.Equal(text, new CborReader(bytes).ReadText());
            Assert.Equal(bytes, Write(Encoding.UTF8.GetBytes(text), static (writer, value) => writer.WriteText(value)));
        }

        // Half a surrogate pair is no text; U+FFFD stands for it.
        Assert.Equal("\ufffd", new CborReader(Write("\ud800", static (writer, value) => writer.WriteText(value))).ReadText());
    }

    [Theory]
    [InlineData(BodyEncoding.AwsCbor, "c11b0000018bcfe568fa")]
    [InlineData(BodyEncoding.SmithyCbor, "c1fb41d954fc40100000")]
    public void A_timestamp_is_milliseconds_for_the_Java_clients_and_seconds_for_Smithy(BodyEncoding encoding, string hex)
    {
        var time = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_250);
        var bytes = Write((time, encoding), static (writer, value) => writer.WriteTimestamp(value.time, value.encoding));
        Assert.Equal(hex, Convert.ToHexStringLower(bytes));
        var reader = new CborReader(bytes);
        Assert.Equal(time, reader.ReadTimestamp(encoding));
    }

    [Theory]
    [InlineData(BodyEncoding.AwsCbor, "c11b0000018bcfe568fa", 1_700_000_000_250)]
    [InlineData(BodyEncoding.AwsCbor, "c11b000001a013accc38", 1_787_036_486_712)]
    [InlineData(BodyEncoding.AwsCbor, "1b0000018bcfe568fa", 1_700_000_000_250)]
    [InlineData(BodyEncoding.AwsCbor, "c13903e7", -1000)]
    [InlineData(BodyEncoding.AwsCbor, "c1fb41d954fc40100000", 1_700_000_000_250)]
    [InlineData(BodyEncoding.SmithyCbor, "c11a6553f100", 1_700_000_000_000)]
    [InlineData(BodyEncoding.SmithyCbor, "c1fb41d954fc40100000", 1_700_000_000_250)]
    [InlineData(BodyEncoding.SmithyCbor, "c1f93e00", 1_500)]
    public void A_timestamp_may_be_an_integer_or_a_float_with_or_without_its_tag(BodyEncoding encoding, string hex, long milliseconds)
    {
        var reader = new CborReader(Convert.FromHexString(hex));
        Assert.Equal(milliseconds, reader.ReadTimestamp(encoding).ToUnixTimeMilliseconds());
    }

    [Theory]
    [InlineData("c11b7fffffffffffffff")]
    [InlineData("c1fb7e37e43c8800759c")]
    [InlineData("c1f97e00")]
    [InlineData("c1f97c00")]
    public void A_timestamp_that_is_no_point_in_time_is_refused(string hex)
    {
        foreach (var encoding in new[] { BodyEncoding.AwsCbor, BodyEncoding.SmithyCbor })
        {
            Assert.Equal("NUMBER_VALUE can not be converted to milliseconds since epoch", Assert.Throws<AwsException>(() =>
            {
                var reader = new CborReader(Convert.FromHexString(hex));
                reader.ReadTimestamp(encoding);
            }).Message);
        }
    }

    private delegate void Reading(ref CborReader reader);

    private delegate void Writing<T>(CborWriter writer, T value);

    private static string Refusal(string hex, Reading read)
    {
        var refusal = Assert.Throws<AwsException>(() =>
        {
            var reader = new CborReader(Convert.FromHexString(hex));
            read(ref reader);
        });
        Assert.Equal("SerializationException", refusal.Code);
        return refusal.Message;
    }

    private static void AssertSkips(byte[] data)
    {
        var reader = new CborReader(data);
        reader.Skip();
        reader.ReadEnd();
    }

    private static byte[] Write<T>(T value, Writing<T> write)
    {
        using var buffer = new PooledBuffer();
        write(new CborWriter(buffer), value);
        return buffer.WrittenSpan.ToArray();
    }
}
