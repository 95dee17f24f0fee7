using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;

namespace Tarn.Kinesis.Tests.Simulation;

/// <summary>Puts records as clients do; what is acknowledged goes into the model, and what is not is remembered until it is known whether it is there.</summary>
internal sealed class RecordPuts(SimulatedServer server, Random random)
{
    private const int RecordsMax = 8;
    private const int DataBytesMax = 300;

    private static readonly string[] Keys = ["a", "b", "ключ", "k\"\\/\n", new string('ż', 256), "🦊 d", "e", "f"];
    private static readonly UInt128 Half = (UInt128)1 << 127;
    private static readonly UInt128[] Boundaries = [0, 1, Half - 1, Half, UInt128.MaxValue - 1, UInt128.MaxValue];

    private long records;

    /// <summary>A put under way, and in the end what became of each of its records.</summary>
    public sealed record Put(ModelStream Stream, IReadOnlyList<Draft> Drafts, Task<Answer> Request);

    public Put Begin(ModelStream stream)
    {
        var input = stream.Named(random);
        if (random.Next(2) == 0)
        {
            var draft = DrawRecord(stream);
            foreach (var (name, value) in draft.Entry())
            {
                input[name] = value;
            }

            if (random.Next(3) == 0 && stream.LastNumbers.TryGetValue(draft.Hash, out var last))
            {
                input["SequenceNumberForOrdering"] = last.ToString(CultureInfo.InvariantCulture);
            }

            return new Put(stream, [draft], server.CallAsync("PutRecord", input));
        }

        var drafts = Enumerable.Range(0, random.Next(1, RecordsMax + 1)).Select(_ => DrawRecord(stream)).ToList();
        input["Records"] = drafts.Select(object (draft) => draft.Entry()).ToList();
        return new Put(stream, drafts, server.CallAsync("PutRecords", input));
    }

    /// <summary>Takes puts that are done into the model. Answers the records of which it is open whether they are there; none when all must have been taken.</summary>
    public static async Task<List<Draft>> AbsorbAsync(ModelStream stream, IReadOnlyCollection<Put> puts, long nowMs, bool mayFail)
    {
        var taken = new List<(string Shard, BigInteger Number, Draft Draft, bool IsEncrypted)>();
        var open = new List<Draft>();
        foreach (var put in puts.Where(put => put.Stream == stream))
        {
            var answer = await put.Request;
            var results = Results(put, answer, mayFail);
            var own = put.Drafts.Zip(results).ToList();
            open.AddRange(own.Where(pair => pair.Second is null).Select(pair => pair.First));
            var numbers = own.Where(pair => pair.Second is not null).Select(pair => (pair.Second!.Text("ShardId"), BigInteger.Parse(pair.Second!.Text("SequenceNumber"), CultureInfo.InvariantCulture), pair.First, answer.Output.IsEncrypted)).ToList();
            CheckKeys(stream, numbers);
            taken.AddRange(numbers);
        }

        foreach (var (shard, number, draft, isEncrypted) in taken.OrderBy(record => record.Number))
        {
            Add(stream, stream.Shards[shard], number, draft, nowMs, isEncrypted);
        }

        return open;
    }

    /// <summary>Takes records that a crash has left into the model: of each put those of a shard are there together, in their order, or not at all.</summary>
    public static void AdoptFound(ModelStream stream, ModelShard shard, IReadOnlyList<Members> found, List<IReadOnlyList<Draft>> open, long nowMs)
    {
        var at = 0;
        while (at < found.Count)
        {
            var group = open.Select(drafts => drafts.Where(draft => shard.Holds(draft.Hash)).ToList())
                .FirstOrDefault(drafts => drafts.Count > 0 && drafts.Count <= found.Count - at && drafts.Zip(found.Skip(at)).All(pair => pair.First.Data.AsSpan().SequenceEqual(pair.Second.Bytes("Data"))));
            Assert.True(group is not null, $"{stream.Name} {shard.Id} has {found.Count - at} records that nobody put, or a part of a put");
            foreach (var draft in group)
            {
                var record = found[at++];
                Assert.Equal((draft.Key, nowMs), (record.Text("PartitionKey"), record.Time("ApproximateArrivalTimestamp").ToUnixTimeMilliseconds()));
                Add(stream, shard, BigInteger.Parse(record.Text("SequenceNumber"), CultureInfo.InvariantCulture), draft, nowMs, record.IsEncrypted);
            }

            for (var i = 0; i < open.Count; i++)
            {
                open[i] = [.. open[i].Except(group)];
            }
        }
    }

    private static void Add(ModelStream stream, ModelShard shard, BigInteger number, Draft draft, long nowMs, bool isEncrypted)
    {
        Assert.True(shard.Holds(draft.Hash), $"{stream.Name}: hash key {draft.Hash} went to {shard.Id}, {shard.Start}-{shard.End}");
        Assert.True(number > (shard.Records.Count > 0 ? shard.Records[^1].Number : shard.First), $"{stream.Name} {shard.Id}: {number} does not rise");
        shard.Records.Add(new ModelRecord(number, draft.Key, draft.Data, nowMs, isEncrypted));
        stream.LastNumbers[draft.Hash] = BigInteger.Max(number, stream.LastNumbers.GetValueOrDefault(draft.Hash));
    }

    /// <summary>What was acknowledged later has a higher number than what the same key had before, in whatever shard; so have the records of one request.</summary>
    private static void CheckKeys(ModelStream stream, List<(string Shard, BigInteger Number, Draft Draft, bool IsEncrypted)> records)
    {
        foreach (var key in records.GroupBy(record => record.Draft.Hash))
        {
            var last = stream.LastNumbers.GetValueOrDefault(key.Key);
            foreach (var (_, number, _, _) in key)
            {
                Assert.True(number > last, $"{stream.Name}: hash key {key.Key} had {last} before {number}");
                last = number;
            }
        }
    }

    /// <summary>The result of each record; null where it failed.</summary>
    private static IEnumerable<Members?> Results(Put put, Answer answer, bool mayFail)
    {
        if (answer.Error is not null && mayFail)
        {
            Assert.True(answer.Error is "InternalFailure" or "InternalFailureException" or "ServiceUnavailable", $"{answer}");
            return put.Drafts.Select(Members? (_) => null);
        }

        var output = answer.Ok();
        if (!output.ContainsKey("Records"))
        {
            return [output];
        }

        var results = output.List("Records").Select(result => result.ContainsKey("ErrorCode") ? null : result).ToList();
        Assert.Equal(put.Drafts.Count, results.Count);
        Assert.Equal(output.Number("FailedRecordCount"), results.Count(result => result is null));
        Assert.True(mayFail || !results.Contains(null), $"{answer}");
        return results;
    }

    /// <summary>Data that no other record has.</summary>
    private Draft DrawRecord(ModelStream stream)
    {
        var data = new byte[8 + (random.Next(3) == 0 ? random.Next(DataBytesMax) : random.Next(10))];
        random.NextBytes(data);
        BinaryPrimitives.WriteInt64LittleEndian(data, records++);
        return new Draft(Keys[random.Next(Keys.Length)], DrawHash(stream)?.ToString(CultureInfo.InvariantCulture), data);
    }

    private UInt128? DrawHash(ModelStream stream)
    {
        switch (random.Next(4))
        {
            case 0:
                return Boundaries[random.Next(Boundaries.Length)];
            case 1 when stream.Open is { Count: > 0 } open:
                var shard = open[random.Next(open.Count)];
                return random.Next(2) == 0 ? shard.Start : shard.End;
            default:
                return null;
        }
    }
}
