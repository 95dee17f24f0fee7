using System.Linq;
using Tarn.Wire.Generator.Model;

namespace Tarn.Wire.Generator.Emit;

/// <summary>
/// <c>XxxCodec</c>: one read routine per shape that inputs reach and one write routine per shape that outputs reach. Each is generic
/// over the protocol's struct, so that this text, and the IL, is there once for all protocols.
/// </summary>
internal sealed class CodecEmitter
{
    private const string Reader = "<TReader>(ref TReader reader";
    private const string ReaderConstraint = "where TReader : struct, global::Tarn.Wire.Shapes.IShapeReader, allows ref struct";
    private const string Writer = "<TWriter>(ref TWriter writer";
    private const string WriterConstraint = "where TWriter : struct, global::Tarn.Wire.Shapes.IShapeWriter, allows ref struct";

    private readonly ApiModel model;
    private readonly Source source;

    private CodecEmitter(ApiModel model, string @namespace)
    {
        this.model = model;
        source = new Source(@namespace);
    }

    public static string Emit(ApiModel model, string @namespace)
    {
        var emitter = new CodecEmitter(model, @namespace);
        emitter.source.Open($"internal static class {model.PascalName}Codec");
        foreach (var shape in model.UsedShapes)
        {
            emitter.Routines(shape);
        }

        return emitter.source.Close().ToString();
    }

    private void Routines(ApiShape shape)
    {
        var name = Names.Pascal(shape.Name);
        switch (shape.Type)
        {
            case "structure" when shape.IsStructure:
                if (shape.InInput)
                {
                    ReadStructure(shape, name);
                }

                if (shape.InOutput)
                {
                    WriteStructure(shape, name);
                }

                break;
            case "list" or "map":
                if (shape.InInput)
                {
                    ReadCollection(shape, name);
                }

                if (shape.InOutput)
                {
                    WriteCollection(shape, name);
                }

                break;
        }
    }

    private void ReadStructure(ApiShape shape, string name)
    {
        source.Open($"public static {name} Read{name}{Reader}, {name} shape) {ReaderConstraint}");
        source.Line($"var schema = {model.PascalName}Schemas.{name};");
        source.Line("reader.BeginStructure(schema);");
        source.Open("for (int member; (member = reader.NextMember(schema)) >= 0;)");
        if (shape.Members.Count > 0)
        {
            source.Open("switch (member)");
            for (var i = 0; i < shape.Members.Count; i++)
            {
                var member = shape.Members[i];
                source.Line(member.Shape.IsEventStream
                    ? $"case {i}: throw new global::System.NotSupportedException(\"event streams are not read\");"
                    : $"case {i}: shape.{Names.Field(member)} = {ReadValue(member)}; break;");
            }

            source.Close();
        }

        source.Close().Line("return shape;").Close();
    }

    private void ReadCollection(ApiShape shape, string name)
    {
        var element = shape.Element!;
        var isMap = shape.Type == "map";
        var type = isMap
            ? $"global::System.Collections.Generic.Dictionary<string, {Names.Type(element)}>"
            : $"global::System.Collections.Generic.List<{Names.Type(element)}>";
        source.Open($"public static {type} Read{name}{Reader}) {ReaderConstraint}");
        source.Line($"var result = new {type}();");
        source.Line($"reader.{(isMap ? "BeginMap" : "BeginList")}({SchemaEmitter.Collection(model, shape)});");
        source.Line(isMap
            ? $"while (reader.NextKey(out var key)) result[key] = {ReadValue(element)};"
            : $"while (reader.NextElement()) result.Add({ReadValue(element)});");
        source.Line("return result;").Close();
    }

    private string ReadValue(ApiMember member)
    {
        var shape = member.Shape;
        var name = Names.Pascal(shape.Name);
        if (member.IsStreaming)
        {
            return "reader.ReadStream()";
        }

        return shape.Type switch
        {
            "structure" when shape.IsDocument => "reader.ReadDocument()",
            "structure" => $"Read{name}(ref reader, new())",
            "list" or "map" => $"Read{name}(ref reader)",
            "timestamp" => $"reader.ReadTimestamp({Timestamp(member)})",
            _ => $"reader.Read{Primitive(shape)}()",
        };
    }

    private void WriteStructure(ApiShape shape, string name)
    {
        source.Open($"public static void Write{name}{Writer}, {name} shape) {WriterConstraint}");
        source.Line($"var schema = {model.PascalName}Schemas.{name};");
        source.Line("writer.BeginStructure(schema);");
        var members = shape.Members.Select((member, index) => (member, index));

        // Attributes belong to the start tag, so they go before the first element.
        foreach (var (member, index) in members.OrderBy(entry => entry.member.IsXmlAttribute ? 0 : 1))
        {
            if (!member.Shape.IsEventStream)
            {
                source.Line($"if (shape.{Names.Field(member)} is {{ }} m{index} && writer.Member(schema, {index})) {WriteValue(member, "m" + index)};");
            }
        }

        source.Line("writer.EndStructure();").Close();
    }

    private void WriteCollection(ApiShape shape, string name)
    {
        var element = shape.Element!;
        var isMap = shape.Type == "map";
        var type = isMap
            ? $"global::System.Collections.Generic.IReadOnlyDictionary<string, {Names.Type(element)}>"
            : $"global::System.Collections.Generic.IReadOnlyList<{Names.Type(element)}>";
        source.Open($"public static void Write{name}{Writer}, {type} values) {WriterConstraint}");
        source.Line($"writer.{(isMap ? "BeginMap" : "BeginList")}({SchemaEmitter.Collection(model, shape)});");
        if (isMap)
        {
            source.Open("foreach (var entry in values)");
            source.Line("writer.Key(entry.Key);").Line(WriteValue(element, "entry.Value") + ";").Line("writer.EndEntry();").Close();
        }
        else
        {
            source.Open("for (var i = 0; i < values.Count; i++)");
            source.Line("writer.Element();").Line(WriteValue(element, "values[i]") + ";").Close();
        }

        source.Line(isMap ? "writer.EndMap();" : "writer.EndList();").Close();
    }

    private static string WriteValue(ApiMember member, string value)
    {
        var shape = member.Shape;
        var name = Names.Pascal(shape.Name);
        if (member.IsStreaming)
        {
            return $"writer.WriteStream({value})";
        }

        return shape.Type switch
        {
            "structure" when shape.IsDocument => $"writer.WriteDocument({value})",
            "structure" or "list" or "map" => $"Write{name}(ref writer, {value})",
            "timestamp" => $"writer.WriteTimestamp({value}, {Timestamp(member)})",
            _ => $"writer.Write{Primitive(shape)}({value})",
        };
    }

    private static string Primitive(ApiShape shape) => shape.Type switch
    {
        "integer" => "Int32",
        "long" => "Int64",
        "float" => "Single",
        "double" => "Double",
        "boolean" => "Boolean",
        "blob" => "Blob",
        _ => "String",
    };

    private static string Timestamp(ApiMember member) => "global::Tarn.Wire.Shapes.TimestampFormat." + member.TimestampFormat switch
    {
        "unixTimestamp" => "UnixTimestamp",
        "iso8601" => "Iso8601",
        "rfc822" => "Rfc822",
        _ => "Default",
    };
}
