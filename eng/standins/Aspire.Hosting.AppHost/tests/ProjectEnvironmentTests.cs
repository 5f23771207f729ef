using Aspire.Hosting.Projects;

namespace Aspire.Hosting.Tests;

/// <summary>The table of variables that Aspire 13.5 gives a project.</summary>
public sealed class ProjectEnvironmentTests
{
    private static readonly TelemetryTarget Telemetry = new("https://localhost:21180", "grpc", "secret");

    [Fact]
    public void In_development_with_a_trusted_certificate_it_has_them_all()
    {
        var api = Model.Project("api-1", "https://localhost:7001", "http://localhost:5001", "http://localhost:5002").Allocated(7001);
        var web = Model.ProjectWith(new() { ["ASPNETCORE_ENVIRONMENT"] = "Development" }, "web", "https://localhost:7002", "http://localhost:5003").Allocated(7101);
        web.References.Add(api);
        web.Environment["DashboardUrl"] = "https://localhost:17180";

        var variables = ProjectEnvironment.For(web, Telemetry, isDevelopment: true, "/session/development.pfx");

        Assert.Equal(
            new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                ["API_1_HTTP"] = "http://localhost:7002",
                ["API_1_HTTP2"] = "http://localhost:7003",
                ["API_1_HTTPS"] = "https://localhost:7001",
                ["ASPNETCORE_ENVIRONMENT"] = "Development",
                ["ASPNETCORE_HTTPS_PORT"] = "7101",
                ["ASPNETCORE_URLS"] = """https://localhost:{{- portForServing "web-https" -}};http://localhost:{{- portForServing "web-http" -}}""",
                ["DOTNET_LAUNCH_PROFILE"] = "https",
                ["DOTNET_SYSTEM_CONSOLE_ALLOW_ANSI_COLOR_REDIRECTION"] = "true",
                ["DashboardUrl"] = "https://localhost:17180",
                ["Kestrel__Certificates__Default__Path"] = "/session/development.pfx",
                ["LOGGING__CONSOLE__FORMATTERNAME"] = "simple",
                ["OTEL_BLRP_SCHEDULE_DELAY"] = "1000",
                ["OTEL_BSP_SCHEDULE_DELAY"] = "1000",
                ["OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION"] = "true",
                ["OTEL_DOTNET_EXPERIMENTAL_HTTPCLIENT_DISABLE_URL_QUERY_REDACTION"] = "true",
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "https://localhost:21180",
                ["OTEL_EXPORTER_OTLP_HEADERS"] = "x-otlp-api-key=secret",
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc",
                ["OTEL_METRICS_EXEMPLAR_FILTER"] = "trace_based",
                ["OTEL_METRIC_EXPORT_INTERVAL"] = "1000",
                ["OTEL_RESOURCE_ATTRIBUTES"] = """service.instance.id={{- index .Annotations "otel-service-instance-id" -}}""",
                ["OTEL_SERVICE_NAME"] = """{{- index .Annotations "otel-service-name" -}}""",
                ["OTEL_TRACES_SAMPLER"] = "always_on",
                ["services__api-1__http2__0"] = "http://localhost:7003",
                ["services__api-1__http__0"] = "http://localhost:7002",
                ["services__api-1__https__0"] = "https://localhost:7001",
            },
            new SortedDictionary<string, string>(variables, StringComparer.Ordinal));
    }

    [Fact]
    public void Outside_development_telemetry_keeps_its_own_pace_and_sampling()
    {
        var variables = ProjectEnvironment.For(Model.Project("web"), Telemetry with { ApiKey = null }, isDevelopment: false, certificatePath: null);

        Assert.Equal(
            ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_RESOURCE_ATTRIBUTES", "OTEL_SERVICE_NAME"],
            variables.Keys.Where(name => name.StartsWith("OTEL_", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Without_a_place_for_telemetry_none_is_sent() =>
        Assert.DoesNotContain(ProjectEnvironment.For(Model.Project("web"), telemetry: null, isDevelopment: true, certificatePath: null).Keys, name => name.StartsWith("OTEL_", StringComparison.Ordinal));

    [Fact]
    public void Without_https_there_is_neither_port_nor_certificate()
    {
        var variables = ProjectEnvironment.For(Model.Project("web", "http://localhost:1").Allocated(1), null, true, "/session/development.pfx");

        Assert.DoesNotContain("ASPNETCORE_HTTPS_PORT", variables);
        Assert.DoesNotContain("Kestrel__Certificates__Default__Path", variables);
    }

    [Fact]
    public void Without_a_certificate_that_clients_trust_there_is_none() =>
        Assert.DoesNotContain("Kestrel__Certificates__Default__Path", ProjectEnvironment.For(Model.Project("web", "https://localhost:1").Allocated(1), null, true, null));

    [Fact]
    public void Without_endpoints_there_are_no_addresses() =>
        Assert.DoesNotContain("ASPNETCORE_URLS", ProjectEnvironment.For(Model.Project("web"), null, true, null));

    [Fact]
    public void Code_wins_over_the_launch_profile_and_both_over_what_is_set_for_every_project()
    {
        var web = Model.ProjectWith(new() { ["A"] = "profile", ["OTEL_TRACES_SAMPLER"] = "always_off", ["LOGGING__CONSOLE__FORMATTERNAME"] = "json" }, "web");
        web.Environment["A"] = "code";

        var variables = ProjectEnvironment.For(web, Telemetry, isDevelopment: true, certificatePath: null);

        Assert.Equal("code", variables["A"]);
        Assert.Equal("always_off", variables["OTEL_TRACES_SAMPLER"]);
        Assert.Equal("json", variables["LOGGING__CONSOLE__FORMATTERNAME"]);
    }

    [Fact]
    public void A_name_that_begins_with_a_digit_gets_something_before_it()
    {
        var web = Model.Project("web");
        web.References.Add(Model.Project("3d", "http://localhost:1").Allocated(1));

        Assert.Equal("http://localhost:1", ProjectEnvironment.For(web, null, true, null)["_3D_HTTP"]);
    }
}
