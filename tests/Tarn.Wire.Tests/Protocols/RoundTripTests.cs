using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tarn.Api.Glue;
using Tarn.Contracts;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Protocols;
using Tarn.Wire.Protocols.AwsJson;
using Tarn.Wire.Protocols.Cbor;
using Tarn.Wire.Protocols.RestXml;
using Tarn.Wire.Shapes;

namespace Tarn.Wire.Tests.Protocols;

/// <summary>What is written is read again as it was, for random values of every shape that travels both ways.</summary>
public sealed class RoundTripTests
{
    private const int ValuesPerShape = 5;

    private static readonly MethodInfo[] Routines = typeof(GlueModel).Assembly.GetTypes()
        .Where(type => type.Name.EndsWith("Codec", StringComparison.Ordinal))
        .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public))
        .ToArray();

    [Fact]
    public void Every_shape_that_is_both_read_and_written_survives_XML()
    {
        var seed = Environment.TickCount;
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        var shapes = 0;

        // S3's old notification shapes have two members on one element, Event: no reader can tell them apart.
        foreach (var read in Routines.Where(routine => routine.Name.StartsWith("Read", StringComparison.Ordinal) && routine.GetParameters().Length == 2))
        {
            var shape = read.ReturnType;
            var write = Routines.FirstOrDefault(routine => routine.Name == "Write" + read.Name[4..] && routine.DeclaringType == read.DeclaringType);
            if (write is null || shape.GetProperties().Length == 0 || shape.Name.EndsWith("Deprecated", StringComparison.Ordinal) || shape.Name == "CloudFunctionConfiguration")
            {
                continue;
            }

            shapes++;
            for (var i = 0; i < ValuesPerShape; i++)
            {
                var original = RandomShapes.Make(shape, new Random(seed + i), depth: 0);
                using var buffer = new PooledBuffer();
                write.MakeGenericMethod(typeof(XmlShapeWriter)).Invoke(null, [new XmlShapeWriter(buffer, "Root", null, isHttpBound: false), original]);
                var reader = new TreeShapeReader(WireNode.FromXml(buffer.WrittenMemory), isQuery: false, isHttpBound: false, reason => new AwsException("MalformedXML", reason));
                var copy = read.MakeGenericMethod(typeof(TreeShapeReader)).Invoke(null, [reader, Activator.CreateInstance(shape)]);
                AssertSame(original, copy, $"{shape.FullName}, seed {seed + i}");
            }
        }

        Assert.True(shapes > 200, $"only {shapes} shapes");
    }

    [Theory]
    [InlineData(typeof(CodeGenConfigurationNode))]
    [InlineData(typeof(StorageDescriptor))]
    [InlineData(typeof(CrawlerTargets))]
    [InlineData(typeof(ColumnStatistics))]
    public void Shapes_survive_JSON(Type shape)
    {
        var seed = Environment.TickCount;
        for (var i = 0; i < 200; i++)
        {
            var original = RandomShapes.Make(shape, new Random(seed + i), depth: 0);
            using var buffer = new PooledBuffer();
            using var json = new Utf8JsonWriter(buffer);
            var writer = new JsonShapeWriter(json, isHttpBound: false);
            Write(ref writer, original);
            json.Flush();
            var reader = new JsonShapeReader(buffer.WrittenSpan, isHttpBound: false, javaClassNames: false);
            var copy = Read(ref reader, original);
            reader.End();
            AssertSame(original, copy, $"seed {seed + i}: {Encoding.UTF8.GetString(buffer.WrittenSpan)}");
        }
    }

    [Theory]
    [InlineData(typeof(CodeGenConfigurationNode), BodyEncoding.AwsCbor)]
    [InlineData(typeof(StorageDescriptor), BodyEncoding.AwsCbor)]
    [InlineData(typeof(CrawlerTargets), BodyEncoding.AwsCbor)]
    [InlineData(typeof(ColumnStatistics), BodyEncoding.AwsCbor)]
    [InlineData(typeof(ColumnStatistics), BodyEncoding.SmithyCbor)]
    public void Shapes_survive_CBOR(Type shape, BodyEncoding encoding)
    {
        var seed = Environment.TickCount;
        for (var i = 0; i < 200; i++)
        {
            var original = RandomShapes.Make(shape, new Random(seed + i), depth: 0);
            using var buffer = new PooledBuffer();
            var writer = new CborShapeWriter(buffer, encoding);
            Write(ref writer, original);
            var reader = new CborShapeReader(buffer.WrittenSpan, encoding);
            var copy = Read(ref reader, original);
            reader.End();
            AssertSame(original, copy, $"seed {seed + i}: {Convert.ToHexStringLower(buffer.WrittenSpan)}");

            // No part of it is a document.
            for (var length = 0; length < Math.Min(buffer.Length, 300); length++)
            {
                AssertRefused(buffer.WrittenSpan[..length], original, encoding);
            }
        }
    }

    private static void AssertRefused(ReadOnlySpan<byte> part, object like, BodyEncoding encoding)
    {
        try
        {
            var reader = new CborShapeReader(part, encoding);
            Read(ref reader, like);
        }
        catch (AwsException refusal)
        {
            Assert.Equal("SerializationException", refusal.Code);
            return;
        }

        Assert.Fail($"{Convert.ToHexStringLower(part)} was read");
    }

    private static void Write<TWriter>(ref TWriter writer, object shape)
        where TWriter : struct, IShapeWriter, allows ref struct
    {
        switch (shape)
        {
            case CodeGenConfigurationNode node: GlueCodec.WriteCodeGenConfigurationNode(ref writer, node); break;
            case StorageDescriptor descriptor: GlueCodec.WriteStorageDescriptor(ref writer, descriptor); break;
            case CrawlerTargets targets: GlueCodec.WriteCrawlerTargets(ref writer, targets); break;
            case ColumnStatistics statistics: GlueCodec.WriteColumnStatistics(ref writer, statistics); break;
        }
    }

    private static object Read<TReader>(ref TReader reader, object like)
        where TReader : struct, IShapeReader, allows ref struct => like switch
        {
            CodeGenConfigurationNode => GlueCodec.ReadCodeGenConfigurationNode(ref reader, new CodeGenConfigurationNode()),
            StorageDescriptor => GlueCodec.ReadStorageDescriptor(ref reader, new StorageDescriptor()),
            CrawlerTargets => GlueCodec.ReadCrawlerTargets(ref reader, new CrawlerTargets()),
            _ => GlueCodec.ReadColumnStatistics(ref reader, new ColumnStatistics()),
        };

    private static void AssertSame(object original, object? copy, string what)
    {
        var (left, right) = (ShapeValues.Normal(ShapeValues.Describe(original)), ShapeValues.Normal(ShapeValues.Describe(copy)));
        Assert.True(JsonNode.DeepEquals(left, right), $"{what}\nwritten {left?.ToJsonString()}\nread    {right?.ToJsonString()}");
    }
}
