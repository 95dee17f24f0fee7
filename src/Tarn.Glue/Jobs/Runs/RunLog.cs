using System.Globalization;
using System.Text;

namespace Tarn.Glue.Jobs.Runs;

/// <summary>The two logs of a run: what it says in <c>output/&lt;run id&gt;</c>, what goes wrong in <c>error/&lt;run id&gt;</c>. Thread-safe.</summary>
internal sealed class RunLog : IDisposable
{
    private readonly Lock gate = new();
    private readonly FileStream output;
    private readonly FileStream error;
    private readonly long bytesMax;
    private readonly TimeProvider time;
    private bool isFull;

    private RunLog(FileStream output, FileStream error, long bytesMax, TimeProvider time)
    {
        this.output = output;
        this.error = error;
        this.bytesMax = bytesMax;
        this.time = time;
    }

    public static RunLog Open(string directory, string runId, long bytesMax, TimeProvider time) => new(Create(directory, "output", runId), Create(directory, "error", runId), bytesMax, time);

    public void Info(string text) => Write(output, Line("INFO", text));

    public void Warn(string text) => Write(error, Line("WARN", text));

    public void Error(string text) => Write(error, Line("ERROR", text));

    /// <summary>A line of a process's standard output or error, as it is.</summary>
    public void Raw(string line, bool isError) => Write(isError ? error : output, line + "\n");

    public void Dispose()
    {
        output.Dispose();
        error.Dispose();
    }

    private static FileStream Create(string directory, string kind, string runId)
    {
        var folder = Directory.CreateDirectory(Path.Combine(directory, kind)).FullName;
        return new FileStream(Path.Combine(folder, runId), FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
    }

    private string Line(string level, string text) => string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {level} {text}\n");

    private void Write(FileStream file, string text)
    {
        lock (gate)
        {
            if (isFull)
            {
                return;
            }

            if (output.Length + error.Length + text.Length > bytesMax)
            {
                isFull = true;
                text = $"The log has reached its limit of {bytesMax} bytes; what follows is dropped.\n";
            }

            try
            {
                file.Write(Encoding.UTF8.GetBytes(text));
            }
            catch (IOException)
            {
                // A full disk. The run says itself what it could not write; a log that cannot be written must not stand in for that.
                isFull = true;
            }
        }
    }
}
