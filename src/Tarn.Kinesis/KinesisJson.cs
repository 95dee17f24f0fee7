using System.Text.Json;
using System.Text.Json.Serialization;
using Tarn.Kinesis.Accounts;
using Tarn.Kinesis.Consumers;
using Tarn.Kinesis.Encryption;
using Tarn.Kinesis.Streams;

namespace Tarn.Kinesis;

/// <summary>The stored form of Kinesis's records. Members may be added; a member's name and meaning never change.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(StreamRecord))]
[JsonSerializable(typeof(Shard))]
[JsonSerializable(typeof(ConsumerRecord))]
[JsonSerializable(typeof(AccountRecord))]
[JsonSerializable(typeof(DataKeyRecord))]
internal sealed partial class KinesisJson : JsonSerializerContext;
