using System.Globalization;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Projects;

/// <summary>The environment variables that Aspire gives a project.</summary>
internal static class ProjectEnvironment
{
    /// <param name="project">The project; the endpoints of what it refers to must be allocated.</param>
    /// <param name="telemetry">Where telemetry goes; null where there is no dashboard to send it to.</param>
    /// <param name="isDevelopment">The AppHost runs in Development, where telemetry is sent at once and unsampled.</param>
    /// <param name="certificatePath">The development certificate; null where there is none that clients trust.</param>
    public static Dictionary<string, string> For(ProjectResource project, TelemetryTarget? telemetry, bool isDevelopment, string? certificatePath)
    {
        var variables = new Dictionary<string, string>();

        AddTelemetry(variables, project.Name, telemetry, isDevelopment);
        variables["LOGGING__CONSOLE__FORMATTERNAME"] = "simple";
        variables["DOTNET_SYSTEM_CONSOLE_ALLOW_ANSI_COLOR_REDIRECTION"] = "true";

        if (project.LaunchProfile is { } profile)
        {
            variables["DOTNET_LAUNCH_PROFILE"] = profile.Name;
            AddAll(variables, profile.EnvironmentVariables);
        }

        AddEndpoints(variables, project, certificatePath);

        foreach (var reference in project.References)
        {
            AddReference(variables, reference);
        }

        AddAll(variables, project.Environment);
        return variables;
    }

    private static void AddTelemetry(Dictionary<string, string> variables, string serviceName, TelemetryTarget? telemetry, bool isDevelopment)
    {
        if (telemetry is null)
        {
            return;
        }

        variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = telemetry.Endpoint;
        variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = telemetry.Protocol;
        if (telemetry.ApiKey is not null)
        {
            variables["OTEL_EXPORTER_OTLP_HEADERS"] = $"x-otlp-api-key={telemetry.ApiKey}";
        }

        // DCP fills these in, so that the instance id is the suffix of the name that the process goes by in DCP and in the dashboard.
        variables["OTEL_SERVICE_NAME"] = """{{- index .Annotations "otel-service-name" -}}""";
        variables["OTEL_RESOURCE_ATTRIBUTES"] = """service.instance.id={{- index .Annotations "otel-service-instance-id" -}}""";

        if (isDevelopment)
        {
            variables["OTEL_BLRP_SCHEDULE_DELAY"] = "1000";
            variables["OTEL_BSP_SCHEDULE_DELAY"] = "1000";
            variables["OTEL_METRIC_EXPORT_INTERVAL"] = "1000";
            variables["OTEL_TRACES_SAMPLER"] = "always_on";
            variables["OTEL_METRICS_EXEMPLAR_FILTER"] = "trace_based";
            // Aspire sets OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY=in_memory as well. It makes a service flush for nine seconds where the dashboard
            // went first, as it does when the AppHost is killed, and is left out so that nothing outlives the AppHost by more than five.
            variables["OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION"] = "true";
            variables["OTEL_DOTNET_EXPERIMENTAL_HTTPCLIENT_DISABLE_URL_QUERY_REDACTION"] = "true";
        }
    }

    private static void AddEndpoints(Dictionary<string, string> variables, ProjectResource project, string? certificatePath)
    {
        var http = project.Endpoints.Where(endpoint => endpoint.IsHttp).ToList();
        if (http.Count == 0)
        {
            return;
        }

        variables["ASPNETCORE_URLS"] = string.Join(';', http.Select(endpoint => endpoint.ListenTemplate));
        if (http.FirstOrDefault(endpoint => endpoint.Scheme == "https") is { } https)
        {
            variables["ASPNETCORE_HTTPS_PORT"] = https.AllocatedPort!.Value.ToString(CultureInfo.InvariantCulture);
            if (certificatePath is not null)
            {
                variables["Kestrel__Certificates__Default__Path"] = certificatePath;
            }
        }
    }

    private static void AddReference(Dictionary<string, string> variables, ProjectResource reference)
    {
        foreach (var endpoint in reference.Endpoints)
        {
            variables[$"services__{reference.Name}__{endpoint.Name}__0"] = endpoint.Url;
            variables[$"{AsVariableName(reference.Name)}_{AsVariableName(endpoint.Name)}"] = endpoint.Url;
        }
    }

    private static string AsVariableName(string name)
    {
        var upper = string.Concat(name.Select(character => char.IsAsciiLetterOrDigit(character) ? char.ToUpperInvariant(character) : '_'));
        return char.IsAsciiDigit(upper[0]) ? '_' + upper : upper;
    }

    private static void AddAll(Dictionary<string, string> variables, IReadOnlyDictionary<string, string> more)
    {
        foreach (var (name, value) in more)
        {
            variables[name] = value;
        }
    }
}

/// <summary>Where a project sends its telemetry.</summary>
internal sealed record TelemetryTarget(string Endpoint, string Protocol, string? ApiKey);
