using System.Collections;
using System.ComponentModel;
using System.Globalization;
using System.Net;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Tarn.Server.Settings;

/// <summary>
/// Fills a tree of options classes from, in rising order: their defaults, <c>tarn.json</c>, environment variables <c>TARN_...</c> and
/// the command line. A setting has one name, its path in the tree (<c>lake.maxPartsPerUpload</c>); the environment spells it
/// <c>TARN_LAKE_MAX_PARTS_PER_UPLOAD</c> and the command line <c>--lake.max-parts-per-upload</c>. A name that is not known stops the
/// start with the nearest one that is.
/// </summary>
internal sealed class SettingsLoader
{
    private readonly Dictionary<string, Setting> settings = new(StringComparer.Ordinal);

    /// <param name="root">
    /// The options object; every writable public property is a setting, every property of a class named <c>...Options</c> a subtree. Required ones are none: they are
    /// what the server itself fills in.
    /// </param>
    public SettingsLoader(object root)
    {
        Collect(root, "");
    }

    /// <summary>All setting names with their current values, in the order of declaration.</summary>
    public IEnumerable<(string Name, object? Value)> All => settings.Values.Select(setting => (setting.Name, setting.Value));

    /// <summary>Reads a JSON file of nested objects; comments and trailing commas are allowed.</summary>
    public void LoadJson(string file)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(File.ReadAllBytes(file), new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
        }
        catch (JsonException e)
        {
            throw new SettingsException($"{file} is not JSON: {e.Message}");
        }

        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new SettingsException($"{file} must hold one JSON object.");
            }

            LoadObject(document.RootElement, "", file);
        }
    }

    /// <summary>Reads the variables that start with <c>TARN_</c>, leaving out the names of <paramref name="notSettings"/>.</summary>
    public void LoadEnvironment(IDictionary variables, IReadOnlySet<string> notSettings)
    {
        foreach (DictionaryEntry variable in variables)
        {
            var name = (string)variable.Key;
            if (name.StartsWith("TARN_", StringComparison.Ordinal) && !notSettings.Contains(name))
            {
                Find(name["TARN_".Length..], $"environment variable {name}", EnvironmentName).SetText((string?)variable.Value ?? "", name);
            }
        }
    }

    /// <summary>Sets one setting from a command-line option without its dashes; true when <paramref name="value"/> was used (a switch takes none).</summary>
    public bool SetOption(string option, string? value)
    {
        var setting = Find(option, $"option --{option}", name => "--" + OptionName(name));
        if (setting.Type == typeof(bool) && value is not ("true" or "false"))
        {
            setting.SetText("true", $"--{option}");
            return false;
        }

        setting.SetText(value ?? throw new SettingsException($"Option --{option} needs a value."), $"--{option}");
        return true;
    }

    /// <summary><c>lake.maxParts</c> as the command line spells it: <c>lake.max-parts</c>.</summary>
    public static string OptionName(string name) => string.Concat(name.Replace("MiB", "Mib", StringComparison.Ordinal).Select(c => char.IsUpper(c) ? "-" + char.ToLowerInvariant(c) : c.ToString()));

    /// <summary><c>lake.maxParts</c> as the environment spells it: <c>TARN_LAKE_MAX_PARTS</c>.</summary>
    public static string EnvironmentName(string name) => "TARN_" + OptionName(name).Replace('.', '_').Replace('-', '_').ToUpperInvariant();

    private static string Folded(string name) => name.Replace(".", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();

    private void Collect(object owner, string prefix)
    {
        foreach (var property in owner.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var name = prefix + JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            if (property.PropertyType.Name.EndsWith("Options", StringComparison.Ordinal))
            {
                Collect(property.GetValue(owner) ?? throw new InvalidOperationException($"{name} has no default."), property.IsDefined(typeof(FlatAttribute)) ? prefix : name + ".");
            }
            else if (property.CanWrite && !property.IsDefined(typeof(RequiredMemberAttribute)))
            {
                settings.Add(Folded(name), new Setting(name, owner, property));
            }
        }
    }

    private void LoadObject(JsonElement element, string prefix, string file)
    {
        foreach (var member in element.EnumerateObject())
        {
            var name = prefix + member.Name;
            var isSubtree = settings.Values.Any(setting => setting.Name.StartsWith(name + ".", StringComparison.OrdinalIgnoreCase));
            if (isSubtree && member.Value.ValueKind == JsonValueKind.Object)
            {
                LoadObject(member.Value, name + ".", file);
            }
            else
            {
                Find(name, $"setting '{name}' in {file}", known => known).SetJson(member.Value, file);
            }
        }
    }

    private Setting Find(string name, string where, Func<string, string> spelling)
    {
        if (settings.TryGetValue(Folded(name), out var setting))
        {
            return setting;
        }

        var nearest = settings.Values.MinBy(candidate => Distance(Folded(candidate.Name), Folded(name)))!;
        throw new SettingsException($"Unknown {where}. Did you mean {spelling(nearest.Name)}? `tarn help settings` lists all.");
    }

    /// <summary>Levenshtein distance.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)));
            }
        }

        return row[b.Length];
    }

    private sealed record Setting(string Name, object Owner, PropertyInfo Property)
    {
        public Type Type => Nullable.GetUnderlyingType(Property.PropertyType) ?? Property.PropertyType;

        public object? Value => Property.GetValue(Owner);

        /// <summary>Whether the value is a secret, which no message repeats.</summary>
        private bool IsSecret => Property.IsDefined(typeof(PasswordPropertyTextAttribute));

        /// <summary>Whether the environment and the command line give the value as it is, not as JSON.</summary>
        private bool IsText => Type == typeof(string) || Type == typeof(IPAddress) || Type.IsValueType;

        public void SetText(string text, string source)
        {
            var isStructured = !IsText;
            if (!isStructured)
            {
                Assign(() => Parse(text), text, source);
                return;
            }

            try
            {
                using var json = JsonDocument.Parse(text);
                SetJson(json.RootElement, source);
            }
            catch (JsonException)
            {
                throw new SettingsException($"{source} must be JSON, as it would stand in tarn.json.");
            }
        }

        public void SetJson(JsonElement value, string source)
        {
            if (value.ValueKind is JsonValueKind.String && IsText)
            {
                SetText(value.GetString()!, $"{Name} in {source}");
            }
            else if (Type == typeof(TimeSpan) || Type == typeof(IPAddress) || Type.IsEnum)
            {
                throw new SettingsException($"{Name} in {source} must be a string.");
            }
            else
            {
                Assign(() => value.Deserialize(Property.PropertyType, SettingsJson.Options), value.GetRawText(), source);
            }
        }

        private object Parse(string text) => Type switch
        {
            _ when Type == typeof(string) => text,
            _ when Type == typeof(bool) => bool.Parse(text),
            _ when Type == typeof(IPAddress) => IPAddress.Parse(text),
            _ when Type == typeof(TimeSpan) => TimeSpan.Parse(text, CultureInfo.InvariantCulture),
            _ when Type.IsEnum => Enum.Parse(Type, text, ignoreCase: true),
            _ => Convert.ChangeType(text, Type, CultureInfo.InvariantCulture),
        };

        private void Assign(Func<object?> parse, string text, string source)
        {
            var shown = IsSecret ? "what stands there" : $"'{text}'";
            try
            {
                var value = parse();
                if (value is < 0 or < 0L or < 0.0 || (value is TimeSpan time && time < TimeSpan.Zero))
                {
                    throw new SettingsException($"{source}: {shown} is not a value of {Name}: no setting is negative."); // sizes, counts and times, all of them
                }

                Property.SetValue(Owner, value);
            }
            catch (Exception e) when (e is FormatException or ArgumentException or OverflowException or JsonException or InvalidCastException or TargetInvocationException)
            {
                var reason = e switch
                {
                    TargetInvocationException { InnerException: { } inner } => inner.Message,
                    _ when !IsText => $"it must be {Shape(Property.PropertyType)}",
                    _ when Type.IsEnum => "it must be one of " + string.Join(", ", Enum.GetNames(Type)).ToLowerInvariant(),
                    _ => "it must be " + Kind(Type),
                };
                throw new SettingsException($"{source}: {shown} is not a value of {Name}: {reason}.");
            }
        }

        /// <summary>What a list or map looks like in JSON, with the names of its members: those of a class in brackets are not required.</summary>
        private static string Shape(Type type)
        {
            if (type.IsGenericType && type.GetGenericArguments() is [var element])
            {
                return $"a list of {Shape(element)}";
            }

            if (type == typeof(string) || type.IsValueType || type.IsGenericType)
            {
                return Kind(type);
            }

            var members = SettingsJson.Options.GetTypeInfo(type).Properties.Select(member => member.IsRequired ? $"\"{member.Name}\"" : $"[\"{member.Name}\"]");
            return $"{{ {string.Join(", ", members)} }}";
        }

        private static string Kind(Type type) => type switch
        {
            _ when type == typeof(string) => "a string",
            _ when type == typeof(bool) => "true or false",
            _ when type == typeof(TimeSpan) => "a time as [days.]hours:minutes:seconds",
            _ when type == typeof(IPAddress) => "an IP address",
            _ when type == typeof(int) || type == typeof(long) => "a whole number",
            _ when type == typeof(double) => "a number",
            _ => "a " + type.Name,
        };
    }
}

/// <summary>On a property of options: its settings stand at the top of the tree, without its name before theirs.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class FlatAttribute : Attribute;

/// <summary>How options that are lists or maps stand in JSON: camel case, no unknown members.</summary>
internal static class SettingsJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        TypeInfoResolver = new System.Text.Json.Serialization.Metadata.DefaultJsonTypeInfoResolver(),
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.Strict,
    };
}

/// <summary>A setting that stops the start; the message says what to change.</summary>
internal sealed class SettingsException(string message) : Exception(message);
