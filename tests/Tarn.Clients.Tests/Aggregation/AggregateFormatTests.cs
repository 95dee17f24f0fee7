using System.Security.Cryptography;
using System.Text;
using Tarn.Clients.Kinesis;
using Tarn.Clients.Kinesis.Aggregation;

namespace Tarn.Clients.Tests.Aggregation;

public sealed class AggregateFormatTests
{
    /// <summary>Made by hand from the format's description, and not by the code under test; the digest is that of md5sum.</summary>
    private const string Golden = "F3899AC2"
        + "0A056B65792D31" + "0A056B65792D32"
        + "120130"
        + "1A0908001A0568656C6C6F"
        + "1A0B080110001A05776F726C64"
        + "1A0408001A00"
        + "071F05CEE5BED96B75B98130498C6BD2";

    [Fact]
    public void Three_records_are_written_as_the_golden_bytes()
    {
        var aggregator = new RecordAggregator();
        aggregator.Add("key-1", null, "hello"u8.ToArray());
        aggregator.Add("key-2", UInt128.Zero, "world"u8.ToArray());
        aggregator.Add("key-1", null, default);
        var entry = aggregator.ToEntry();
        Assert.Equal(Golden, Convert.ToHexString(entry.Data.Span));
        Assert.Equal("a", entry.PartitionKey);
        Assert.Equal(HashKey.OfPartitionKey("key-1"), entry.ExplicitHashKey);
        Assert.Equal(entry.Data.Length + 1, aggregator.SizeInBytes);
    }

    [Fact]
    public void The_golden_bytes_are_read_as_three_records()
    {
        Assert.Equal(
            ["0 key-1 - hello", "1 key-2 0 world", "2 key-1 - "],
            Read(Convert.FromHexString(Golden), HashKeyRange.All).Select(user => $"{user.SubSequenceNumber} {user.PartitionKey} {user.ExplicitHashKey?.ToString() ?? "-"} {Encoding.UTF8.GetString(user.Data.Span)}"));
    }

    [Fact]
    public void Another_implementation_writes_the_same_bytes()
    {
        // What the npm package aws-kinesis-agg 4.2.8 makes of these records.
        var theirs = Convert.FromHexString(
            "F3899AC20A026B310A026B32120531323334351A0708001A036F6E651A09080110001A0374776F1AB10208001AAC02" + string.Concat(Enumerable.Repeat("78", 300)) + "433190F72AE158F040B4367E78B9BEE1");
        var aggregator = new RecordAggregator();
        aggregator.Add("k1", null, "one"u8.ToArray());
        aggregator.Add("k2", 12345, "two"u8.ToArray());
        aggregator.Add("k1", null, Encoding.ASCII.GetBytes(new string('x', 300)));
        Assert.Equal(theirs, aggregator.ToEntry().Data);
        Assert.Equal(["k1", "k2", "k1"], Read(theirs, HashKeyRange.All).Select(user => user.PartitionKey));
    }

    [Fact]
    public void Tags_and_fields_that_are_not_known_are_passed_over()
    {
        // A record with a tag {key "k", value "v"}, and then field 15 of each wire type but groups.
        var body = Convert.FromHexString("0A0161" + "1A0D" + "08001A0178" + "22060A016B120176" + "7801" + "790102030405060708" + "7A0161" + "7D01020304");
        var user = Assert.Single(Read(Wrap(body), HashKeyRange.All));
        Assert.True(user.IsAggregated);
        Assert.Equal("x"u8, user.Data.Span);
    }

    [Fact]
    public void Fields_may_come_in_any_order_and_the_last_of_two_counts()
    {
        var user = Assert.Single(Read(Wrap(Convert.FromHexString("1A0A" + "1A0178" + "0805" + "1A0179" + "0800" + "0A0161")), HashKeyRange.All));
        Assert.Equal(("a", "y"), (user.PartitionKey, Encoding.UTF8.GetString(user.Data.Span)));
    }

    [Theory]
    [InlineData("0A0161" + "1A02" + "0800", "no data")]
    [InlineData("0A0161" + "1A02" + "1A00", "no index of a partition key")]
    [InlineData("0A0161" + "1A04" + "08011A00", "a partition key that is not there")]
    [InlineData("0A0161" + "1A06" + "080010001A00", "a hash key that is not there")]
    [InlineData("0A0161" + "12023031" + "1A06" + "080010001A00", "a hash key with a leading zero")]
    [InlineData("0A0161" + "1A05" + "08001A00", "a record that ends after the message")]
    [InlineData("0A7F61", "a string that ends after the message")]
    [InlineData("0A0161" + "1A0D" + "08FFFFFFFFFFFFFFFFFFFF1A00", "a number of eleven bytes")]
    [InlineData("0A0161" + "0B0C", "a group")]
    [InlineData("0A0161" + "0201", "a field with number 0")]
    public void What_is_no_aggregate_although_its_digest_is_right_is_delivered_as_it_is(string body, string why)
    {
        var data = Wrap(Convert.FromHexString(body));
        Assert.True(Deaggregator.LooksAggregated(data), why);
        var user = Assert.Single(Read(data, HashKeyRange.All));
        Assert.False(user.IsAggregated, why);
        Assert.Equal(data, user.Data);
        Assert.Equal("outer", user.PartitionKey);
    }

    [Fact]
    public void An_aggregate_with_one_record_outside_of_the_shard_gives_none()
    {
        var aggregator = new RecordAggregator();
        aggregator.Add("inside", new UInt128(0, 10), "1"u8.ToArray());
        aggregator.Add("outside", new UInt128(0, 21), "2"u8.ToArray());
        var data = aggregator.ToEntry().Data;
        Assert.Empty(Read(data, new HashKeyRange(10, 20)));
        Assert.Equal(2, Read(data, new HashKeyRange(10, 21)).Count);
    }

    [Fact]
    public void A_single_record_is_put_as_it_is()
    {
        var aggregator = new RecordAggregator();
        aggregator.Add("key", null, "data"u8.ToArray());
        var entry = aggregator.ToEntry();
        Assert.Equal(("key", null, "data", 7), (entry.PartitionKey, entry.ExplicitHashKey, Encoding.UTF8.GetString(entry.Data.Span), aggregator.SizeInBytes));
        Assert.False(Assert.Single(Read(entry.Data, HashKeyRange.All)).IsAggregated);
    }

    [Fact]
    public void Random_records_are_read_as_they_were_written_and_sizes_are_foretold()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var round = 0; round < 200; round++)
        {
            var aggregator = new RecordAggregator();
            var expected = new List<(string Key, UInt128? HashKey, byte[] Data)>();
            for (var count = random.Next(2, 300); count > 0; count--)
            {
                var key = new string('ü', random.Next(1, 5)) + random.Next(random.Next(1, 400));
                UInt128? hashKey = random.Next(3) == 0 ? new UInt128((ulong)random.NextInt64(), (ulong)random.Next(3)) : null;
                var data = new byte[random.Next(4) == 0 ? random.Next(20_000) : random.Next(200)];
                random.NextBytes(data);
                var foretold = aggregator.SizeWith(key, hashKey, data.Length);
                aggregator.Add(key, hashKey, data);
                expected.Add((key, hashKey, data));
                Assert.True(aggregator.Count == 1 || aggregator.SizeInBytes == foretold, $"seed {seed}");
            }

            var entry = aggregator.ToEntry();
            Assert.Equal(entry.Data.Length + 1, aggregator.SizeInBytes);
            var users = Read(entry.Data, HashKeyRange.All);
            Assert.Equal(expected.Count, users.Count);
            Assert.All(users.Zip(expected), pair =>
                Assert.True(pair.First.PartitionKey == pair.Second.Key && pair.First.ExplicitHashKey == pair.Second.HashKey && pair.First.Data.Span.SequenceEqual(pair.Second.Data), $"seed {seed}"));
        }
    }

    [Fact]
    public void Cut_and_damaged_aggregates_are_delivered_as_they_are()
    {
        var golden = Convert.FromHexString(Golden);
        for (var length = 0; length < golden.Length; length++)
        {
            Assert.False(Assert.Single(Read(golden.AsMemory(0, length), HashKeyRange.All)).IsAggregated);
        }

        for (var bit = 0; bit < golden.Length * 8; bit++)
        {
            var damaged = (byte[])golden.Clone();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(Assert.Single(Read(damaged, HashKeyRange.All)).IsAggregated);
        }
    }

    [Fact]
    public void Damage_under_a_digest_that_is_right_never_throws_and_loses_nothing_unseen()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var body = Convert.FromHexString(Golden)[4..^16];
        for (var round = 0; round < 100_000; round++)
        {
            var damaged = body.ToArray();
            for (var changes = random.Next(1, 5); changes > 0; changes--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            var data = Wrap(damaged[..random.Next(1, damaged.Length + 1)]);
            var users = Read(data, HashKeyRange.All);
            Assert.True(users.All(user => user.IsAggregated) || users is [{ IsAggregated: false } raw] && raw.Data.Span.SequenceEqual(data), $"seed {seed}");
        }
    }

    [Theory]
    [InlineData("0", true)]
    [InlineData("340282366920938463463374607431768211455", true)]
    [InlineData("340282366920938463463374607431768211456", false)]
    [InlineData("01", false)]
    [InlineData("-1", false)]
    [InlineData(" 1", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Hash_keys_are_decimal_numbers_below_2_to_the_128(string? text, bool isHashKey) => Assert.Equal(isHashKey, HashKey.TryParse(text, out _));

    [Fact]
    public void A_partition_keys_hash_is_its_MD5_as_a_number() =>
        // printf 'partition-ü' | md5sum
        Assert.Equal("49df46e5f1031650e003c98c8875c2c7", HashKey.OfPartitionKey("partition-ü").ToString("x32"));

    private static List<UserRecord> Read(ReadOnlyMemory<byte> data, HashKeyRange shard)
    {
        var users = new List<UserRecord>();
        Deaggregator.Deaggregate(new KinesisRecord("1", DateTimeOffset.UnixEpoch, "outer", data), shard, users);
        return users;
    }

    private static byte[] Wrap(byte[] body) => [0xF3, 0x89, 0x9A, 0xC2, .. body, .. MD5.HashData(body)];
}
