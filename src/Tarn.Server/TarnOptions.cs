using Tarn.Server.Settings;

namespace Tarn.Server;

/// <summary>Every setting of the process. Each has a unit and a default here; <c>tarn help settings</c> prints them with their names.</summary>
internal sealed class TarnOptions
{
    /// <summary>The folder that holds everything that Tarn keeps. Created when it is not there; used by one process at a time.</summary>
    public string Data { get; set; } = "data";

    /// <summary>The address to listen on. Any but a loopback address refuses the key <c>test</c> and needs keys of its own.</summary>
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>The port to listen on, 0 to 65535; 0 takes a free one and prints it.</summary>
    public int Port { get; set; } = 4566;

    /// <summary><c>strict</c> verifies every signature; <c>open</c> takes any key and no signature (loopback only).</summary>
    public string Auth { get; set; } = "strict";

    /// <summary>Whether <c>POST /_tarn/reset</c> exists, which wipes all state.</summary>
    public bool AllowReset { get; set; }

    /// <summary>How long resources show CREATING, UPDATING and DELETING, in milliseconds, 0 to 600,000.</summary>
    public int StateDelayMs { get; set; }

    /// <summary>How long a stop waits for requests and background work to end.</summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(10);

    public LogOptions Log { get; } = new();
}

/// <summary>What the process says about itself, on standard error.</summary>
internal sealed class LogOptions
{
    /// <summary><c>Debug</c>, <c>Information</c>, <c>Warning</c> or <c>Error</c>.</summary>
    public LogLevel Level { get; set; } = LogLevel.Information;

    /// <summary><c>text</c> for one line per event, <c>json</c> for one object per line.</summary>
    public LogFormat Format { get; set; } = LogFormat.Text;
}

internal enum LogFormat
{
    Text,
    Json,
}
