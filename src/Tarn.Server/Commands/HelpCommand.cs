using System.Reflection;
using Tarn.Server.Settings;

namespace Tarn.Server.Commands;

/// <summary><c>tarn help</c>, <c>tarn help settings</c> and <c>tarn version</c>.</summary>
internal static class HelpCommand
{
    private const string Commands = """
        Tarn: a self-hosted data platform that speaks AWS.

          tarn serve [--port 4566] [--data DIR]   start the server; Ctrl-C or SIGTERM stops it
          tarn demo [--data FOLDER]               run the main job from end to end, or crawl and query your own files
          tarn backup --to FILE                   copy the metadata of a data folder to one file
          tarn restore --from FILE [--replace]    put a backup into a fresh data folder or an empty database, or in place of what is there
          tarn log verify FOLDER                  check every byte of a data folder's stream log
          tarn log dump FOLDER [--records]        list the frames of a data folder's stream log
          tarn rekey --to FILE                    change the master key of encrypted streams to that of a file
          tarn coverage [--to DIR]                write docs/coverage: what works of every AWS operation
          tarn help settings                      every setting with its default
          tarn version

        Settings come from tarn.json, the environment (TARN_...) and options, in this order.
        """;

    public static int Run(string[] arguments)
    {
        if (arguments is ["settings"])
        {
            foreach (var (name, value) in new SettingsLoader(new TarnOptions()).All)
            {
                Console.WriteLine($"{name,-40} {Text(value),-24} {SettingsLoader.EnvironmentName(name)}");
            }
        }
        else
        {
            Console.WriteLine(Commands);
        }

        return 0;
    }

    public static int Version()
    {
        Console.WriteLine($"tarn {Number}");
        return 0;
    }

    public static string Number => typeof(HelpCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    private static string Text(object? value) => value switch
    {
        null => "(none)",
        "" => "(none)",
        bool flag => flag ? "true" : "false",
        string text => text,
        System.Collections.IEnumerable => "(none)",
        _ => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)!,
    };
}
