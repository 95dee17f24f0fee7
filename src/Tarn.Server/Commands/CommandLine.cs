using System.Collections;
using Tarn.Server.Settings;

namespace Tarn.Server.Commands;

/// <summary>A command line that is not right; the message says what to write instead.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>Turns the arguments of a command into options: settings from all sources, and what is left.</summary>
internal static class CommandLine
{
    /// <summary>Variables that begin with TARN_ and are no settings: they are read where no options exist yet.</summary>
    private static readonly HashSet<string> NotSettings = new(StringComparer.Ordinal) { "TARN_DUCKDB_LIBRARY", "TARN_CONFIG" };

    /// <summary>
    /// Reads <c>tarn.json</c> (of the current folder, or the file that <c>--config</c> or TARN_CONFIG names), the environment and the
    /// arguments, in this order.
    /// </summary>
    /// <param name="own">Options of the command itself, without dashes, that take a value; they come back in the result. One that ends with <c>?</c> is a switch: it takes none.</param>
    /// <param name="settled">Settings that the command decides, whatever was said elsewhere.</param>
    public static (TarnOptions Options, Dictionary<string, string> Own) Parse(string[] arguments, string[] own, params (string Name, string Value)[] settled)
    {
        var options = new TarnOptions();
        var loader = new SettingsLoader(options);
        var ownValues = new Dictionary<string, string>(StringComparer.Ordinal);
        var pending = new List<(string Name, string? Value)>();
        for (var i = 0; i < arguments.Length; i++)
        {
            if (!arguments[i].StartsWith("--", StringComparison.Ordinal))
            {
                throw new UsageException($"'{arguments[i]}' is not an option; options start with --.");
            }

            var equals = arguments[i].IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? arguments[i][2..] : arguments[i][2..equals];
            if (own.Contains(name + '?') && equals < 0)
            {
                ownValues[name] = "true";
                continue;
            }

            var value = equals >= 0 ? arguments[i][(equals + 1)..]
                : i + 1 < arguments.Length && !arguments[i + 1].StartsWith("--", StringComparison.Ordinal) ? arguments[++i]
                : null;
            if (name == "config" || own.Contains(name))
            {
                ownValues[name] = value ?? throw new UsageException($"Option --{name} needs a value.");
            }
            else
            {
                pending.Add((name, value));
            }
        }

        var file = ownValues.GetValueOrDefault("config") ?? Environment.GetEnvironmentVariable("TARN_CONFIG");
        if (file is not null || File.Exists("tarn.json"))
        {
            file ??= "tarn.json";
            loader.LoadJson(File.Exists(file) ? file : throw new SettingsException($"The configuration file {file} does not exist."));
        }

        loader.LoadEnvironment((IDictionary)Environment.GetEnvironmentVariables(), NotSettings);
        foreach (var (name, value) in pending)
        {
            if (!loader.SetOption(name, value) && value is not null)
            {
                throw new UsageException($"Option --{name} is a switch; '{value}' does not belong to it.");
            }
        }

        foreach (var (name, value) in settled)
        {
            loader.SetOption(name, value);
        }

        return (options, ownValues);
    }
}
