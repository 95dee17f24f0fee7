using System.Globalization;
using System.Numerics;
using System.Text;
using Tarn.Kinesis.Records;

namespace Tarn.Kinesis.Tests.Records;

public class SequenceNumberTests
{
    [Fact]
    public void The_digits_are_those_of_the_layout_in_decimal()
    {
        foreach (var number in Numbers(5000))
        {
            var hex = $"2{number.ShardCreatedSeconds:x9}{number.ShardNumber & 15:x1}{number.Index:x16}00{number.ArrivalSeconds:x9}{number.ShardNumber:x8}2";
            Assert.Equal(47, hex.Length);
            Assert.Equal(BigInteger.Parse("0" + hex, NumberStyles.HexNumber).ToString(), number.ToString());
            Assert.Equal(SequenceNumber.Digits, number.ToString().Length);
        }
    }

    [Fact]
    public void A_number_of_AWS_s_documents_reads_and_writes_back()
    {
        Assert.True(SequenceNumber.TryParse("49543463076548007577105092703039560359975228518395019266"u8, out var number));
        Assert.Equal("49543463076548007577105092703039560359975228518395019266", number.ToString());
        Assert.Equal((0x157dUL, 0u), (number.Index, number.ShardNumber));
        Assert.Equal(2014, DateTimeOffset.FromUnixTimeSeconds(number.ShardCreatedSeconds).Year);
        Assert.Equal(2014, DateTimeOffset.FromUnixTimeSeconds(number.ArrivalSeconds).Year);
    }

    [Fact]
    public void Parsing_gives_the_number_back_and_refuses_what_is_none()
    {
        foreach (var number in Numbers(5000))
        {
            Assert.True(SequenceNumber.TryParse(Encoding.ASCII.GetBytes(number.ToString()), out var parsed));
            Assert.Equal(number, parsed);
        }

        foreach (var text in new[] { "", "0", "1", "4954346307657030832230362332617988715242826225072629358", "49543463076548007577105092703039560359975228518395019267",
                     "99999999999999999999999999999999999999999999999999999999", "4954346307657030832230362332617988715242826225072629358x", "00000000000000000000000000000000000000000000000000000002",
                     // The index, and the shard, that comes after the highest.
                     $"{BigInteger.Parse("20000000000800000000000000000000000000000000002", NumberStyles.HexNumber)}",
                     $"{BigInteger.Parse("20000000000000000000000000000000000000800000002", NumberStyles.HexNumber)}" })
        {
            Assert.False(SequenceNumber.TryParse(Encoding.ASCII.GetBytes(text), out _), text);
        }
    }

    [Theory]
    [InlineData("20000000000800000000000000000000000000000000002")]
    [InlineData("20000000000000000000000000000000000000800000002")]
    public void An_index_or_a_shard_beyond_AWS_s_limits_is_none(string digits)
    {
        var number = BigInteger.Parse("0" + digits, NumberStyles.HexNumber).ToString();
        Assert.Equal(SequenceNumber.Digits, number.Length);
        Assert.False(SequenceNumber.TryParse(Encoding.ASCII.GetBytes(number), out _));
    }

    [Fact]
    public void They_compare_as_the_numbers_that_clients_see()
    {
        var numbers = Numbers(300).ToArray();
        foreach (var left in numbers)
        {
            foreach (var right in numbers.Take(40))
            {
                Assert.Equal(Math.Sign(BigInteger.Parse(left.ToString()).CompareTo(BigInteger.Parse(right.ToString()))), Math.Sign(left.CompareTo(right)));
            }
        }
    }

    [Fact]
    public void A_number_of_a_place_is_between_those_of_two_records_whenever_they_arrived()
    {
        foreach (var number in Numbers(1000))
        {
            var place = number with { IsBetween = true };
            Assert.True(SequenceNumber.TryParse(Encoding.ASCII.GetBytes(place.ToString()), out var parsed));
            Assert.Equal(place, parsed);
            Assert.NotEqual(number, parsed);
            Assert.True(place > number with { ArrivalSeconds = (1L << 36) - 1 });
            Assert.True(place < number with { Index = number.Index + 1, ArrivalSeconds = 0 });
        }
    }

    [Fact]
    public void Advancing_the_digits_is_the_next_index()
    {
        foreach (var number in Numbers(500))
        {
            var digits = Encoding.ASCII.GetBytes(number.ToString());
            for (var step = 1UL; step <= 30; step++)
            {
                SequenceNumber.Advance(digits);
                Assert.Equal((number with { Index = number.Index + step }).ToString(), Encoding.ASCII.GetString(digits));
            }
        }
    }

    private static IEnumerable<SequenceNumber> Numbers(int count)
    {
        var random = new Random(4);
        yield return new SequenceNumber(0, 0, 0, 0);
        yield return new SequenceNumber((1L << 36) - 1, int.MaxValue, long.MaxValue - 100, (1L << 36) - 1);
        for (var number = 0; number < count; number++)
        {
            yield return new SequenceNumber(random.NextInt64(1L << random.Next(1, 37)), (uint)random.NextInt64(1L << random.Next(1, 32)),
                (ulong)random.NextInt64(long.MaxValue >> random.Next(62)), random.NextInt64(1L << random.Next(1, 37)));
        }
    }
}
