using System.Collections.Concurrent;
using System.Security.Cryptography;
using Tarn.Kinesis.Streams;
using Tarn.Store;

namespace Tarn.Kinesis.Encryption;

/// <summary>
/// The data keys of all streams, unwrapped, in memory: appends and reads never ask the store. Any thread may call <see cref="Find"/>; all else is called by
/// <see cref="StreamStore"/>, one at a time.
/// </summary>
internal sealed class DataKeys(IMetadataStore store, MasterKeySource source)
{
    /// <summary>How long after a key was replaced a put may still end that began before; generous.</summary>
    private static readonly TimeSpan LastUse = TimeSpan.FromHours(1);

    /// <summary>Keys freed in one transaction at most; the rest follow at the next turn.</summary>
    private const int FreedMax = 1_000;

    private readonly ConcurrentDictionary<int, DataKey> byId = new();
    private MasterKey? master;
    private int lastId;

    /// <summary>The key of an id, 32 bytes; null when there is none, or not any more. The array is always the same one.</summary>
    public byte[]? Find(int id) => byId.TryGetValue(id, out var key) ? key.Bytes : null;

    /// <summary>Loads all keys. Nothing else may be called before.</summary>
    /// <exception cref="EncryptionKeyException">There are keys, and the master key is missing or another one, or a setting gives what is no key.</exception>
    public async ValueTask StartAsync(CancellationToken cancellationToken)
    {
        var (keys, last) = await store.ReadAsync(reader => (DataKeyRows.LoadAll(reader), DataKeyRows.LastId(reader)), cancellationToken);
        lastId = last;
        master = source.Find();
        foreach (var (key, replacedAt) in keys)
        {
            var unwrapped = (master ?? throw EncryptionKeyException.Missing(key, source.File)).Unwrap(key);
            byId[key.Id] = new DataKey(key.Stream, unwrapped, replacedAt);
        }
    }

    /// <summary>A stream as it was loaded, with a data key when it asks for encryption and has none; such a stream took no records.</summary>
    public async ValueTask<StreamSnapshot> CompleteAsync(StreamSnapshot stream, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!stream.Record.LacksDataKey)
        {
            return stream;
        }

        var key = Make(stream.Id, now);
        var record = stream.Record.WithDataKey(key.Id);
        await store.WriteAsync(
            writer =>
            {
                DataKeyRows.Add(writer, key);
                StreamRows.Save(writer, stream.Scope, record);
                return true;
            },
            cancellationToken);
        return new StreamSnapshot(stream.Scope, record, stream.Shards);
    }

    /// <summary>
    /// A new key, to be stored with the change that begins to use it (<see cref="DataKeyRows.Add"/>). Should that fail the id is not used again in this process: it may have
    /// been stored all the same.
    /// </summary>
    public DataKeyRecord Make(string stream, DateTimeOffset now)
    {
        master ??= source.FindOrMake();
        var id = ++lastId;
        var bytes = RandomNumberGenerator.GetBytes(MasterKey.Bytes);
        byId[id] = new DataKey(stream, bytes, ReplacedAt: null);
        return new DataKeyRecord { Id = id, Stream = stream, CreatedAt = now, Wrapped = master.Wrap(bytes, id, stream) };
    }

    /// <summary>Takes note that a committed change ended the use of a key; nothing for the id 0.</summary>
    public void Replaced(int id, DateTimeOffset now)
    {
        if (byId.TryGetValue(id, out var key))
        {
            byId[id] = key with { ReplacedAt = now };
        }
    }

    /// <summary>Forgets the keys of a stream that was deleted, when its records are gone.</summary>
    public void Forget(string stream)
    {
        foreach (var (id, _) in byId.Where(key => key.Value.Stream == stream))
        {
            byId.TryRemove(id, out _);
        }
    }

    /// <summary>Whether <see cref="FreeAsync"/> has something to do.</summary>
    public bool HasExpired(StreamDirectory streams, DateTimeOffset now) => Expired(streams, now).Any();

    /// <summary>Deletes keys whose last record has expired.</summary>
    public async ValueTask FreeAsync(StreamDirectory streams, DateTimeOffset now)
    {
        var expired = Expired(streams, now).Take(FreedMax).ToList();
        await store.WriteAsync(
            writer =>
            {
                expired.ForEach(id => DataKeyRows.Delete(writer, id));
                return true;
            },
            CancellationToken.None);
        expired.ForEach(id => byId.TryRemove(id, out _));
    }

    private IEnumerable<int> Expired(StreamDirectory streams, DateTimeOffset now) =>
        byId.Where(key => key.Value.ReplacedAt is { } replacedAt && streams.TryFindById(key.Value.Stream, out var stream) && replacedAt + LastUse + stream.Retention <= now).Select(key => key.Key);

    private sealed record DataKey(string Stream, byte[] Bytes, DateTimeOffset? ReplacedAt);
}
