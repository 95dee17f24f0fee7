using System.Globalization;
using System.Numerics;

namespace Tarn.Kinesis.Tests.Simulation;

/// <summary>Changes streams as clients do, and compares the shards that come of it with the model.</summary>
internal sealed class StreamChanges(SimulatedServer server, List<ModelStream> streams, Random random)
{
    private const int ShardsMax = 40;
    private const int OpenMax = 8;

    /// <summary>A change as it was asked for.</summary>
    public sealed record Asked(ModelStream Stream, string Operation, Members Input, ModelChange Change);

    public Asked DrawCreation(string name)
    {
        var shards = (long)random.Next(1, 5);
        return new Asked(
            new ModelStream(name),
            "CreateStream",
            new Members { ["StreamName"] = name, ["ShardCount"] = shards },
            new ModelChange("CREATING", new Reshard.Scale(shards)));
    }

    /// <summary>Some change of a stream that has shards; null when none can be drawn.</summary>
    public Asked? Draw(ModelStream stream)
    {
        var open = stream.Open;
        var input = stream.Named(random);
        var at = random.Next(Math.Max(1, open.Count));
        switch (random.Next(12))
        {
            case < 3 when open.Count is > 0 and < OpenMax && stream.Shards.Count < ShardsMax && open[at].End - open[at].Start > 8:
                var middle = open[at].Start + 2 + (((UInt128)random.NextInt64() << 64 | (UInt128)random.NextInt64()) % (open[at].End - open[at].Start - 3));
                input["ShardToSplit"] = open[at].Id;
                input["NewStartingHashKey"] = middle.ToString(CultureInfo.InvariantCulture);
                return new Asked(stream, "SplitShard", input, new ModelChange("UPDATING", new Reshard.Split(open[at].Id, middle)));
            case < 5 when at + 1 < open.Count && stream.Shards.Count < ShardsMax:
                input["ShardToMerge"] = open[at].Id;
                input["AdjacentShardToMerge"] = open[at + 1].Id;
                return new Asked(stream, "MergeShards", input, new ModelChange("UPDATING", new Reshard.Merge(open[at].Id, open[at + 1].Id)));
            case 5 when open.Count > 0 && stream.Shards.Count < ShardsMax:
                var target = (long)random.Next((open.Count + 1) / 2, Math.Min(OpenMax, open.Count * 2) + 1);
                input["TargetShardCount"] = target;
                input["ScalingType"] = "UNIFORM_SCALING";
                return new Asked(stream, "UpdateShardCount", input, new ModelChange("UPDATING", new Reshard.Scale(target)));
            case < 9:
                var hours = (long)random.Next(24, 24 + (24 * random.Next(1, 8)));
                input["RetentionPeriodHours"] = hours;
                return hours == stream.RetentionHours ? null : new Asked(
                    stream,
                    hours > stream.RetentionHours ? "IncreaseStreamRetentionPeriod" : "DecreaseStreamRetentionPeriod",
                    input,
                    new ModelChange("UPDATING", RetentionHours: hours));
            case < 11:
                var starts = random.Next(2) == 0;
                input["EncryptionType"] = "KMS";
                input["KeyId"] = "alias/aws/kinesis";
                return stream.IsEncrypted || starts
                    ? new Asked(stream, starts ? "StartStreamEncryption" : "StopStreamEncryption", input, new ModelChange("UPDATING", Encrypts: starts))
                    : null;
            default:
                return new Asked(stream, "DeleteStream", input, new ModelChange("DELETING"));
        }
    }

    public async Task CreateAsync(string name)
    {
        var asked = DrawCreation(name);
        var answer = await server.CallAsync(asked.Operation, asked.Input);
        if (streams.Any(stream => stream.Name == name))
        {
            answer.Refused("ResourceInUseException");
            return;
        }

        answer.Ok();
        await AcceptAsync(asked);
    }

    public async Task ChangeAsync(ModelStream stream)
    {
        if (Draw(stream) is not { } asked)
        {
            return;
        }

        var answer = await server.CallAsync(asked.Operation, asked.Input);
        if (stream.Pending is not null && !asked.Change.Deletes)
        {
            answer.Refused("ResourceInUseException");
            return;
        }

        answer.Ok();
        await AcceptAsync(asked);
    }

    /// <summary>A change was acknowledged: it is done, now or when its time has come.</summary>
    public async Task AcceptAsync(Asked asked)
    {
        var (stream, change) = (asked.Stream, asked.Change);
        if (change.Status == "CREATING")
        {
            streams.Add(stream);
            stream.Id = (await SummaryAsync(stream)).Ok().Structure("StreamDescriptionSummary").Text("StreamId");
        }

        if (server.StateDelay == TimeSpan.Zero)
        {
            await FinishAsync(stream, change);
            return;
        }

        if (stream.Pending is not { Deletes: true })
        {
            stream.Pending = change with { DueMs = server.NowMs + (long)server.StateDelay.TotalMilliseconds };
        }

        Assert.Equal(stream.Pending.Status, await StatusAsync(stream));
    }

    /// <summary>Applies what is due by now to the model, and compares.</summary>
    public async Task SettleAsync()
    {
        foreach (var stream in streams.ToList())
        {
            stream.Expire(server.NowMs);
            if (stream.Pending is { } change && change.DueMs <= server.NowMs)
            {
                stream.Pending = null;
                await FinishAsync(stream, change);
            }
        }
    }

    public async Task<Answer> SummaryAsync(ModelStream stream) => await server.CallAsync("DescribeStreamSummary", stream.Named(random));

    public async Task<string> StatusAsync(ModelStream stream) => (await SummaryAsync(stream)).Ok().Structure("StreamDescriptionSummary").Text("StreamStatus");

    public async Task FinishAsync(ModelStream stream, ModelChange change)
    {
        if (change.Deletes)
        {
            streams.Remove(stream);
            if (streams.All(other => other.Name != stream.Name))
            {
                (await SummaryAsync(stream)).Refused("ResourceNotFoundException");
            }

            return;
        }

        stream.RetentionHours = change.RetentionHours ?? stream.RetentionHours;
        stream.IsEncrypted = change.Encrypts ?? stream.IsEncrypted;
        stream.Expire(server.NowMs);
        Compare(stream, change.Reshard, await ListAsync(stream));
        var summary = (await SummaryAsync(stream)).Ok().Structure("StreamDescriptionSummary");
        Assert.Equal(
            ("ACTIVE", stream.RetentionHours, (long)stream.Open.Count, stream.IsEncrypted ? "KMS" : "NONE"),
            (summary.Text("StreamStatus"), summary.Number("RetentionPeriodHours"), summary.Number("OpenShardCount"), summary.Text("EncryptionType")));
    }

    public async Task<List<Members>> ListAsync(ModelStream stream)
    {
        var size = (long)random.Next(2, 60);
        var input = stream.Named(random);
        var shards = new List<Members>();
        while (true)
        {
            input["MaxResults"] = size;
            var page = (await server.CallAsync("ListShards", input)).Ok();
            shards.AddRange(page.List("Shards"));
            if (page.TextOrNull("NextToken") is not { } token)
            {
                return shards;
            }

            input = new Members { ["NextToken"] = token };
        }
    }

    /// <summary>Whether a list shows shards that the model does not have.</summary>
    public static bool HasNew(ModelStream stream, List<Members> listed) => listed.Any(shard => !stream.Shards.ContainsKey(shard.Text("ShardId")));

    /// <summary>What is listed must be the model's shards after the reshard, which the model then has too.</summary>
    public void Compare(ModelStream stream, Reshard? reshard, List<Members> listed)
    {
        var isFirst = stream.Shards.Count == 0 && reshard is not null;
        var open = stream.Open.Select(shard => shard.Id).ToHashSet();
        var known = stream.Shards.Keys.ToList();
        var found = listed.Select(Read).ToDictionary(shard => shard.Id);
        Assert.All(known, id => Assert.True(found.ContainsKey(id), $"{stream.Name} {id} is not listed"));
        var added = found.Values.Where(shard => !stream.Shards.ContainsKey(shard.Id)).ToList();
        var closed = new List<string>();
        foreach (var entry in listed)
        {
            var shard = found[entry.Text("ShardId")];
            var model = stream.Shards.GetValueOrDefault(shard.Id, shard);
            Assert.Equal((model.Start, model.End, string.Join(',', model.Parents), model.First), (shard.Start, shard.End, string.Join(',', shard.Parents), shard.First));
            var last = entry.Structure("SequenceNumberRange").TextOrNull("EndingSequenceNumber");
            Assert.True(last is not null || model.ClosedMs is null, $"{stream.Name} {model.Id} was closed and is listed as open");
            if (last is not null)
            {
                Assert.True(BigInteger.Parse(last, CultureInfo.InvariantCulture) > (model.Records.Count > 0 ? model.Records[^1].Number : model.First), $"{stream.Name} {model.Id} ends before its last record");
                if (model.ClosedMs is null)
                {
                    model.ClosedMs = server.NowMs;
                    closed.Add(model.Id);
                }
            }
        }

        added.ForEach(shard => stream.Shards.Add(shard.Id, shard));
        CheckReshard(stream, reshard, [.. closed.Where(open.Contains)], added);
        CheckTree(stream, added, isFirst);
        CheckCover(stream);
    }

    private static void CheckReshard(ModelStream stream, Reshard? reshard, List<string> closed, List<ModelShard> added)
    {
        var ranges = added.Select(shard => (shard.Start, shard.End, string.Join(',', shard.Parents)));
        switch (reshard)
        {
            case null:
                Assert.Empty(closed);
                Assert.Empty(added);
                break;
            case Reshard.Split split:
                var parent = stream.Shards[split.Shard];
                Assert.Equal([parent.Id], closed);
                Assert.Equal([(parent.Start, split.At - 1, parent.Id), (split.At, parent.End, parent.Id)], ranges);
                break;
            case Reshard.Merge merge:
                Assert.Equal([merge.Lower, merge.Upper], closed.OrderBy(id => stream.Shards[id].Start));
                Assert.Equal([(stream.Shards[merge.Lower].Start, stream.Shards[merge.Upper].End, $"{merge.Lower},{merge.Upper}")], ranges);
                break;
            case Reshard.Scale scale:
                Assert.Equal(scale.Target, stream.Open.Count);
                break;
        }
    }

    /// <summary>New shards come of closed ones, whose hash keys they hold, and their numbers are above those of their parents.</summary>
    private static void CheckTree(ModelStream stream, List<ModelShard> added, bool isFirst)
    {
        foreach (var shard in added)
        {
            Assert.Equal(isFirst && shard.ClosedMs is null && shard.Parents.Length == 0, shard.Parents.Length == 0);
            var parents = shard.Parents.Select(id => stream.Shards[id]).ToList();
            Assert.All(parents, parent =>
            {
                Assert.NotNull(parent.ClosedMs);
                Assert.True(shard.First > (parent.Records.Count > 0 ? parent.Records[^1].Number : parent.First), $"{stream.Name} {shard.Id} begins before its parent {parent.Id} ends");
            });
            if (parents.Count > 0)
            {
                Assert.True(parents.Min(parent => parent.Start) <= shard.Start && shard.End <= parents.Max(parent => parent.End), $"{stream.Name} {shard.Id} holds more than its parents");
            }
        }
    }

    private static void CheckCover(ModelStream stream)
    {
        var open = stream.Open;
        if (open.Count == 0)
        {
            Assert.True(stream.Pending is not null, $"{stream.Name} has no shard and is not on its way");
            return;
        }

        Assert.Equal((UInt128.MinValue, UInt128.MaxValue), (open[0].Start, open[^1].End));
        Assert.All(open.Zip(open.Skip(1)), pair => Assert.Equal(pair.First.End + 1, pair.Second.Start));
    }

    private static ModelShard Read(Members shard)
    {
        var range = shard.Structure("HashKeyRange");
        return new ModelShard
        {
            Id = shard.Text("ShardId"),
            Start = UInt128.Parse(range.Text("StartingHashKey"), CultureInfo.InvariantCulture),
            End = UInt128.Parse(range.Text("EndingHashKey"), CultureInfo.InvariantCulture),
            Parents = [.. new[] { shard.TextOrNull("ParentShardId"), shard.TextOrNull("AdjacentParentShardId") }.OfType<string>()],
            First = BigInteger.Parse(shard.Structure("SequenceNumberRange").Text("StartingSequenceNumber"), CultureInfo.InvariantCulture),
        };
    }
}
