using System.Text.Json;
using ConnectionTracingDemo.Tests.Standalone;
using Json.Schema;

namespace ConnectionTracingDemo.Tests.Har;

/// <summary>The published schema of HAR 1.2.</summary>
internal static class HarSchema
{
    private static readonly string Folder = Path.Combine(Repository.Root, "ConnectionTracingDemo.Tests", "Har", "Schema");

    private static readonly EvaluationOptions Options = new() { OutputFormat = OutputFormat.List, RequireFormatValidation = true };

    private static readonly Lazy<JsonSchema> Schema = new(Load);

    /// <summary>What is wrong, one line each; empty: nothing.</summary>
    public static IReadOnlyList<string> ErrorsOf(JsonElement har)
    {
        var results = Schema.Value.Evaluate(har, Options);
        if (results.IsValid)
        {
            // Of several alternatives, those that do not apply have errors.
            return [];
        }

        IReadOnlyList<string> errors = [.. (results.Details ?? []).Where(detail => detail.Errors is not null)
            .SelectMany(detail => detail.Errors!.Select(error => $"{detail.InstanceLocation} {error.Key}: {error.Value}"))];
        Assert.NotEmpty(errors);
        return errors;
    }

    private static JsonSchema Load()
    {
        // The files name each other; nothing is fetched from this address.
        var address = new Uri("https://har-schema.invalid/");
        var build = new BuildOptions { Dialect = Dialect.Draft06, SchemaRegistry = new SchemaRegistry() };
        build.SchemaRegistry.Fetch = (uri, _) => FromFile(uri.Segments[^1]);
        return FromFile("har.json");

        JsonSchema FromFile(string name) => JsonSchema.FromFile(Path.Combine(Folder, name), build, new Uri(address, name));
    }
}
