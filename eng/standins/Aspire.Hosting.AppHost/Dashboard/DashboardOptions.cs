using System.Security.Cryptography;
using Aspire.Hosting.Projects;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Dashboard;

/// <summary>The dashboard's addresses and keys, from the same settings that Aspire reads.</summary>
internal sealed record DashboardOptions
{
    public const string UrlsKey = "ASPNETCORE_URLS";
    public const string OtlpGrpcKey = "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL";
    public const string OtlpHttpKey = "ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL";
    private const string AnonymousKey = "ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS";
    private const string AllowHttpKey = "ASPIRE_ALLOW_UNSECURED_TRANSPORT";

    public required IReadOnlyList<Uri> Urls { get; init; }

    public required Uri? OtlpGrpcUrl { get; init; }

    public required Uri? OtlpHttpUrl { get; init; }

    public required string EnvironmentName { get; init; }

    /// <summary>The keys; null where everybody on this machine may use the dashboard.</summary>
    public required DashboardKeys? Keys { get; init; }

    /// <summary>The settings <c>ASPIRE_DASHBOARD_*</c>, which the dashboard reads itself.</summary>
    public required IReadOnlyDictionary<string, string> PassedOn { get; init; }

    /// <summary>gRPC before HTTP, as in Aspire.</summary>
    public TelemetryTarget Telemetry =>
        OtlpGrpcUrl is not null ? new TelemetryTarget(AsText(OtlpGrpcUrl), "grpc", Keys?.Otlp) : new TelemetryTarget(AsText(OtlpHttpUrl!), "http/protobuf", Keys?.Otlp);

    public string LoginUrl => Keys is null ? AsText(Urls[0]) : $"{AsText(Urls[0])}/login?t={Keys.BrowserToken}";

    /// <exception cref="DistributedApplicationException">A setting is missing or wrong; the message names it and what it may be.</exception>
    public static DashboardOptions Read(IConfiguration configuration, string environmentName, bool allowHttp)
    {
        var urls = (configuration[UrlsKey] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(url => ReadUrl(UrlsKey, url)).ToList();
        var otlpGrpc = configuration[OtlpGrpcKey] is { Length: > 0 } grpc ? ReadUrl(OtlpGrpcKey, grpc) : null;
        var otlpHttp = configuration[OtlpHttpKey] is { Length: > 0 } http ? ReadUrl(OtlpHttpKey, http) : null;

        if (urls.Count == 0)
        {
            throw new DistributedApplicationException($"{UrlsKey} is not set, so the dashboard has no address. Start the AppHost with one of its launch profiles (dotnet run does), or set it, for example to http://localhost:15180.");
        }

        if (otlpGrpc is null && otlpHttp is null)
        {
            throw new DistributedApplicationException($"Neither {OtlpGrpcKey} nor {OtlpHttpKey} is set, so the dashboard cannot receive telemetry. Start the AppHost with one of its launch profiles (dotnet run does), or set one, for example to http://localhost:19180.");
        }

        if (!allowHttp && !IsTrue(configuration[AllowHttpKey])
            && new[] { urls[0], otlpGrpc, otlpHttp }.FirstOrDefault(url => url?.Scheme == "http") is { } unsecured)
        {
            throw new DistributedApplicationException($"'{AsText(unsecured)}' is not https. Use https addresses in {UrlsKey}, {OtlpGrpcKey} and {OtlpHttpKey}, or allow http with {AllowHttpKey}=true.");
        }

        return new DashboardOptions
        {
            Urls = urls,
            OtlpGrpcUrl = otlpGrpc,
            OtlpHttpUrl = otlpHttp,
            EnvironmentName = environmentName,
            Keys = IsTrue(configuration[AnonymousKey]) ? null : DashboardKeys.Read(configuration),
            PassedOn = configuration.AsEnumerable()
                .Where(pair => pair.Key.StartsWith("ASPIRE_DASHBOARD_", StringComparison.OrdinalIgnoreCase) && pair.Value is not null)
                .ToDictionary(pair => pair.Key, pair => pair.Value!),
        };
    }

    /// <param name="certificatePath">The certificate to serve https with; null where there is none.</param>
    /// <param name="resourceUrl">Where it learns of the resources.</param>
    /// <param name="resourceKey">What it is let in there with.</param>
    public Dictionary<string, string> ToEnvironment(string? certificatePath, Uri resourceUrl, string resourceKey)
    {
        var variables = new Dictionary<string, string>(PassedOn)
        {
            ["ASPNETCORE_ENVIRONMENT"] = EnvironmentName,
            ["ASPNETCORE_URLS"] = string.Join(';', Urls.Select(AsText)),
            ["ASPIRE_DASHBOARD_API_ENABLED"] = "true",
            ["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"] = AsText(resourceUrl),
            ["DASHBOARD__RESOURCESERVICECLIENT__AUTHMODE"] = "ApiKey",
            ["DASHBOARD__RESOURCESERVICECLIENT__APIKEY"] = resourceKey,
            ["LOGGING__CONSOLE__FORMATTERNAME"] = "simple",
            ["LOGGING__LOGLEVEL__DEFAULT"] = "Warning",
        };

        if (Keys is null)
        {
            variables["DASHBOARD__FRONTEND__AUTHMODE"] = "Unsecured";
            variables["DASHBOARD__OTLP__AUTHMODE"] = "Unsecured";
            variables["DASHBOARD__API__AUTHMODE"] = "Unsecured";
        }
        else
        {
            variables["DASHBOARD__FRONTEND__AUTHMODE"] = "BrowserToken";
            variables["DASHBOARD__FRONTEND__BROWSERTOKEN"] = Keys.BrowserToken;
            variables["DASHBOARD__OTLP__AUTHMODE"] = "ApiKey";
            variables["DASHBOARD__OTLP__PRIMARYAPIKEY"] = Keys.Otlp;
            variables["DASHBOARD__API__AUTHMODE"] = "ApiKey";
            variables["DASHBOARD__API__PRIMARYAPIKEY"] = Keys.Api;
        }

        if (certificatePath is not null)
        {
            variables["Kestrel__Certificates__Default__Path"] = certificatePath;
        }

        return variables;
    }

    /// <summary>An address without the slash at its end, as Aspire writes it.</summary>
    public static string AsText(Uri url) => url.GetLeftPart(UriPartial.Authority);

    private static Uri ReadUrl(string key, string value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? url!
            : throw new DistributedApplicationException($"{key} has the value '{value}', which is not an http or https address such as https://localhost:17180.");

    private static bool IsTrue(string? value) => bool.TryParse(value, out var isTrue) ? isTrue : value == "1";
}

/// <summary>What protects the dashboard: one key for browsers, one for telemetry coming in, one for its telemetry API.</summary>
internal sealed record DashboardKeys(string BrowserToken, string Otlp, string Api)
{
    public static DashboardKeys Read(IConfiguration configuration) => new(
        configuration["ASPIRE_DASHBOARD_FRONTEND_BROWSERTOKEN"] is { Length: > 0 } token ? token : Generate(),
        configuration["AppHost:OtlpApiKey"] is { Length: > 0 } otlp ? otlp : Generate(),
        configuration["AppHost:DashboardApiKey"] is { Length: > 0 } api ? api : Generate());

    private static string Generate() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}
