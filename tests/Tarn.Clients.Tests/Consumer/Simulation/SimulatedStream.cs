using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Tarn.Clients.Consumer.Reading;
using Tarn.Clients.Kinesis;

namespace Tarn.Clients.Tests.Consumer.Simulation;

/// <summary>A stream that is put to, split and merged by the world, and read by its processes.</summary>
internal sealed class SimulatedStream(World world)
{
    private const int AnswerRecordsMax = 7;

    private readonly List<SimulatedShard> shards = [];
    private readonly Dictionary<string, int> numbers = [];
    private long sequence = 1_000;

    public IReadOnlyList<SimulatedShard> All => shards;

    public IEnumerable<SimulatedShard> Open => shards.Where(shard => !shard.IsClosed);

    public SimulatedShard this[string id] => shards.Single(shard => shard.Id == id);

    public int Count => numbers.Values.Sum();

    public void Create(int count)
    {
        var size = (UInt128.MaxValue / (UInt128)count) + 1;
        for (var i = 0; i < count; i++)
        {
            var start = size * (UInt128)i;
            Add(new HashKeyRange(start, i == count - 1 ? UInt128.MaxValue : start + size - 1));
        }
    }

    /// <summary>Records of a key say their number, from 1.</summary>
    public void Put(string key)
    {
        var number = numbers[key] = numbers.GetValueOrDefault(key) + 1;
        var shard = Open.Single(shard => shard.Range.Contains(HashKey.OfPartitionKey(key)));
        shard.Records.Add(new KinesisRecord(NextSequence(), null, key, Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture))));
    }

    public void Split()
    {
        var shard = Pick([.. Open]);
        var middle = shard.Range.Starting + ((shard.Range.Ending - shard.Range.Starting) / 2);
        shard.IsClosed = true;
        Add(new HashKeyRange(shard.Range.Starting, middle), shard.Id);
        Add(new HashKeyRange(middle + 1, shard.Range.Ending), shard.Id);
    }

    public void Merge()
    {
        var open = Open.OrderBy(shard => shard.Range.Starting).ToList();
        if (open.Count > 1)
        {
            var at = world.Random.Next(open.Count - 1);
            (open[at].IsClosed, open[at + 1].IsClosed) = (true, true);
            Add(new HashKeyRange(open[at].Range.Starting, open[at + 1].Range.Ending), open[at].Id, open[at + 1].Id);
        }
    }

    public IStreamReader ReaderIn(Process process) => new Reader(world, this, process);

    private SimulatedShard Pick(SimulatedShard[] from) => from[world.Random.Next(from.Length)];

    private void Add(HashKeyRange range, params string[] parents) =>
        shards.Add(new SimulatedShard(string.Create(CultureInfo.InvariantCulture, $"shardId-{shards.Count:D12}"), range, parents, NextSequence()));

    private string NextSequence() => (sequence++).ToString(CultureInfo.InvariantCulture);

    /// <summary>Slow at times, and failing at times.</summary>
    private sealed class Reader(World world, SimulatedStream stream, Process process) : IStreamReader
    {
        public Task PrepareAsync(CancellationToken cancellationToken) => CallAsync(cancellationToken);

        public async Task<IReadOnlyList<Shard>> ListShardsAsync(CancellationToken cancellationToken)
        {
            await CallAsync(cancellationToken);
            return [.. stream.shards.Select(shard => shard.ToShape())];
        }

        public async IAsyncEnumerable<ShardAnswer> ReadAsync(string shardId, StartingPosition position, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            var shard = stream[shardId];
            await CallAsync(cancellationToken);
            var index = position switch
            {
                { Type: "TRIM_HORIZON" } => 0,
                { Type: "LATEST" } => shard.Records.Count,
                { Type: "AT_SEQUENCE_NUMBER" } => shard.Records.FindIndex(record => record.SequenceNumber == position.SequenceNumber),
                _ => shard.Records.FindIndex(record => record.SequenceNumber == position.SequenceNumber) + 1,
            };
            while (true)
            {
                await CallAsync(cancellationToken);
                var records = shard.Records.Skip(index).Take(world.Random.Next(1, AnswerRecordsMax + 1)).ToList();
                index += records.Count;
                var isEnd = shard.IsClosed && index == shard.Records.Count;
                var children = isEnd ? stream.shards.Where(child => child.Parents.Contains(shardId)).Select(child => new ChildShard(child.Id, child.Parents, child.Range)).ToList() : null;
                yield return new ShardAnswer(records, records.Count > 0 ? StartingPosition.After(records[^1].SequenceNumber) : null, 0, children);
                if (isEnd)
                {
                    yield break;
                }

                await Task.Delay(world.Between(0.1, records.Count == 0 ? 1.5 : 0.2), process.Time, cancellationToken);
            }
        }

        private async Task CallAsync(CancellationToken cancellationToken)
        {
            await Task.Delay(world.Between(0.001, world.Random.Next(50) == 0 ? 8 : 0.05), process.Time, cancellationToken);
            if (world.Random.Next(40) == 0)
            {
                throw new KinesisException("InternalFailure", "The simulation's.", null, null, inner: null);
            }
        }
    }
}

internal sealed class SimulatedShard(string id, HashKeyRange range, IReadOnlyList<string> parents, string start)
{
    public string Id => id;

    public HashKeyRange Range => range;

    public IReadOnlyList<string> Parents => parents;

    public List<KinesisRecord> Records { get; } = [];

    public bool IsClosed { get; set; }

    public Shard ToShape() => new(id, parents.Count > 0 ? parents[0] : null, parents.Count > 1 ? parents[1] : null, range, start, IsClosed ? "999999999999" : null);
}
