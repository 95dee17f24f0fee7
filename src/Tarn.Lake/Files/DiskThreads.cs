using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Tarn.Lake.Files;

/// <summary>
/// Threads that wait for the disk, so that the thread pool does not: a sync takes milliseconds, and file systems commit those that wait together as one.
/// A sync that finds no other under way is done where it is asked for: handing it over costs two changes of thread, which a lone writer would wait for.
/// The queue is bounded by the requests that the edge lets in.
/// </summary>
internal sealed class DiskThreads : IDisposable
{
    private readonly BlockingCollection<Work> queue = [];
    private int underWay;

    public DiskThreads(int count)
    {
        for (var index = 0; index < count; index++)
        {
            new Thread(Run) { IsBackground = true, Name = $"lake-disk-{index}" }.Start();
        }
    }

    /// <summary>Makes a file's bytes and attributes, or a folder's entries, survive a power cut. The handle must stay open until then.</summary>
    public Task SyncAsync(SafeHandle handle)
    {
        if (Interlocked.CompareExchange(ref underWay, 1, 0) == 0)
        {
            try
            {
                var result = Native.Sync(handle);
                return result < 0 ? Task.FromException(Native.Failure(result, "syncing a file")) : Task.CompletedTask;
            }
            finally
            {
                Volatile.Write(ref underWay, 0);
            }
        }

        var work = new Work(handle);
        queue.Add(work);
        return work.Done.Task;
    }

    public void Dispose() => queue.CompleteAdding();

    private void Run()
    {
        foreach (var work in queue.GetConsumingEnumerable())
        {
            try
            {
                var result = Native.Sync(work.Handle);
                if (result < 0)
                {
                    work.Done.SetException(Native.Failure(result, "syncing a file"));
                }
                else
                {
                    work.Done.SetResult();
                }
            }
            catch (ObjectDisposedException exception)
            {
                work.Done.SetException(exception);
            }
        }
    }

    private sealed class Work(SafeHandle handle)
    {
        public SafeHandle Handle { get; } = handle;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
