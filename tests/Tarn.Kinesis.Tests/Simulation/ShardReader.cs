using System.Globalization;

namespace Tarn.Kinesis.Tests.Simulation;

/// <summary>Reads shards as clients do, and compares each page with the model.</summary>
internal sealed class ShardReader(SimulatedServer server, Random random)
{
    private const int IteratorsKept = 8;
    private const int PagesMax = 6;

    /// <summary>Iterators that were given out, to be used later or again.</summary>
    private readonly List<Place> places = [];

    private sealed record Place(string Iterator, ModelStream Stream, ModelShard Shard, int Position, long MadeMs);

    /// <summary>A few pages of some shard from an iterator of some type.</summary>
    public async Task WalkAsync(ModelStream stream)
    {
        if (stream.Shards.Count > 0)
        {
            var shard = stream.Shards.Values.ElementAt(random.Next(stream.Shards.Count));
            await ReadAsync(await StartAsync(stream, shard, random.Next(6)), random.Next(1, PagesMax));
        }
    }

    /// <summary>All records of a shard, to its tip or end.</summary>
    public async Task ReadAllAsync(ModelStream stream, ModelShard shard) => await ReadAsync(await StartAsync(stream, shard, type: 0), int.MaxValue);

    public async Task UseOldIteratorAsync(IReadOnlyList<ModelStream> streams)
    {
        if (places.Count == 0)
        {
            return;
        }

        var place = places[random.Next(places.Count)];
        var isGone = !streams.Contains(place.Stream) || !place.Stream.Shards.ContainsKey(place.Shard.Id);
        var isExpired = place.MadeMs + 300_000 < server.NowMs;
        if (isExpired || isGone)
        {
            var answer = await server.CallAsync("GetRecords", new Members { ["ShardIterator"] = place.Iterator });
            answer.Refused(isExpired ? "ExpiredIteratorException" : "ResourceNotFoundException");
            return;
        }

        await ReadAsync(place, pages: 1);
    }

    /// <summary>All records of a shard from an index of the model on, whatever they are: what a crash has left.</summary>
    public async Task<IReadOnlyList<Members>> RecordsAfterAsync(ModelStream stream, ModelShard shard)
    {
        // The model does not know them yet: from the last record that it does know, which may have expired and is not shown then.
        var place = await StartAsync(stream, shard, type: 0);
        var records = new List<Members>();
        var iterator = place.Iterator;
        while (true)
        {
            var page = (await server.CallAsync("GetRecords", new Members { ["ShardIterator"] = iterator })).Ok();
            records.AddRange(page.List("Records"));
            if (page.Number("MillisBehindLatest") == 0 || page.TextOrNull("NextShardIterator") is not { } next)
            {
                return records[(shard.Records.Count - shard.Horizon)..];
            }

            iterator = next;
        }
    }

    /// <summary>An iterator, and where in the model it must begin.</summary>
    private async Task<Place> StartAsync(ModelStream stream, ModelShard shard, int type)
    {
        var input = stream.Named(random);
        input["ShardId"] = shard.Id;
        var (name, position) = Draw(shard, type, input);
        input["ShardIteratorType"] = name;
        var iterator = (await server.CallAsync("GetShardIterator", input)).Ok().Text("ShardIterator");
        return Keep(new Place(iterator, stream, shard, position, server.NowMs));
    }

    private (string Type, int Position) Draw(ModelShard shard, int type, Members input)
    {
        var at = random.Next(shard.Records.Count + 1);
        switch (type)
        {
            case 1:
                return ("LATEST", shard.Records.Count);
            case 2:
                var ms = at < shard.Records.Count ? shard.Records[at].Ms + random.Next(-1, 2) : server.NowMs;
                ms = Math.Min(ms, server.NowMs);
                input["Timestamp"] = DateTimeOffset.FromUnixTimeMilliseconds(ms);
                var first = shard.Records.FindIndex(record => record.Ms >= ms);
                return ("AT_TIMESTAMP", first < 0 ? shard.Records.Count : first);
            case 3 when at < shard.Records.Count:
                input["StartingSequenceNumber"] = shard.Records[at].Number.ToString(CultureInfo.InvariantCulture);
                return ("AT_SEQUENCE_NUMBER", at);
            case 4 when at < shard.Records.Count:
                input["StartingSequenceNumber"] = shard.Records[at].Number.ToString(CultureInfo.InvariantCulture);
                return ("AFTER_SEQUENCE_NUMBER", at + 1);
            case 5:
                input["StartingSequenceNumber"] = shard.First.ToString(CultureInfo.InvariantCulture);
                return (random.Next(2) == 0 ? "AT_SEQUENCE_NUMBER" : "AFTER_SEQUENCE_NUMBER", 0);
            default:
                return ("TRIM_HORIZON", 0);
        }
    }

    private async Task ReadAsync(Place? place, int pages)
    {
        var limitMax = pages < PagesMax ? 12 : 200;
        for (; pages > 0 && place is not null; pages--)
        {
            int? limit = random.Next(4) == 0 ? null : random.Next(1, limitMax);
            var page = (await GetRecordsAsync(place, limit)).Ok();
            var before = place;
            place = Check(place, limit ?? 10_000, page);
            if (place is not null && place.Position == before.Position)
            {
                return;
            }
        }
    }

    private async Task<Answer> GetRecordsAsync(Place place, int? limit)
    {
        var input = random.Next(2) == 0 ? new Members() : new Members { ["StreamARN"] = place.Stream.Arn };
        input["ShardIterator"] = place.Iterator;
        if (limit is not null)
        {
            input["Limit"] = (long)limit;
        }

        return await server.CallAsync("GetRecords", input);
    }

    /// <summary>A page must be the model's records from the place on; answers the next place, or null at the end of a closed shard.</summary>
    private Place? Check(Place place, int limit, Members page)
    {
        var shard = place.Shard;
        var from = Math.Max(place.Position, shard.Horizon);
        var expected = shard.Records.Skip(from).Take(limit).ToList();
        var records = page.List("Records");
        Assert.True(expected.Count == records.Count, $"{place.Stream.Name} {shard.Id} from {from}: {records.Count} records where there are {expected.Count}");
        foreach (var (record, found) in expected.Zip(records))
        {
            Assert.Equal(
                (record.Number.ToString(CultureInfo.InvariantCulture), record.Key, record.Ms, record.IsEncrypted, Convert.ToHexString(record.Data)),
                (found.Text("SequenceNumber"), found.Text("PartitionKey"), found.Time("ApproximateArrivalTimestamp").ToUnixTimeMilliseconds(), found.IsEncrypted, Convert.ToHexString(found.Bytes("Data"))));
        }

        var position = from + expected.Count;
        var isAtTip = position == shard.Records.Count;
        var behind = page.Number("MillisBehindLatest");
        Assert.True(isAtTip == (behind == 0), $"{place.Stream.Name} {shard.Id}: {behind} ms behind at {position} of {shard.Records.Count}");
        var isEnd = isAtTip && shard.ClosedMs is not null;
        Assert.Equal(isEnd, !page.ContainsKey("NextShardIterator"));
        Assert.Equal(isEnd, page.ContainsKey("ChildShards"));
        if (isEnd)
        {
            CheckChildren(place.Stream, shard, page.List("ChildShards"));
            return null;
        }

        return Keep(new Place(page.Text("NextShardIterator"), place.Stream, shard, position, server.NowMs));
    }

    private static void CheckChildren(ModelStream stream, ModelShard shard, IReadOnlyList<Members> children)
    {
        var expected = stream.Shards.Values.Where(child => child.Parents.Contains(shard.Id)).Select(child => $"{child.Id} of {string.Join(',', child.Parents)}: {child.Start}-{child.End}");
        var found = children.Select(child =>
        {
            var range = child.Structure("HashKeyRange");
            var parents = string.Join(',', ((List<object>)child["ParentShards"]).Cast<string>());
            return $"{child.Text("ShardId")} of {parents}: {range.Text("StartingHashKey")}-{range.Text("EndingHashKey")}";
        });
        Assert.Equal(expected.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    private Place Keep(Place place)
    {
        if (places.Count < IteratorsKept)
        {
            places.Add(place);
        }
        else if (random.Next(3) == 0)
        {
            places[random.Next(places.Count)] = place;
        }

        return place;
    }
}
