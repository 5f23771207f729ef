using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>Configures one standard pipeline; see <see cref="HttpStandardResiliencePipelineBuilderExtensions"/>.</summary>
public interface IHttpStandardResiliencePipelineBuilder
{
    /// <summary>Gets <c>{client name}-standard</c>: the name of the pipeline in logs and of its options. The defaults of every client have no client name.</summary>
    string PipelineName { get; }

    /// <summary>Gets the services that the options are registered in.</summary>
    IServiceCollection Services { get; }
}
