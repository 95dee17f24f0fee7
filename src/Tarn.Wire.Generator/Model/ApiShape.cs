using System.Collections.Generic;
using System.Linq;
using Tarn.Wire.Generator.Json;

namespace Tarn.Wire.Generator.Model;

/// <summary>One shape of a model: a structure, list, map or simple type with its constraints and wire traits.</summary>
internal sealed class ApiShape
{
    private readonly HashSet<string> required;
    private bool? constrained;
    private List<ApiShape>? children;

    public ApiShape(string name, JsonValue source)
    {
        Name = name;
        Source = source;
        Enum = source["enum"]?.Items.Select(item => item.Text!).ToList() ?? new List<string>();
        required = new HashSet<string>(source["required"]?.Items.Select(item => item.Text!) ?? Enumerable.Empty<string>());
    }

    public string Name { get; }

    public JsonValue Source { get; }

    public string Type => Source["type"]!.Text!;

    /// <summary>A structure that gets a class of its own.</summary>
    public bool IsStructure => Type == "structure" && !IsDocument && !IsException && !IsEventStream;

    /// <summary>Any JSON at all: the type has no members of its own.</summary>
    public bool IsDocument => Source["document"]?.IsTrue == true;

    public bool IsException => Source["exception"]?.IsTrue == true;

    /// <summary>A union of events and exceptions that travel one by one, each in a message of its own.</summary>
    public bool IsEventStream => Source["eventstream"]?.IsTrue == true;

    /// <summary>The members of an event stream that are events.</summary>
    public IEnumerable<ApiMember> Events => Members.Where(member => !member.Shape.IsException);

    /// <summary>The members of an event stream that end it.</summary>
    public IEnumerable<ApiMember> Exceptions => Members.Where(member => member.Shape.IsException);

    public bool IsEnum => Type == "string" && Enum.Count > 0;

    public IReadOnlyList<string> Enum { get; }

    public string? Min => Source["min"]?.Text;

    public string? Max => Source["max"]?.Text;

    public string? Pattern => Source["pattern"]?.Text;

    public bool IsFlattened => Source["flattened"]?.IsTrue == true;

    public string? TimestampFormat => Source["timestampFormat"]?.Text;

    /// <summary>Members of a structure, in the order of the model.</summary>
    public IReadOnlyList<ApiMember> Members { get; private set; } = new ApiMember[0];

    /// <summary>The element of a list or the value of a map.</summary>
    public ApiMember? Element { get; private set; }

    /// <summary>The key of a map.</summary>
    public ApiMember? Key { get; private set; }

    /// <summary>Reached from an operation's input: it is read and validated.</summary>
    public bool InInput { get; private set; }

    /// <summary>Reached from an operation's output: it is written.</summary>
    public bool InOutput { get; private set; }

    /// <summary>Whether the shape or anything below it has something to check.</summary>
    public bool IsConstrained => constrained ??= FindConstraint(new HashSet<ApiShape>());

    public void Link(IReadOnlyDictionary<string, ApiShape> shapes)
    {
        Members = Source["members"]?.Members.Select(member => new ApiMember(member.Key, member.Value, shapes, required.Contains(member.Key))).ToList()
            ?? new List<ApiMember>();
        var element = Source["member"] ?? Source["value"];
        Element = element is null ? null : new ApiMember(Source["member"] is null ? "value" : "member", element, shapes, isRequired: false);
        Key = Source["key"] is { } key ? new ApiMember("key", key, shapes, isRequired: false) : null;
    }

    public void MarkInput()
    {
        if (!InInput)
        {
            InInput = true;
            Children.ForEach(child => child.MarkInput());
        }
    }

    public void MarkOutput()
    {
        if (!InOutput)
        {
            InOutput = true;
            Children.ForEach(child => child.MarkOutput());
        }
    }

    private List<ApiShape> Children => children ??=
        Members.Concat(new[] { Key, Element }.OfType<ApiMember>()).Select(member => member.Shape).Distinct().ToList();

    private bool FindConstraint(HashSet<ApiShape> visited)
    {
        if (!visited.Add(this))
        {
            return false;
        }

        return constrained == true || Min is not null || Max is not null || Pattern is not null || IsEnum || required.Count > 0
            || Children.Any(child => child.FindConstraint(visited));
    }
}

/// <summary>A member of a structure, or the element, key or value of a collection.</summary>
internal sealed class ApiMember
{
    public ApiMember(string name, JsonValue source, IReadOnlyDictionary<string, ApiShape> shapes, bool isRequired)
    {
        Name = name;
        Source = source;
        Shape = shapes[source["shape"]!.Text!];
        IsRequired = isRequired;
    }

    /// <summary>The name in the model.</summary>
    public string Name { get; }

    public JsonValue Source { get; }

    public ApiShape Shape { get; }

    public bool IsRequired { get; }

    /// <summary>header, headers, uri, querystring, statusCode; null for the body.</summary>
    public string? Location => Source["location"]?.Text;

    /// <summary>The name on the wire where it is not <see cref="Name"/>.</summary>
    public string? LocationName => Source["locationName"]?.Text;

    public bool IsStreaming => Source["streaming"]?.IsTrue == true || Shape.Source["streaming"]?.IsTrue == true;

    public bool IsFlattened => Source["flattened"]?.IsTrue == true || Shape.IsFlattened;

    public bool IsXmlAttribute => Source["xmlAttribute"]?.IsTrue == true;

    public bool IsJsonValue => Source["jsonvalue"]?.IsTrue == true;

    public string? TimestampFormat => Source["timestampFormat"]?.Text ?? Shape.TimestampFormat;
}
