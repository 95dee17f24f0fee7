using System.ComponentModel;
using Tarn.Athena;
using Tarn.Glue.Crawlers;
using Tarn.Glue.Jobs;
using Tarn.Kinesis;
using Tarn.Kinesis.Leases;
using Tarn.Lake;
using Tarn.Server.Settings;
using Tarn.Store;
using Tarn.Wire.Edge;
using Tarn.Wire.Hosting;
using Tarn.Wire.Signing;

namespace Tarn.Server;

/// <summary>Every setting of the process. Each has a unit and a default where it is declared; <c>tarn help settings</c> prints them with their names.</summary>
internal sealed class TarnOptions
{
    /// <summary>The folder that holds everything that Tarn keeps. Created when it is not there; used by one process at a time.</summary>
    public string Data { get; set; } = "data";

    /// <summary><c>strict</c> verifies every signature; <c>open</c> takes any key and no signature (loopback only).</summary>
    public AuthKind Auth { get; set; } = AuthKind.Strict;

    /// <summary>The access keys of this server, as in <c>[{ "id": "...", "secret": "...", "account": "123456789012", "user": "ann" }]</c>. They replace the key <c>test</c>.</summary>
    [PasswordPropertyText(true)]
    public IReadOnlyList<AccessKeyOptions> AccessKeys { get; set; } = [];

    /// <summary>Whether <c>POST /_tarn/reset</c> exists, which wipes all state.</summary>
    public bool AllowReset { get; set; }

    /// <summary>
    /// How long resources show CREATING, UPDATING and DELETING, in milliseconds, 0 and up; 0: they are ready at once. Streams and their consumers have such states.
    /// </summary>
    public int StateDelayMs { get; set; }

    /// <summary>How long a stop waits for requests to end.</summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Where the server listens, and the limits of a connection: <c>address</c>, <c>port</c>, <c>certificatePath</c>, ...</summary>
    [Flat]
    public ListenerOptions Listener { get; } = new();

    public LogOptions Log { get; } = new();

    public EdgeOptions Edge { get; } = new();

    public StoreOptions Store { get; } = new();

    public LakeOptions Lake { get; } = new() { Folder = "" };

    public CrawlerOptions Crawlers { get; } = new() { LogDirectory = "", ScratchDirectory = "" };

    public JobOptions Jobs { get; } = new() { LogDirectory = "", WorkDirectory = "" };

    public AthenaOptions Athena { get; } = new();

    public KinesisOptions Kinesis { get; } = new();

    public LeaseOptions Leases { get; } = new();
}

internal enum AuthKind
{
    Strict,
    Open,
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
