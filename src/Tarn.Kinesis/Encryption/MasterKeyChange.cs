using Tarn.Kinesis.Streams;
using Tarn.Store;

namespace Tarn.Kinesis.Encryption;

/// <summary>What an operator does with the master key while the server is stopped. Each is one transaction: afterwards the store needs the old key or the new one, never both.</summary>
public static class MasterKeyChange
{
    /// <summary>Wraps all data keys with another master key; records stay as they are. Answers how many keys there are.</summary>
    /// <param name="options">Give the master key that the store needs now.</param>
    /// <param name="folder">As for <see cref="KinesisService.Open"/>.</param>
    /// <param name="keyFile">The file that holds the new master key, in a form that <see cref="KinesisOptions.MasterKeyFile"/> takes.</param>
    /// <exception cref="EncryptionKeyException">One of the two keys is missing or not the right one.</exception>
    public static async Task<int> RewrapAsync(IMetadataStore store, KinesisOptions options, string folder, string keyFile, CancellationToken cancellationToken)
    {
        var source = new MasterKeySource(options, Path.Combine(folder, "master.key"));
        var (from, to) = (source.Find(), MasterKeySource.Read("--to", keyFile));
        return await store.WriteAsync(
            writer =>
            {
                var keys = DataKeyRows.LoadAll(writer);
                foreach (var (key, _) in keys)
                {
                    var unwrapped = (from ?? throw EncryptionKeyException.Missing(key, source.File)).Unwrap(key);
                    DataKeyRows.Update(writer, key with { Wrapped = to.Wrap(unwrapped, key.Id, key.Stream) });
                }

                return keys.Count;
            },
            cancellationToken);
    }

    /// <summary>
    /// Deletes the streams that have data keys, with all their records: for who has lost the master key, and with it what was encrypted. Answers their ARNs. Their places in the log are freed at
    /// the next start.
    /// </summary>
    public static async Task<IReadOnlyList<string>> DeleteEncryptedStreamsAsync(IMetadataStore store, CancellationToken cancellationToken) => await store.WriteAsync(
        writer =>
        {
            var encrypted = DataKeyRows.LoadAll(writer).Select(row => row.Key.Stream).ToHashSet(StringComparer.Ordinal);
            var streams = StreamRows.LoadAll(writer).Where(stream => encrypted.Contains(stream.Id)).ToList();
            streams.ForEach(stream => StreamRows.Delete(writer, stream));
            return streams.ConvertAll(stream => stream.Arn);
        },
        cancellationToken);
}
