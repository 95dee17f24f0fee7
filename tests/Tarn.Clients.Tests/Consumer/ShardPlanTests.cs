using Tarn.Clients.Consumer.Leases;
using Tarn.Clients.Consumer.Shards;
using Tarn.Clients.Kinesis;

namespace Tarn.Clients.Tests.Consumer;

public sealed class ShardPlanTests
{
    /// <summary>0 was split into 1 and 2, which were merged into 3; 4 has nothing to do with them.</summary>
    private static readonly Shard[] Stream = [Closed("0"), Closed("1", "0"), Closed("2", "0"), Open("3", "1", "2"), Open("4")];

    [Fact]
    public void A_new_application_reads_all_shards_parents_before_children()
    {
        var plan = ShardPlan.Make([], [.. Stream.Reverse()], Checkpoint.TrimHorizon);
        var order = plan.Create.Select(lease => lease.Key).ToList();
        Assert.Equal(["0", "1", "2", "3", "4"], order.Order());
        Assert.True(order.IndexOf("0") < order.IndexOf("1") && order.IndexOf("1") < order.IndexOf("3") && order.IndexOf("2") < order.IndexOf("3"));
        Assert.All(plan.Create, lease => Assert.Equal(Checkpoint.TrimHorizon, lease.Checkpoint));
        Assert.Equal(["1", "2"], plan.Create.Single(lease => lease.Key == "3").Parents);
        Assert.Empty(plan.Delete);
    }

    [Fact]
    public void A_new_application_that_begins_at_LATEST_reads_the_open_shards_and_no_others()
    {
        var plan = ShardPlan.Make([], Stream, Checkpoint.Latest);
        Assert.Equal(["3 LATEST", "4 LATEST"], plan.Create.Select(lease => $"{lease.Key} {lease.Checkpoint}").Order());

        // As when another worker is in the middle of the same.
        plan = ShardPlan.Make([Leased("4", Checkpoint.Latest)], Stream, Checkpoint.Latest);
        Assert.Equal(["3 LATEST"], plan.Create.Select(lease => $"{lease.Key} {lease.Checkpoint}"));
    }

    [Fact]
    public void Shards_that_follow_one_that_is_read_are_read_from_their_beginning()
    {
        var plan = ShardPlan.Make([Leased("0", Checkpoint.Latest), Leased("4", Checkpoint.Latest)], Stream, Checkpoint.Latest);
        Assert.Equal(["1 TRIM_HORIZON", "2 TRIM_HORIZON", "3 TRIM_HORIZON"], plan.Create.Select(lease => $"{lease.Key} {lease.Checkpoint}").Order());
    }

    [Fact]
    public void What_is_left_of_shards_that_came_while_no_worker_ran_is_read_from_its_beginning()
    {
        // 0 was read, then nobody was there until 0, 1 and 2 had expired.
        var plan = ShardPlan.Make([Leased("0", Checkpoint.At("5", 0))], [Open("3", "1", "2")], Checkpoint.Latest);
        Assert.Equal(["3 TRIM_HORIZON"], plan.Create.Select(lease => $"{lease.Key} {lease.Checkpoint}"));
        Assert.Equal(["0"], plan.Delete.Select(lease => lease.Key));
    }

    [Fact]
    public void A_finished_shard_keeps_its_lease_until_its_children_have_begun_and_does_not_get_it_again()
    {
        Lease[] leases = [Leased("0", Checkpoint.ShardEnd), Leased("1", Checkpoint.At("7", 0)), Leased("2", Checkpoint.TrimHorizon), Leased("3", Checkpoint.TrimHorizon), Leased("4", Checkpoint.TrimHorizon)];
        Assert.Empty(ShardPlan.Make(leases, Stream, Checkpoint.TrimHorizon).Delete);
        leases[2] = Leased("2", Checkpoint.ShardEnd);
        var plan = ShardPlan.Make(leases, Stream, Checkpoint.TrimHorizon);
        Assert.Equal(["0"], plan.Delete.Select(lease => lease.Key));
        Assert.Empty(plan.Create);
        plan = ShardPlan.Make([.. leases.Skip(1)], Stream, Checkpoint.TrimHorizon);
        Assert.Empty(plan.Create);
        Assert.Empty(plan.Delete);
    }

    [Fact]
    public void An_answer_without_shards_changes_nothing() => Assert.Empty(ShardPlan.Make([Leased("0", Checkpoint.ShardEnd)], [], Checkpoint.TrimHorizon).Delete);

    [Fact]
    public void Checkpoints_are_ordered_as_numbers_between_the_beginnings_and_the_end()
    {
        Checkpoint[] ordered = [Checkpoint.TrimHorizon, Checkpoint.At("9", 0), Checkpoint.At("9", 1), Checkpoint.At("10", 0), Checkpoint.At("100", 0), Checkpoint.ShardEnd];
        for (var i = 1; i < ordered.Length; i++)
        {
            Assert.True(ordered[i - 1] < ordered[i], $"{ordered[i - 1]} {ordered[i]}");
        }

        Assert.Equal(0, Checkpoint.Latest.CompareTo(Checkpoint.AtTimestamp));
        Assert.All(ordered, checkpoint => Assert.Equal(checkpoint, Checkpoint.Parse(checkpoint.Position, checkpoint.SubSequence)));
        Assert.Throws<FormatException>(() => Checkpoint.Parse("HERE", 0));
    }

    private static Lease Leased(string key, Checkpoint checkpoint) => new() { Key = key, Checkpoint = checkpoint };

    private static Shard Open(string id, params string[] parents) => new(id, parents.ElementAtOrDefault(0), parents.ElementAtOrDefault(1), HashKeyRange.All, "1", null);

    private static Shard Closed(string id, params string[] parents) => Open(id, parents) with { EndingSequenceNumber = "2" };
}
