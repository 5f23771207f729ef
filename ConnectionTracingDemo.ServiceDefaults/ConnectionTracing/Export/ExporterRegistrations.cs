using System;
using System.Linq;
using Microsoft.Extensions.DependencyInjection;

namespace ConnectionTracing.Export;

/// <summary>Tells from the services of an application whether it exports telemetry at all.</summary>
internal sealed class ExporterRegistrations(IServiceCollection services)
{
    private static readonly string[] Exporters = ["OpenTelemetry.Exporter.", "Azure.Monitor.OpenTelemetry."];

    /// <summary>Whether a package that is known to export has registered services.</summary>
    public bool Exist => services.Any(service => !IsOurs(service) && IsOfExporter(service.ServiceType));

    /// <summary>
    /// Whether the application calls <c>UseOtlpExporter</c>. Its settings are its own: what the recorder sees beside it is not for traces.
    /// </summary>
    public bool UseOtlpExporter => services.Any(service => service.ServiceType.FullName == "OpenTelemetry.Exporter.UseOtlpExporterRegistration");

    /// <summary>Whether it gives it a protocol and an endpoint, which nothing tells.</summary>
    public bool UseOtlpExporterInCode => services.Any(service => service.ServiceType is { IsGenericType: true, Name: "IConfigureOptions`1" } type
        && type.GenericTypeArguments[0].FullName == "OpenTelemetry.Exporter.OtlpExporterBuilderOptions");

    private static bool IsOurs(ServiceDescriptor service) => !service.IsKeyedService && service.ImplementationFactory?.Method.Module.Assembly == typeof(ExporterRegistrations).Assembly;

    private static bool IsOfExporter(Type type) =>
        Array.Exists(Exporters, exporter => (type.Assembly.GetName().Name + ".").StartsWith(exporter, StringComparison.Ordinal))
        || (type.IsGenericType && Array.Exists(type.GetGenericArguments(), IsOfExporter));
}
