using Microsoft.Win32.SafeHandles;

namespace Tarn.Lake.Files;

/// <summary>
/// Syncs of folders, shared by those that wait together: one sync covers every change of the folder that was made before it began, so callers that come while
/// one is under way need only one more among them. Thread-safe. Holds an entry for each folder that is being synced.
/// </summary>
internal sealed class FolderSyncs(Func<SafeFileHandle, Task> sync)
{
    private readonly Dictionary<(long Device, long Inode), Round> rounds = [];

    /// <summary>Makes what the caller has changed in a folder survive a power cut. The handle must stay open until then.</summary>
    public async Task SyncAsync(SafeFileHandle folder)
    {
        var result = Native.Stat(folder, out var facts);
        if (result < 0)
        {
            throw Native.Failure(result, "looking at a folder to sync");
        }

        var id = (facts.Device, facts.Inode);
        var round = Join(id, out var leads, out var before);
        if (!leads)
        {
            // Why it failed is thrown where it was done.
            if (!await round.Ended.ConfigureAwait(false))
            {
                throw new IOException("A folder could not be synced.");
            }

            return;
        }

        if (before is not null)
        {
            await before.Ended.ConfigureAwait(false);
        }

        await LeadAsync(id, round, folder).ConfigureAwait(false);
    }

    /// <summary>The round that will cover what was changed until now: the one that waits for its start, or a new one behind the one under way.</summary>
    /// <param name="leads">Whether the caller has to do the sync of the round.</param>
    /// <param name="before">The round to wait for; null for none.</param>
    private Round Join((long Device, long Inode) id, out bool leads, out Round? before)
    {
        lock (rounds)
        {
            before = null;
            if (!rounds.TryGetValue(id, out var current))
            {
                leads = true;
                return rounds[id] = new Round();
            }

            if (!current.HasBegun)
            {
                leads = false;
                return current;
            }

            leads = current.Next is null;
            before = current;
            return current.Next ??= new Round();
        }
    }

    private async Task LeadAsync((long Device, long Inode) id, Round round, SafeFileHandle folder)
    {
        lock (rounds)
        {
            round.HasBegun = true;
        }

        var isSynced = false;
        try
        {
            await sync(folder).ConfigureAwait(false);
            isSynced = true;
        }
        finally
        {
            lock (rounds)
            {
                if (round.Next is { } next)
                {
                    rounds[id] = next;
                }
                else
                {
                    rounds.Remove(id);
                }
            }

            round.End(isSynced);
        }
    }

    /// <summary>One sync of a folder, and those that wait for it.</summary>
    private sealed class Round
    {
        private readonly TaskCompletionSource<bool> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Guarded by the lock of all rounds, as is <see cref="Next"/>.</summary>
        public bool HasBegun { get; set; }

        public Round? Next { get; set; }

        /// <summary>Whether the sync was done.</summary>
        public Task<bool> Ended => ended.Task;

        public void End(bool isSynced) => ended.SetResult(isSynced);
    }
}
