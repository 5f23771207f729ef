namespace ConnectionTracingDemo.Tests.Adoption;

/// <summary>A solution without rules of its own, with one project of each kind beside one copy of the library. It is built once for all tests.</summary>
public sealed class OrdinarySolution : IAsyncLifetime
{
    public const string OwnDefaults = "OwnDefaults";
    public const string OwnExporter = "OwnExporter";
    public const string OlderExporter = "OlderExporter";
    public const string Native = "Native";
    public const string Worker = "Worker";

    private HostSolution? _solution;

    internal HostSolution Files => _solution!;

    public async ValueTask InitializeAsync()
    {
        var solution = _solution = await HostSolution.CreateAsync();
        WriteOwnDefaults(solution);
        WriteOwnExporter(solution);
        WriteOlderExporter(solution);
        WriteNative(solution);
        WriteWorker(solution);
        solution.Write("All.slnx", $"""
            <Solution>
              <Project Path="{OwnDefaults}/{OwnDefaults}.csproj" />
              <Project Path="{OwnExporter}/{OwnExporter}.csproj" />
              <Project Path="{OlderExporter}/{OlderExporter}.csproj" />
              <Project Path="{Native}/{Native}.csproj" />
              <Project Path="{Worker}/{Worker}.csproj" />
            </Solution>
            """);
        await solution.BuildAsync("build", "All.slnx");
    }

    public ValueTask DisposeAsync()
    {
        _solution?.Dispose();
        return ValueTask.CompletedTask;
    }

    // In the shape of Aspire's template, but with extensions of IHostApplicationBuilder, as the first versions of the template had them.
    private static void WriteOwnDefaults(HostSolution solution)
    {
        solution.Write("ServiceDefaults/ServiceDefaults.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <IsAspireSharedProject>true</IsAspireSharedProject>
              </PropertyGroup>
              <ItemGroup>
                <FrameworkReference Include="Microsoft.AspNetCore.App" />
                <PackageReference Include="Microsoft.Extensions.Http.Resilience" Version="10.11.0" />
                <PackageReference Include="Microsoft.Extensions.ServiceDiscovery" Version="10.11.0" />
                <PackageReference Include="OpenTelemetry.Exporter.OpenTelemetryProtocol" Version="1.20.1" />
                <PackageReference Include="OpenTelemetry.Extensions.Hosting" Version="1.20.1" />
                <PackageReference Include="OpenTelemetry.Instrumentation.AspNetCore" Version="1.20.2" />
                <PackageReference Include="OpenTelemetry.Instrumentation.Http" Version="1.20.2" />
                <PackageReference Include="OpenTelemetry.Instrumentation.Runtime" Version="1.20.1" />
                {HostSolution.Reference}
              </ItemGroup>
            </Project>
            """);
        solution.Write("ServiceDefaults/Extensions.cs", $$"""
            using Microsoft.AspNetCore.Builder;
            using Microsoft.AspNetCore.Diagnostics.HealthChecks;
            using Microsoft.Extensions.DependencyInjection;
            using Microsoft.Extensions.Diagnostics.HealthChecks;
            using Microsoft.Extensions.Logging;
            using OpenTelemetry;
            using OpenTelemetry.Metrics;
            using OpenTelemetry.Trace;

            namespace Microsoft.Extensions.Hosting;

            public static class Extensions
            {
                public static IHostApplicationBuilder AddServiceDefaults(this IHostApplicationBuilder builder)
                {
                    builder.ConfigureOpenTelemetry();
                    {{solution.Add}}
                    builder.AddDefaultHealthChecks();
                    builder.Services.AddServiceDiscovery();
                    builder.Services.ConfigureHttpClientDefaults(http =>
                    {
                        http.AddStandardResilienceHandler();
                        http.AddServiceDiscovery();
                    });

                    return builder;
                }

                public static IHostApplicationBuilder ConfigureOpenTelemetry(this IHostApplicationBuilder builder)
                {
                    builder.Logging.AddOpenTelemetry(logging =>
                    {
                        logging.IncludeFormattedMessage = true;
                        logging.IncludeScopes = true;
                    });

                    builder.Services.AddOpenTelemetry()
                        .WithMetrics(metrics => metrics.AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddRuntimeInstrumentation())
                        .WithTracing(tracing => tracing
                            .AddSource(builder.Environment.ApplicationName)
                            .AddAspNetCoreInstrumentation()
                            .AddHttpClientInstrumentation());

                    if (!string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
                    {
                        builder.Services.AddOpenTelemetry().UseOtlpExporter();
                    }

                    return builder;
                }

                public static IHostApplicationBuilder AddDefaultHealthChecks(this IHostApplicationBuilder builder)
                {
                    builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), ["live"]);
                    return builder;
                }

                public static WebApplication MapDefaultEndpoints(this WebApplication app)
                {
                    if (app.Environment.IsDevelopment())
                    {
                        app.MapHealthChecks("/health");
                        app.MapHealthChecks("/alive", new HealthCheckOptions { Predicate = r => r.Tags.Contains("live") });
                        {{solution.Map}}
                    }

                    return app;
                }
            }
            """);
        solution.WriteService(
            OwnDefaults,
            """<ItemGroup><ProjectReference Include="../ServiceDefaults/ServiceDefaults.csproj" /></ItemGroup>""",
            "builder.AddServiceDefaults();",
            "app.MapDefaultEndpoints();");
    }

    private static void WriteOwnExporter(HostSolution solution) => solution.WriteService(
        OwnExporter,
        $"<ItemGroup>{HostSolution.Reference}</ItemGroup>",
        $$"""
        builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddSource("Microsoft.AspNetCore", "System.Net.Http").AddOtlpExporter(options =>
        {
            options.Endpoint = new Uri($"{builder.Configuration["Collector"]}/v1/traces");
            options.Protocol = OtlpExportProtocol.HttpProtobuf;
        }));
        {{solution.Add}}
        """,
        solution.Map);

    // Its SDK is newer than the exporter, which comes with the library alone.
    private static void WriteOlderExporter(HostSolution solution) => solution.WriteService(
        OlderExporter,
        $"""
        <ItemGroup>
          <PackageReference Include="OpenTelemetry.Extensions.Hosting" Version="1.20.1" />
          {HostSolution.Reference}
        </ItemGroup>
        """,
        $"""
        builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddSource("Microsoft.AspNetCore", "System.Net.Http"));
        {solution.Add}
        """,
        solution.Map);

    private static void WriteNative(HostSolution solution) => solution.WriteService(
        Native,
        $"""
        <PropertyGroup><PublishAot>true</PublishAot></PropertyGroup>
        <ItemGroup>{HostSolution.Reference}</ItemGroup>
        """,
        solution.TracedSetup,
        solution.Map,
        create: "WebApplication.CreateSlimBuilder(args)");

    private static void WriteWorker(HostSolution solution)
    {
        solution.Write($"{Worker}/{Worker}.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk.Worker">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Microsoft.Extensions.Hosting" Version="10.0.0" />
                <PackageReference Include="Microsoft.Extensions.Http" Version="10.0.0" />
                {HostSolution.Reference}
              </ItemGroup>
            </Project>
            """);
        solution.Write($"{Worker}/Program.cs", $$"""
            using OpenTelemetry;
            using OpenTelemetry.Trace;

            var builder = Host.CreateApplicationBuilder(args);
            builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddSource("System.Net.Http")).UseOtlpExporter();
            {{solution.Add}}
            builder.Services.AddHttpClient();
            builder.Services.AddHostedService<Caller>();
            builder.Build().Run();

            class Caller(IHttpClientFactory clients, IConfiguration configuration) : BackgroundService
            {
                protected override async Task ExecuteAsync(CancellationToken stoppingToken) =>
                    await clients.CreateClient().GetStringAsync(configuration["Server"], stoppingToken);
            }
            """);
    }
}
