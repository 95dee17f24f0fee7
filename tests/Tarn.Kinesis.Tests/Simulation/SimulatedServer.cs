using Microsoft.Extensions.Logging.Abstractions;
using Tarn.Kinesis.Encryption;
using Tarn.Kinesis.Log;
using Tarn.Kinesis.Records;
using Tarn.Kinesis.Tests.Log;
using Tarn.Store;
using Tarn.Testing;

namespace Tarn.Kinesis.Tests.Simulation;

/// <summary>The whole of Kinesis over a disk in memory and a clock that is turned, without threads of its own: it is closed, killed and opened again over what is left.</summary>
internal sealed class SimulatedServer(Random random, IMetadataStore store, TimeSpan stateDelay) : IAsyncDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 4, 5, 6, 7, 890, TimeSpan.Zero);

    private static readonly string MasterKey = new('5', 64);

    private readonly byte[] iteratorKey = new byte[32];
    private StreamLog log = null!;
    private KinesisService service = null!;
    private FrontDoor door = null!;

    public MemoryDisk Disk { get; } = new();

    public BreakableStore Store { get; } = new(store);

    public ManualTime Time { get; } = new(Start);

    public TimeSpan StateDelay => stateDelay;

    public long NowMs => Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Also after a crash: what the process before had in memory is gone.</summary>
    public async Task OpenAsync()
    {
        var seed = random.Next();
        var nonces = new Random(seed);
        var options = new KinesisOptions { ShardCountUpdatesPerDayMax = int.MaxValue, EncryptionChangesPerDayMax = int.MaxValue, MasterKey = MasterKey };
        var keys = new DataKeys(Store, new MasterKeySource(options, "never used"));
        log = StreamLog.Open(Disk.Folder(), new StreamLogOptions
        {
            SegmentBytes = 16_384 << random.Next(2),
            FrameBytesMax = 7_000,
            RingBytesMax = random.Next(3) * 8_192,
            IndexCacheBytesMax = random.Next(2) * 512,
            Clock = Time,
            DataKey = keys.Find,
            Random = bytes => nonces.NextBytes(bytes),
            OwnThreads = false,
        });
        service = new KinesisService(options, Store, new ShardLogs(log), keys, new ShardIteratorCodec(iteratorKey), stateDelay, Time, NullLoggerFactory.Instance);
        await service.LoadAsync(CancellationToken.None);
        door = new FrontDoor(service.Operations, random);
    }

    public async Task RestartAsync()
    {
        await DisposeAsync();
        await OpenAsync();
    }

    /// <summary>Sends a request. What it puts into the log waits there until the caller waits, too.</summary>
    public Task<Answer> CallAsync(string operation, Members input) => door.SendAsync(operation, input);

    /// <summary>Lets the log write what waits: the turn of a thread that it does not have.</summary>
    public void Pump() => log.Pump();

    /// <summary>Does what background loops would do by now.</summary>
    public async Task TurnAsync() => Assert.True(await service.TurnAsync(), "what was due could not be done");

    public Task MaintainAsync() => log.MaintainAsync();

    public ValueTask DisposeAsync() => service.DisposeAsync();
}
