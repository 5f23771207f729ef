using Aspire.Hosting.Projects;

namespace Aspire.Hosting.Tests;

public sealed class LaunchProfileTests
{
    private const string Three = """
        {
          // Visual Studio writes comments,
          "profiles": {
            "IIS Express": { "commandName": "IISExpress" },
            "https": {
              "commandName": "Project",
              "applicationUrl": "https://localhost:7001; http://localhost:5001;",
              "launchUrl": "weather",
              "environmentVariables": { "ASPNETCORE_ENVIRONMENT": "Development", "WHERE": "%LAUNCH_PROFILE_TEST%/x", }, // and people trailing commas
            },
            "http": { "commandName": "Project", "applicationUrl": "http://localhost:5001" },
          },
        }
        """;

    [Fact]
    public void Without_a_name_it_is_the_first_that_runs_a_program()
    {
        using var project = new TempProject(Three);

        Assert.Equal("https", LaunchProfile.Choose(project.Path, explicitName: null, appHostProfileName: null)!.Name);
    }

    [Theory]
    [InlineData("""{ "profiles": { "a": { } } }""")]
    [InlineData("""{ "profiles": { "a": { "commandName": "" } } }""")]
    [InlineData("""{ "profiles": { "a": { "commandName": "Executable" } } }""")]
    [InlineData("""{ "profiles": { "docker": { "commandName": "Docker" }, "a": { "commandName": "Project" } } }""")]
    public void These_run_a_program(string launchSettings)
    {
        using var project = new TempProject(launchSettings);

        Assert.Equal("a", LaunchProfile.Choose(project.Path, null, null)!.Name);
    }

    [Fact]
    public void The_AppHosts_own_profile_comes_before_the_first()
    {
        using var project = new TempProject(Three);

        Assert.Equal("http", LaunchProfile.Choose(project.Path, null, "http")!.Name);
        Assert.Equal("https", LaunchProfile.Choose(project.Path, null, "no such profile here")!.Name);
    }

    [Fact]
    public void An_explicit_name_comes_before_both_and_has_to_exist()
    {
        using var project = new TempProject(Three);

        Assert.Equal("https", LaunchProfile.Choose(project.Path, "https", "http")!.Name);
        var exception = Assert.Throws<DistributedApplicationException>(() => LaunchProfile.Choose(project.Path, "htps", "http"));
        Assert.Equal($"'{project.Path}' has no launch profile 'htps'; Properties/launchSettings.json has: IIS Express, https, http.", exception.Message);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("{}")]
    [InlineData("""{ "profiles": {} }""")]
    [InlineData("""{ "profiles": { "docker": { "commandName": "Docker" } } }""")]
    public void There_may_be_none(string? launchSettings)
    {
        using var project = new TempProject(launchSettings);

        Assert.Null(LaunchProfile.Choose(project.Path, null, "http"));
    }

    [Fact]
    public void Addresses_are_split_and_variables_are_expanded()
    {
        Environment.SetEnvironmentVariable("LAUNCH_PROFILE_TEST", "here");
        using var project = new TempProject(Three);

        var profile = LaunchProfile.Choose(project.Path, "https", null)!;

        Assert.Equal([new Uri("https://localhost:7001"), new Uri("http://localhost:5001")], profile.ApplicationUrls);
        Assert.Equal("Development", profile.EnvironmentVariables["ASPNETCORE_ENVIRONMENT"]);
        Assert.Equal("here/x", profile.EnvironmentVariables["WHERE"]);
        Assert.Equal("weather", profile.LaunchUrl);
    }

    [Theory]
    [InlineData("""{ "profiles": { "http": { "environmentVariables": { "A": "1", "A": "2" } } } }""")]
    [InlineData("""{ "profiles": { "http": { "applicationUrl": null, "environmentVariables": { "A": "2" } } } }""")]
    [InlineData("""{ "profiles": { "http": { "applicationUrl": "", "environmentVariables": { "A": "2" } } } }""")]
    public void No_address_is_fine_and_of_a_variable_the_last_value_counts(string launchSettings)
    {
        using var project = new TempProject(launchSettings);

        var profile = LaunchProfile.Choose(project.Path, null, null)!;

        Assert.Empty(profile.ApplicationUrls);
        Assert.Equal("2", profile.EnvironmentVariables["A"]);
    }

    [Theory]
    [InlineData("{ profiles")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{ "profiles": [] }""")]
    [InlineData("""{ "profiles": { "http": "text" } }""")]
    [InlineData("""{ "profiles": { "http": { "applicationUrl": 5001 } } }""")]
    [InlineData("""{ "profiles": { "http": { "applicationUrl": "localhost 5001" } } }""")]
    [InlineData("""{ "profiles": { "http": { "environmentVariables": { "A": 1 } } } }""")]
    [InlineData("""{ "profiles": { "http": { "launchUrl": 1 } } }""")]
    public void A_file_that_cannot_be_read_is_named(string launchSettings)
    {
        using var project = new TempProject(launchSettings);

        var exception = Assert.Throws<DistributedApplicationException>(() => LaunchProfile.Choose(project.Path, null, null));

        Assert.StartsWith($"'{project.LaunchSettingsPath}' cannot be read: ", exception.Message, StringComparison.Ordinal);
    }
}
