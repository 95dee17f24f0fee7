using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace Tarn.Wire.Generator.Model;

/// <summary>C# names for AWS names, and C# literals for model text.</summary>
internal static class Names
{
    /// <summary>The name with a capital first letter; nothing else changes, so that a search for the AWS name finds the C# one.</summary>
    public static string Pascal(string name) => char.ToUpperInvariant(name[0]) + name.Substring(1);

    /// <summary>The property of a member. C# forbids a member named as its class, so that one gets <c>Value</c> appended.</summary>
    public static string Property(ApiShape structure, ApiMember member)
    {
        var name = Pascal(member.Name);
        return name == Pascal(structure.Name) || name is "Equals" or "GetHashCode" or "GetType" or "ToString" ? name + "Value" : name;
    }

    /// <summary>The field behind the property.</summary>
    public static string Field(ApiMember member) => "_" + member.Name;

    /// <summary>The nullable C# type of a value of the shape.</summary>
    public static string NullableType(ApiMember member) => Type(member) + "?";

    public static string Type(ApiMember member)
    {
        if (member.IsStreaming)
        {
            return "global::System.IO.Stream";
        }

        var shape = member.Shape;
        switch (shape.Type)
        {
            case "structure" when shape.IsDocument: return "global::System.Text.Json.JsonElement";
            case "structure": return Pascal(shape.Name);
            case "list": return $"global::System.Collections.Generic.IReadOnlyList<{ElementType(shape.Element!)}>";
            case "map": return $"global::System.Collections.Generic.IReadOnlyDictionary<string, {ElementType(shape.Element!)}>";
            case "string" or "character": return "string";
            case "integer": return "int";
            case "long": return "long";
            case "float": return "float";
            case "double": return "double";
            case "boolean": return "bool";
            case "timestamp": return "global::System.DateTimeOffset";
            case "blob": return "global::System.ReadOnlyMemory<byte>";
            default: throw new NotSupportedException($"shape {shape.Name} has the unknown type {shape.Type}");
        }
    }

    /// <summary>Collections hold no nulls: an element that is null on the wire is refused when it is read or validated.</summary>
    private static string ElementType(ApiMember element) => Type(element);

    /// <summary>The constant of an enum value: the value itself where C# allows it.</summary>
    public static string Constant(string value, HashSet<string> taken)
    {
        var name = new StringBuilder();
        foreach (var c in value)
        {
            name.Append(char.IsLetterOrDigit(c) ? c : '_');
        }

        if (name.Length == 0 || char.IsDigit(name[0]))
        {
            name.Insert(0, '_');
        }

        var candidate = name.ToString();
        while (!taken.Add(candidate))
        {
            candidate += "_";
        }

        return Keyword(candidate);
    }

    public static string Literal(string? text)
    {
        if (text is null)
        {
            return "null";
        }

        var result = new StringBuilder("\"");
        foreach (var c in text)
        {
            if (c is '"' or '\\')
            {
                result.Append('\\').Append(c);
            }
            else if (c < ' ' || c > '~')
            {
                result.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            }
            else
            {
                result.Append(c);
            }
        }

        return result.Append('"').ToString();
    }

    private static string Keyword(string name) =>
        Microsoft.CodeAnalysis.CSharp.SyntaxFacts.GetKeywordKind(name) != Microsoft.CodeAnalysis.CSharp.SyntaxKind.None ? "@" + name : name;
}
