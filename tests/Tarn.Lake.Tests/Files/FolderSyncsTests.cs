using Microsoft.Win32.SafeHandles;
using Tarn.Lake.Files;

namespace Tarn.Lake.Tests.Files;

public sealed class FolderSyncsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tarn-syncs-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Those_that_come_while_a_sync_is_under_way_share_the_next_one_and_never_that_one()
    {
        var disk = new SlowDisk();
        var syncs = new FolderSyncs(disk.SyncAsync);
        using var handle = FolderHandle.Open(folder);
        var first = syncs.SyncAsync(handle);
        var later = Enumerable.Range(0, 5).Select(_ => syncs.SyncAsync(handle)).ToList();
        Assert.Equal(1, disk.Begun);

        disk.Finish();
        await first;
        await disk.HasBegunAsync(2);
        Assert.All(later, waiting => Assert.False(waiting.IsCompleted));

        // Come while the second is under way: a third is needed, for both of them.
        var last = Enumerable.Range(0, 2).Select(_ => syncs.SyncAsync(handle)).ToList();
        disk.Finish();
        await Task.WhenAll(later);
        await disk.HasBegunAsync(3);
        disk.Finish();
        await Task.WhenAll(last);
        Assert.Equal(3, disk.Begun);
    }

    [Fact]
    public async Task A_sync_that_fails_fails_for_all_that_waited_for_it_and_for_nobody_after()
    {
        var disk = new SlowDisk();
        var syncs = new FolderSyncs(disk.SyncAsync);
        using var handle = FolderHandle.Open(folder);
        var first = syncs.SyncAsync(handle);
        var later = Enumerable.Range(0, 3).Select(_ => syncs.SyncAsync(handle)).ToList();
        disk.Finish();
        await first;
        await disk.HasBegunAsync(2);
        disk.Finish(new IOException("no space"));
        foreach (var waiting in later)
        {
            await Assert.ThrowsAnyAsync<IOException>(() => waiting);
        }

        var after = syncs.SyncAsync(handle);
        disk.Finish();
        await after;
    }

    [Fact]
    public async Task Folders_do_not_wait_for_one_another()
    {
        var disk = new SlowDisk();
        var syncs = new FolderSyncs(disk.SyncAsync);
        using var handle = FolderHandle.Open(folder);
        using var other = FolderHandle.Open(Directory.CreateDirectory(Path.Combine(folder, "other")).FullName);
        var waiting = Task.WhenAll(syncs.SyncAsync(handle), syncs.SyncAsync(other));
        Assert.Equal(2, disk.Begun);
        disk.Finish();
        disk.Finish();
        await waiting;
    }

    /// <summary>A disk whose syncs end, in order, when the test says so.</summary>
    private sealed class SlowDisk
    {
        private readonly Queue<TaskCompletionSource> underWay = [];
        private readonly SemaphoreSlim changed = new(0);

        public int Begun { get; private set; }

        public Task SyncAsync(SafeFileHandle handle)
        {
            var sync = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (underWay)
            {
                underWay.Enqueue(sync);
                Begun++;
            }

            changed.Release();
            return sync.Task;
        }

        public async Task HasBegunAsync(int count)
        {
            while (Begun < count)
            {
                await changed.WaitAsync(TestContext.Current.CancellationToken);
            }
        }

        public void Finish(IOException? failure = null)
        {
            TaskCompletionSource sync;
            lock (underWay)
            {
                sync = underWay.Dequeue();
            }

            if (failure is null)
            {
                sync.SetResult();
            }
            else
            {
                sync.SetException(failure);
            }
        }
    }
}
