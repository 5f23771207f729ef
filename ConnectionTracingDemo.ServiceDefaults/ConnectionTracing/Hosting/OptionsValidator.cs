using System;
using System.Collections.Generic;
using Microsoft.Extensions.Options;

namespace ConnectionTracing.Hosting;

/// <summary>Checks the values of <see cref="ConnectionTracingOptions"/>, wherever they come from.</summary>
internal sealed class OptionsValidator : IValidateOptions<ConnectionTracingOptions>
{
    private const string Times = "a time from 00:00:00 to 01:00:00";
    private const string Capacities = "a whole number from 16 to 1000000";

    public ValidateOptionsResult Validate(string? name, ConnectionTracingOptions options)
    {
        var failures = new List<string>();

        Check(options.CaptureFor is null || CaptureTime.IsAllowed(options.CaptureFor.Value), nameof(options.CaptureFor), options.CaptureFor, CaptureTime.Allowed + ", or nothing");
        Check(Enum.IsDefined(options.Export), nameof(options.Export), options.Export, "All or Linked");
        Check(IsTime(options.SlowSetup), nameof(options.SlowSetup), options.SlowSetup, Times);
        Check(IsCapacity(options.MaxTrackedConnections), nameof(options.MaxTrackedConnections), options.MaxTrackedConnections, Capacities);
        Check(IsCapacity(options.MaxRememberedRequests), nameof(options.MaxRememberedRequests), options.MaxRememberedRequests, Capacities);
        Check(options.MaxPathSegments is null or (>= 0 and <= 100), nameof(options.MaxPathSegments), options.MaxPathSegments, "a whole number from 0 to 100, or nothing");

        var diagnosis = options.Diagnosis;
        CheckDiagnosis(CaptureTime.IsAllowed(diagnosis.RepeatAfter), nameof(diagnosis.RepeatAfter), diagnosis.RepeatAfter, CaptureTime.Allowed);
        CheckDiagnosis(diagnosis.BurstConnections is >= 2 and <= 10_000, nameof(diagnosis.BurstConnections), diagnosis.BurstConnections, "a whole number from 2 to 10000");
        CheckDiagnosis(
            diagnosis.ChurnConnections is >= 3 and <= ConnectionTracingDiagnosisOptions.MaxChurnConnections,
            nameof(diagnosis.ChurnConnections), diagnosis.ChurnConnections, $"a whole number from 3 to {ConnectionTracingDiagnosisOptions.MaxChurnConnections}");
        CheckTime(nameof(diagnosis.Queue), diagnosis.Queue);
        CheckTime(nameof(diagnosis.SlowDns), diagnosis.SlowDns);
        CheckTime(nameof(diagnosis.QueuedDns), diagnosis.QueuedDns);
        CheckTime(nameof(diagnosis.SlowConnect), diagnosis.SlowConnect);
        CheckTime(nameof(diagnosis.FailedAddress), diagnosis.FailedAddress);
        CheckTime(nameof(diagnosis.SlowTls), diagnosis.SlowTls);
        CheckTime(nameof(diagnosis.SlowTunnel), diagnosis.SlowTunnel);
        CheckTime(nameof(diagnosis.SlowSetup), diagnosis.SlowSetup);
        CheckTime(nameof(diagnosis.SlowSend), diagnosis.SlowSend);
        CheckTime(nameof(diagnosis.SlowContinue), diagnosis.SlowContinue);
        CheckTime(nameof(diagnosis.Starvation), diagnosis.Starvation);
        CheckTime(nameof(diagnosis.SlowServer), diagnosis.SlowServer);
        CheckTime(nameof(diagnosis.SlowBody), diagnosis.SlowBody);

        var page = options.Page;
        Check(page.Services.Count <= ConnectionTracingPageOptions.MaxServices, PageKey(nameof(page.Services)), $"{page.Services.Count} services", $"up to {ConnectionTracingPageOptions.MaxServices}");
        foreach (var (service, address) in page.Services)
        {
            Check(
                ConnectionTracingPageOptions.IsService(address), PageKey($"{nameof(page.Services)}:{service}"), address,
                "an absolute address with the scheme http, https, http+https or https+http, such as https+http://apiservice or https://localhost:7480");
        }

        Check(ConnectionTracingPageOptions.IsDashboard(page.DashboardUrl), PageKey(nameof(page.DashboardUrl)), page.DashboardUrl, "an absolute http or https address, such as https://localhost:17180");

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Check(bool isAllowed, string key, object? value, string allowed)
        {
            if (!isAllowed)
            {
                failures.Add($"{ConnectionTracingOptions.SectionName}:{key} is '{value}', allowed is {allowed}.");
            }
        }

        void CheckDiagnosis(bool isAllowed, string key, object value, string allowed) => Check(isAllowed, $"{nameof(options.Diagnosis)}:{key}", value, allowed);

        string PageKey(string key) => $"{nameof(options.Page)}:{key}";

        void CheckTime(string key, TimeSpan value) => CheckDiagnosis(IsTime(value), key, value, Times);
    }

    private static bool IsTime(TimeSpan value) => value >= TimeSpan.Zero && value <= TimeSpan.FromHours(1);

    private static bool IsCapacity(int value) => value is >= 16 and <= 1_000_000;
}
