using System.Text.Json;
using System.Text.Json.Serialization;
using Tarn.Athena.NamedQueries;
using Tarn.Athena.PreparedStatements;
using Tarn.Athena.Queries;
using Tarn.Athena.WorkGroups;

namespace Tarn.Athena;

/// <summary>The stored form of Athena's records. Members may be added; a member's name and meaning never change.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WorkGroupRecord))]
[JsonSerializable(typeof(NamedQueryRecord))]
[JsonSerializable(typeof(PreparedStatementRecord))]
[JsonSerializable(typeof(QueryRecord))]
internal sealed partial class AthenaJson : JsonSerializerContext;
