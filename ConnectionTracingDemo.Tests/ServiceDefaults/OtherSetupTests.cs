using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace ConnectionTracingDemo.Tests.ServiceDefaults;

/// <summary>An application that has an OpenTelemetry setup of its own.</summary>
public sealed class OtherSetupTests
{
    public static TheoryData<string, Action<IServiceCollection>> Exporters => new()
    {
        { nameof(OpenTelemetryBuilderOtlpExporterExtensions.UseOtlpExporter), services => services.AddOpenTelemetry().UseOtlpExporter() },
        { nameof(OtlpTraceExporterHelperExtensions.AddOtlpExporter), services => services.AddOpenTelemetry().WithTracing(tracing => tracing.AddOtlpExporter()) },
    };

    [Theory]
    [MemberData(nameof(Exporters))]
    public void Exporter_that_would_collide_is_refused_with_the_call_to_make_instead(string name, Action<IServiceCollection> addExporter)
    {
        var builder = NewBuilder();
        addExporter(builder.Services);

        var failure = Assert.Throws<InvalidOperationException>(() => builder.AddServiceDefaults());

        Assert.Contains("call builder.AddConnectionTracing() instead of builder.AddServiceDefaults()", failure.Message, StringComparison.Ordinal);
        Assert.Contains(name, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Exporters))]
    public async Task Connection_tracing_alone_does_not_collide(string name, Action<IServiceCollection> addExporter)
    {
        var builder = NewBuilder();
        builder.AddConnectionTracing();
        addExporter(builder.Services);
        using var host = builder.Build();

        await host.StartAsync();
        await host.StopAsync();

        Assert.NotEmpty(name);
    }

    // As the client integrations of Aspire do.
    [Fact]
    public async Task Sources_that_were_added_before_are_no_setup_of_its_own()
    {
        var builder = NewBuilder();
        builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddSource("Npgsql"));

        builder.AddServiceDefaults();

        using var host = builder.Build();
        await host.StartAsync();
        await host.StopAsync();
    }

    private static HostApplicationBuilder NewBuilder()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = "Production", ApplicationName = "test" });
        // Nothing listens there.
        builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:1";
        return builder;
    }
}
