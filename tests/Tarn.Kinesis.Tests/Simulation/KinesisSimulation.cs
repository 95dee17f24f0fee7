using Tarn.Kinesis.Tests.Log;
using Tarn.Store;

namespace Tarn.Kinesis.Tests.Simulation;

/// <summary>
/// One seed: random operations of random clients on streams, with time that jumps, restarts and crashes, against <see cref="StreamModel"/>. What a client is told
/// is compared after each operation.
/// </summary>
internal sealed class KinesisSimulation
{
    private const int Steps = 60;
    private const int StreamsMax = 3;

    private readonly Random random;
    private readonly SimulatedServer server;
    private readonly List<ModelStream> streams = [];
    private readonly ShardReader reader;
    private readonly StreamChanges changes;
    private readonly RecordPuts puts;

    public KinesisSimulation(int seed, IMetadataStore store)
    {
        random = new Random(seed);
        server = new SimulatedServer(random, store, TimeSpan.FromSeconds(random.Next(2) * 10));
        reader = new ShardReader(server, random);
        changes = new StreamChanges(server, streams, random);
        puts = new RecordPuts(server, random);
    }

    public void Run() => OneThread.Run(RunAsync, server.Pump);

    private async Task RunAsync()
    {
        await server.OpenAsync();
        for (var step = 0; step < Steps; step++)
        {
            await StepAsync();
        }

        await CheckAllAsync();
        await server.DisposeAsync();
    }

    private async Task StepAsync()
    {
        var draw = random.Next(100);
        if (streams.Count == 0 || (draw < 5 && streams.Count < StreamsMax))
        {
            await changes.CreateAsync(NewName());
            return;
        }

        var stream = streams[random.Next(streams.Count)];
        switch (draw)
        {
            case < 34:
                await PutAsync();
                break;
            case < 56:
                await reader.WalkAsync(stream);
                break;
            case < 60:
                await reader.UseOldIteratorAsync(streams);
                break;
            case < 70:
                await changes.ChangeAsync(stream);
                break;
            case < 76:
                await PutDuringChangeAsync(stream);
                break;
            case < 90:
                await AdvanceAsync();
                break;
            case < 93:
                await server.RestartAsync();
                break;
            case < 97:
                await CrashAsync(stream);
                break;
            default:
                await server.MaintainAsync();
                break;
        }
    }

    private string NewName() => $"stream-{random.Next(4)}";

    /// <summary>Several clients put at the same time, into whatever streams there are.</summary>
    private async Task PutAsync()
    {
        var begun = Enumerable.Range(0, random.Next(1, 4)).Select(_ => puts.Begin(streams[random.Next(streams.Count)])).ToList();
        await Task.WhenAll(begun.Select(put => put.Request));
        foreach (var stream in streams)
        {
            var own = begun.Where(put => put.Stream == stream).ToList();
            if (stream.Shards.Count > 0)
            {
                await RecordPuts.AbsorbAsync(stream, own, server.NowMs, mayFail: false);
                Assert.All(own, put => Assert.Equal(stream.IsEncrypted, put.Request.Result.Output.IsEncrypted));
                continue;
            }

            foreach (var put in own)
            {
                (await put.Request).Refused("ResourceNotFoundException");
            }
        }
    }

    /// <summary>A stream is changed while puts are under way, and others begin.</summary>
    private async Task PutDuringChangeAsync(ModelStream stream)
    {
        if (stream.Pending is not null || changes.Draw(stream) is not { } asked)
        {
            return;
        }

        var begun = Enumerable.Range(0, random.Next(1, 4)).Select(_ => puts.Begin(stream)).ToList();
        var change = server.CallAsync(asked.Operation, asked.Input);
        begun.Add(puts.Begin(stream));
        await Task.WhenAll([change, .. begun.Select(put => put.Request)]);
        (await change).Ok();
        await changes.AcceptAsync(asked);
        if (streams.Contains(stream))
        {
            await RecordPuts.AbsorbAsync(stream, begun, server.NowMs, mayFail: false);
        }
    }

    private async Task AdvanceAsync()
    {
        server.Time.Advance(random.Next(12) switch
        {
            < 5 => TimeSpan.FromMilliseconds(random.Next(1, 3_000)),
            < 8 => TimeSpan.FromSeconds(random.Next(1, 400)),
            < 11 => TimeSpan.FromHours(random.Next(1, 12)),
            _ => TimeSpan.FromHours(random.Next(12, 80)),
        });
        if (random.Next(2) == 0)
        {
            await server.TurnAsync();
        }

        // What is due and was not done by the loop is done by the first request.
        await changes.SettleAsync();
    }

    /// <summary>
    /// The process ends in the middle of puts and perhaps of a change, with a disk or a store that fails before, or without. What was acknowledged is there afterwards.
    /// </summary>
    private async Task CrashAsync(ModelStream stream)
    {
        var begun = Enumerable.Range(0, random.Next(4)).Select(_ => puts.Begin(streams[random.Next(streams.Count)])).ToList();
        StreamChanges.Asked? asked = null;
        Task<Answer>? change = null;
        if (random.Next(4) > 0)
        {
            if (random.Next(2) == 0)
            {
                server.Disk.Fault = (_, _) => random.Next(3) == 0 ? new IOException("the disk fails, as the simulation asked") : null;
            }
            else
            {
                server.Store.Next = random.Next(2) == 0 ? StoreBreak.BeforeCommit : StoreBreak.AfterCommit;
            }

            asked = random.Next(4) == 0 && streams.Count < StreamsMax && NewName() is var name && streams.All(other => other.Name != name)
                ? changes.DrawCreation(name)
                : stream.Pending is null ? changes.Draw(stream) : null;
            change = asked is null ? null : server.CallAsync(asked.Operation, asked.Input);
            await Task.WhenAll([.. begun.Select(put => put.Request), .. change is null ? Array.Empty<Task>() : [change]]);
        }

        server.Store.Next = StoreBreak.None;
        server.Disk.Fault = null;
        if (random.Next(3) > 0)
        {
            server.Disk.Crash(random);
        }

        await server.OpenAsync();
        if (asked is not null)
        {
            await FindOutAsync(asked, await change!);
        }

        foreach (var other in streams.Where(other => other.Shards.Count > 0))
        {
            await FindRecordsAsync(other, [.. begun.Where(put => put.Stream == other)]);
        }

        await CheckAllAsync();
    }

    /// <summary>Whether a change that was under way was made. One that was acknowledged must have been.</summary>
    private async Task FindOutAsync(StreamChanges.Asked asked, Answer answer)
    {
        var (stream, change) = (asked.Stream, asked.Change);
        if (answer.Error is null || await IsDoneAsync(stream, change))
        {
            await changes.AcceptAsync(asked);
        }
        else
        {
            Assert.Equal(500, answer.Status);
        }
    }

    private async Task<bool> IsDoneAsync(ModelStream stream, ModelChange change)
    {
        var summary = await changes.SummaryAsync(stream);
        if (summary.Error is not null)
        {
            summary.Refused("ResourceNotFoundException");
            Assert.True(change.Status is "CREATING" or "DELETING");
            return change.Deletes;
        }

        var description = summary.Ok().Structure("StreamDescriptionSummary");
        return change.Status == "CREATING"
            || description.Text("StreamStatus") == change.Status
            || (change.RetentionHours is { } hours && description.Number("RetentionPeriodHours") == hours)
            || (change.Encrypts is { } encrypts && description.Text("EncryptionType") == (encrypts ? "KMS" : "NONE"))
            || (change.Reshard is not null && StreamChanges.HasNew(stream, await changes.ListAsync(stream)));
    }

    /// <summary>Takes in what was acknowledged before the crash, then what else is there.</summary>
    private async Task FindRecordsAsync(ModelStream stream, List<RecordPuts.Put> begun)
    {
        var open = new List<IReadOnlyList<Draft>>();
        foreach (var put in begun)
        {
            open.Add(put.Request.IsCompleted ? await RecordPuts.AbsorbAsync(stream, [put], server.NowMs, mayFail: true) : put.Drafts);
        }

        foreach (var shard in stream.Shards.Values)
        {
            RecordPuts.AdoptFound(stream, shard, await reader.RecordsAfterAsync(stream, shard), open, server.NowMs);
        }
    }

    private async Task CheckAllAsync()
    {
        var listed = (await server.CallAsync("ListStreams", [])).Ok();
        Assert.Equal(streams.Select(stream => stream.Name).Order(StringComparer.Ordinal), ((List<object>)listed["StreamNames"]).Cast<string>());
        foreach (var stream in streams)
        {
            changes.Compare(stream, reshard: null, await changes.ListAsync(stream));
            foreach (var shard in stream.Shards.Values)
            {
                await reader.ReadAllAsync(stream, shard);
            }
        }
    }
}
