namespace Tarn.Bench.Measuring;

/// <summary>What a reader must know about the machine to judge a figure.</summary>
internal static class Machine
{
    /// <summary>Cores, and the load average of the last minute: figures of a machine that others use say little beyond their ratios.</summary>
    public static string Describe() =>
        $"[{Environment.ProcessorCount} cores, load average {(File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown")}]";

    /// <summary>Resident memory of a process, in MB of a million bytes: <c>VmRSS</c> now, <c>VmHWM</c> at its peak.</summary>
    public static double ResidentMB(int processId, string field)
    {
        var line = File.ReadLines($"/proc/{processId}/status").First(line => line.StartsWith(field, StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2]) * 1024 / 1e6;
    }

    /// <summary>Starts the peak (<c>VmHWM</c>) of this process anew.</summary>
    public static void ForgetPeak() => File.WriteAllText("/proc/self/clear_refs", "5");
}
