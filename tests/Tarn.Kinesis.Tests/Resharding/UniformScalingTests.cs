using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Tarn.Contracts;
using Tarn.Kinesis.Resharding;
using Tarn.Kinesis.Streams;

namespace Tarn.Kinesis.Tests.Resharding;

public sealed class UniformScalingTests
{
    /// <summary>The numbers of shards, closed ones included, that were seen on AWS.</summary>
    [Theory]
    [InlineData(2, 4, 6)]
    [InlineData(4, 5, 15)]
    [InlineData(10, 13, 37)]
    [InlineData(4, 2, 6)]
    [InlineData(5, 3, 7)]
    public void Scaling_leaves_as_many_shards_in_the_list_as_in_AWS(int from, int to, int listed)
    {
        var stream = Scale(Filled(from), to);
        Assert.Equal((to, listed), (stream.OpenShards.Length, stream.Shards.Length));
    }

    [Fact]
    public void Doubling_splits_every_shard_in_half()
    {
        var stream = Scale(Filled(2), 4);
        Assert.Equal([(0, 2), (0, 3), (1, 4), (1, 5)], stream.OpenShards.Select(shard => (shard.Parent!.Value, shard.Index)));
        Assert.Equal(Filled(4).OpenShards.Select(shard => shard.StartingHash), stream.OpenShards.Select(shard => shard.StartingHash));
    }

    [Fact]
    public void However_a_stream_is_scaled_its_open_shards_cover_each_hash_key_once_and_stay_even()
    {
        var counts = Gen.Choose(1, 40).ListOf(6).ToArbitrary();
        Check.QuickThrowOnFailure(Prop.ForAll(counts, targets =>
        {
            var stream = Filled(targets[0]);
            foreach (var target in targets.Skip(1))
            {
                stream = Scale(stream, target);
                var open = stream.OpenShards;
                Assert.Equal(target, open.Length);
                Assert.Equal(UInt128.Zero, open[0].StartingHash);
                Assert.Equal(UInt128.MaxValue, open[^1].EndingHash);
                Assert.All(open.Zip(open.Skip(1)), pair => Assert.Equal(pair.First.EndingHash + 1, pair.Second.StartingHash));
                Assert.Equal(Enumerable.Range(0, stream.Shards.Length), stream.Shards.Select(shard => shard.Index));
                Assert.All(stream.Shards.Where(shard => shard.Parent is not null), child => CheckChild(stream, child));
            }
        }));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(1_000)]
    public void A_new_streams_shards_are_equal_parts_of_the_hash_keys_and_the_last_takes_the_rest(int count)
    {
        var open = Filled(count).OpenShards;
        var two128 = System.Numerics.BigInteger.Pow(2, 128);
        Assert.Equal(Enumerable.Range(0, count).Select(i => (two128 / count * i).ToString(System.Globalization.CultureInfo.InvariantCulture)), open.Select(shard => shard.StartingHash.ToString()));
        Assert.Equal(UInt128.MaxValue, open[^1].EndingHash);
    }

    /// <summary>A child's keys are its parents', and its sequence numbers are above theirs.</summary>
    private static void CheckChild(StreamSnapshot stream, Shard child)
    {
        var parents = new[] { child.Parent, child.AdjacentParent }.OfType<int>().Select(index => stream.FindShard(index)!).ToList();
        Assert.All(parents, parent =>
        {
            Assert.NotNull(parent.ClosedAt);
            Assert.True(string.CompareOrdinal(ShardSequence.Last(parent, parent.ClosedAt.Value), ShardSequence.First(child)) < 0);
        });
        Assert.True(parents.Min(parent => parent.StartingHash) <= child.StartingHash && child.EndingHash <= parents.Max(parent => parent.EndingHash));
    }

    private static StreamSnapshot Filled(int count) => Apply(new StreamSnapshot(new AwsScope("123456789012", "us-east-1"), Record(0), []), changes => changes.Fill(count));

    private static StreamSnapshot Scale(StreamSnapshot stream, int target) => Apply(stream, changes => UniformScaling.Apply(changes, stream.OpenShards, target));

    private static StreamSnapshot Apply(StreamSnapshot stream, Action<ShardChanges> change)
    {
        var changes = new ShardChanges(stream.Record.NextShard, TestKinesis.Start);
        change(changes);
        var closed = changes.Closed.ToDictionary(shard => shard.Index);
        ImmutableArray<Shard> shards = [.. stream.Shards.Select(shard => closed.GetValueOrDefault(shard.Index, shard)), .. changes.Added];
        return new StreamSnapshot(stream.Scope, Record(changes.NextShard), shards);
    }

    private static StreamRecord Record(int next) => new() { Id = "i", Number = 1, Name = "s", CreatedAt = TestKinesis.Start, Settings = new StreamSettings(), NextShard = next };
}
