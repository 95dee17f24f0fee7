using System.Collections;
using System.Net;
using Microsoft.Extensions.Logging;
using Tarn.Server.Settings;

namespace Tarn.Server.Tests.Settings;

public sealed class SettingsLoaderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tarn-settings-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Each_source_wins_over_the_one_before_it()
    {
        var options = new TarnOptions();
        var loader = new SettingsLoader(options);
        Assert.Equal(4566, options.Listener.Port);

        loader.LoadJson(File("""{ "port": 1, "log": { "level": "Debug", "format": "json" }, /* a remark */ "stateDelayMs": 5, }"""));
        Assert.Equal((1, LogLevel.Debug, LogFormat.Json, 5), (options.Listener.Port, options.Log.Level, options.Log.Format, options.StateDelayMs));

        loader.LoadEnvironment(new Hashtable { ["TARN_PORT"] = "2", ["TARN_STATE_DELAY_MS"] = "6", ["PATH"] = "/bin" }, new HashSet<string>());
        Assert.Equal((2, 6), (options.Listener.Port, options.StateDelayMs));

        loader.SetOption("port", "3");
        loader.SetOption("log.level", "warning");
        loader.SetOption("address", "::1");
        Assert.Equal(IPAddress.IPv6Loopback, options.Listener.Address);
        Assert.Equal((3, LogLevel.Warning), (options.Listener.Port, options.Log.Level));
    }

    [Fact]
    public void A_switch_takes_no_value_and_can_be_turned_off()
    {
        var options = new TarnOptions();
        var loader = new SettingsLoader(options);
        Assert.False(loader.SetOption("allow-reset", null));
        Assert.True(options.AllowReset);
        Assert.True(loader.SetOption("allow-reset", "false"));
        Assert.False(options.AllowReset);
    }

    [Theory]
    [InlineData("prot", "--port")]
    [InlineData("state-delay", "--state-delay-ms")]
    [InlineData("log.levle", "--log.level")]
    public void An_unknown_option_stops_with_the_nearest_one(string option, string nearest)
    {
        var error = Assert.Throws<SettingsException>(() => new SettingsLoader(new TarnOptions()).SetOption(option, "1"));
        Assert.Contains($"Did you mean {nearest}?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_variable_stops_with_the_nearest_one()
    {
        var error = Assert.Throws<SettingsException>(() => new SettingsLoader(new TarnOptions()).LoadEnvironment(new Hashtable { ["TARN_STATE_DELAY"] = "1" }, new HashSet<string>()));
        Assert.Contains("Did you mean TARN_STATE_DELAY_MS?", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "prt": 1 }""", "Did you mean port?")]
    [InlineData("""{ "log": { "lvl": "Debug" } }""", "Did you mean log.level?")]
    [InlineData("""{ "port": "many" }""", "'many' is not a value of port")]
    [InlineData("""{ "port": true }""", "'true' is not a value of port")]
    [InlineData("""{ "port": "many" }""", "it must be a whole number")]
    [InlineData("""{ "athena": { "threads": -4 } }""", "'-4' is not a value of athena.threads: no setting is negative")]
    [InlineData("""{ "jobs": { "logBytesMax": "-1" } }""", "no setting is negative")]
    [InlineData("""{ "bytesPerSecondMin": -5 }""", "no setting is negative")]
    [InlineData("""{ "stopTimeout": "-00:00:01" }""", "no setting is negative")]
    [InlineData("""{ "stopTimeout": "soon" }""", "it must be a time as [days.]hours:minutes:seconds")]
    [InlineData("""{ "stopTimeout": 3 }""", "must be a string")]
    [InlineData("""{ "lake": { "mounts": { "archive": "/srv" } } }""", "it must be a list of { \"bucket\", \"folder\", [\"readOnly\"], [\"accountId\"], [\"region\"] }")]
    [InlineData("""{ "lake": { "mounts": [{ "folder": "/srv" }] } }""", "it must be a list of { \"bucket\"")]
    [InlineData("""{ "lake": { "mounts": [{ "bucket": null, "folder": "/srv" }] } }""", "it must be a list of { \"bucket\"")]
    [InlineData("""{ "accessKeys": [{ "id": "KEY1" }] }""", "it must be a list of { \"id\", \"secret\", [\"account\"], [\"user\"] }")]
    [InlineData("""{ "edge": { "bucketDomains": "one" } }""", "it must be a list of a string")]
    [InlineData("""[1]""", "must hold one JSON object")]
    [InlineData("""{ "port": """, "is not JSON")]
    public void A_file_that_is_not_right_stops_with_the_reason(string json, string reason)
    {
        var error = Assert.Throws<SettingsException>(() => new SettingsLoader(new TarnOptions()).LoadJson(File(json)));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_is_mounted_with_the_names_that_the_documents_give()
    {
        var options = new TarnOptions();
        new SettingsLoader(options).LoadJson(File("""{ "lake": { "mounts": [{ "bucket": "archive", "folder": "/srv/archive", "readOnly": true, "accountId": "123456789012" }, { "bucket": "b01", "folder": "x" }] } }"""));
        Assert.Equal([new("archive", "/srv/archive", ReadOnly: true) { AccountId = "123456789012" }, new("b01", "x", ReadOnly: false)], options.Lake.Mounts);
    }

    [Fact]
    public void A_unit_in_a_name_is_one_word_wherever_it_is_written()
    {
        Assert.Equal("TARN_ATHENA_MEMORY_MAX_MIB", SettingsLoader.EnvironmentName("athena.memoryMaxMiB"));
        Assert.Equal("athena.memory-max-mib", SettingsLoader.OptionName("athena.memoryMaxMiB"));
    }

    [Fact]
    public void Every_setting_has_a_default_and_its_spellings_find_it_again()
    {
        var loader = new SettingsLoader(new TarnOptions());
        foreach (var (name, value) in loader.All.Where(setting => setting.Value is int or bool or string))
        {
            loader.SetOption(SettingsLoader.OptionName(name), Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)!.ToLowerInvariant());
            loader.LoadEnvironment(new Hashtable { [SettingsLoader.EnvironmentName(name)] = value!.ToString() }, new HashSet<string>());
        }
    }

    private string File(string json)
    {
        var file = Path.Combine(folder, Guid.NewGuid() + ".json");
        System.IO.File.WriteAllText(file, json);
        return file;
    }
}
