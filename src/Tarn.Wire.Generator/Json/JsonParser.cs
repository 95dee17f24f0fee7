using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Tarn.Wire.Generator.Json;

/// <summary>A recursive-descent JSON reader for the models that tools/import-models writes.</summary>
internal sealed class JsonParser
{
    private readonly string text;
    private int position;

    private JsonParser(string text)
    {
        this.text = text;
    }

    /// <exception cref="FormatException">The text is not one JSON value; the message has the offset.</exception>
    public static JsonValue Parse(string text)
    {
        var parser = new JsonParser(text);
        var value = parser.ReadValue();
        parser.SkipSpace();
        return parser.position == text.Length ? value : throw parser.Unexpected();
    }

    private JsonValue ReadValue()
    {
        SkipSpace();
        switch (Peek())
        {
            case '{':
                return ReadObject();
            case '[':
                return ReadArray();
            case '"':
                return JsonValue.Scalar(ReadString());
            default:
                return ReadLiteral();
        }
    }

    private JsonValue ReadObject()
    {
        var members = new List<KeyValuePair<string, JsonValue>>();
        position++;
        while (!TryClose('}', members.Count))
        {
            SkipSpace();
            var name = ReadString();
            SkipSpace();
            Expect(':');
            members.Add(new KeyValuePair<string, JsonValue>(name, ReadValue()));
        }

        return JsonValue.Object(members);
    }

    private JsonValue ReadArray()
    {
        var items = new List<JsonValue>();
        position++;
        while (!TryClose(']', items.Count))
        {
            items.Add(ReadValue());
        }

        return JsonValue.Array(items);
    }

    /// <summary>True at the end of an object or array; otherwise has passed the comma before the next entry.</summary>
    private bool TryClose(char close, int entriesRead)
    {
        SkipSpace();
        if (Peek() == close)
        {
            position++;
            return true;
        }

        if (entriesRead > 0)
        {
            Expect(',');
        }

        return false;
    }

    private string ReadString()
    {
        Expect('"');
        var result = new StringBuilder();
        while (true)
        {
            var c = Peek();
            position++;
            if (c == '"')
            {
                return result.ToString();
            }

            result.Append(c == '\\' ? ReadEscape() : c);
        }
    }

    private char ReadEscape()
    {
        var c = Peek();
        position++;
        switch (c)
        {
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case 'b': return '\b';
            case 'f': return '\f';
            case 'u':
                position += 4;
                return (char)int.Parse(text.Substring(position - 4, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            default: return c;
        }
    }

    private JsonValue ReadLiteral()
    {
        var start = position;
        while (position < text.Length && (char.IsLetterOrDigit(text[position]) || text[position] is '-' or '+' or '.'))
        {
            position++;
        }

        return position > start ? JsonValue.Scalar(text.Substring(start, position - start)) : throw Unexpected();
    }

    private void SkipSpace()
    {
        while (position < text.Length && char.IsWhiteSpace(text[position]))
        {
            position++;
        }
    }

    private char Peek() => position < text.Length ? text[position] : throw Unexpected();

    private void Expect(char c)
    {
        if (Peek() != c)
        {
            throw Unexpected();
        }

        position++;
    }

    private FormatException Unexpected() => new FormatException($"unexpected JSON at offset {position}");
}
