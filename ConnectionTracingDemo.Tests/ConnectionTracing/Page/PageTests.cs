using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Net.Http.Headers;

namespace ConnectionTracingDemo.Tests.ConnectionTracing.Page;

/// <summary>The page and its files, as a browser gets them.</summary>
[Collection(NetworkSources.Name)]
public sealed partial class PageTests
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    [Theory]
    [InlineData("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", true)]
    [InlineData("text/html", true)]
    [InlineData("TEXT/HTML;charset=utf-8", true)]
    [InlineData("text/html;q=0.1", true)]
    [InlineData("application/json, text/html", true)]
    [InlineData("application/json;q=0.5, text/html;q=0.6, */*", true)]
    [InlineData("text/html;q=0", false)]
    [InlineData("text/html;q=0.5, application/json", false)]
    [InlineData("text/html;q=0.5, application/*;q=0.6", false)]
    [InlineData("text/html;q=0.5, */*;q=0.6", false)]
    [InlineData("application/json, text/plain, */*", false)]
    [InlineData("*/*", false)]
    [InlineData("nonsense", false)]
    [InlineData(null, false)]
    public async Task Accept_decides_between_page_and_JSON(string? accept, bool isPage)
    {
        await using var site = await PageSite.StartAsync();

        using var response = await site.GetAsync(PageSite.Path, accept is null ? [] : [("Accept", accept)]);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(isPage ? "text/html" : "application/json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(["Accept"], response.Headers.Vary);
        Assert.True(response.Headers.CacheControl!.NoStore);
    }

    [Theory]
    [InlineData("", "/connection-tracing", "/connection-tracing", "connection-tracing/page/")]
    [InlineData("", "/connection-tracing", "/connection-tracing/", "page/")]
    [InlineData("/base", "/connection-tracing", "/base/connection-tracing", "connection-tracing/page/")]
    [InlineData("/base", "/connection-tracing", "/base/connection-tracing/", "page/")]
    [InlineData("", "/admin/net work", "/admin/net%20work", "net%20work/page/")]
    public async Task Files_are_named_relative_to_the_page(string pathBase, string pattern, string path, string assets)
    {
        await using var site = await PageSite.StartAsync(use: app => app.UsePathBase(pathBase), pattern: pattern);
        using var response = await site.GetAsync(path, ("Accept", "text/html"));
        var page = await response.Content.ReadAsStringAsync();

        string[] files = [.. Files().Matches(page).Select(match => match.Groups[1].Value)];

        Assert.Contains($"{assets}main.js", files);
        Assert.Contains($"{assets}page.css", files);
        foreach (var file in files)
        {
            using var sent = await site.Client.GetAsync(new Uri(site.Url(path), file));
            Assert.Equal((file, HttpStatusCode.OK), (file, sent.StatusCode));
        }
    }

    [Fact]
    public async Task Page_has_no_script_and_no_style_of_its_own()
    {
        await using var site = await PageSite.StartAsync();
        using var response = await site.GetAsync(PageSite.Path, ("Accept", "text/html"));
        var page = await response.Content.ReadAsStringAsync();

        Assert.Equal(Policy, Assert.Single(response.Headers.GetValues(HeaderNames.ContentSecurityPolicy)));
        Assert.Equal("no-referrer", Assert.Single(response.Headers.GetValues("Referrer-Policy")));
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues(HeaderNames.XContentTypeOptions)));
        Assert.All(Scripts().Matches(page), script => Assert.Empty(script.Groups[1].Value.Trim()));
        Assert.DoesNotContain("<style", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotMatch(@"\s(style|on\w+)\s*=", page);
        Assert.DoesNotContain("{{", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Policy_of_a_strict_host_does_not_block_the_page()
    {
        await using var site = await PageSite.StartAsync(use: app => app.Use((context, next) =>
        {
            context.Response.Headers.ContentSecurityPolicy = "default-src 'none'";
            return next(context);
        }));

        using var response = await site.GetAsync(PageSite.Path, ("Accept", "text/html"));

        Assert.Equal(Policy, Assert.Single(response.Headers.GetValues(HeaderNames.ContentSecurityPolicy)));
    }

    [Theory]
    [InlineData("https://localhost:17180/login?t=0123abc", "https://localhost:17180")]
    [InlineData(null, "")]
    public async Task Page_knows_the_dashboard_and_its_service_and_encodes_both(string? dashboard, string shown)
    {
        await using var site = await PageSite.StartAsync(new Dictionary<string, string?>
        {
            ["ConnectionTracing:Page:DashboardUrl"] = dashboard,
            ["OTEL_SERVICE_NAME"] = "\"><script>alert(1)</script>",
        });
        using var response = await site.GetAsync(PageSite.Path, ("Accept", "text/html"));
        var page = await response.Content.ReadAsStringAsync();

        Assert.Contains($"data-dashboard=\"{shown}\"", page, StringComparison.Ordinal);
        Assert.Contains("&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("main.js", "text/javascript")]
    [InlineData("page.css", "text/css")]
    public async Task File_is_sent_again_only_after_it_has_changed(string file, string contentType)
    {
        await using var site = await PageSite.StartAsync();
        using var first = await site.GetAsync($"{PageSite.Path}/page/{file}");

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal((contentType, "utf-8"), (first.Content.Headers.ContentType!.MediaType, first.Content.Headers.ContentType.CharSet));
        Assert.Equal("nosniff", Assert.Single(first.Headers.GetValues(HeaderNames.XContentTypeOptions)));
        Assert.True(first.Headers.CacheControl!.NoCache);
        Assert.NotEmpty(await first.Content.ReadAsByteArrayAsync());
        var tag = first.Headers.ETag!;
        Assert.False(tag.IsWeak);

        foreach (var known in new[] { tag.Tag, $"W/{tag.Tag}", $"\"other\", {tag.Tag}", "*" })
        {
            using var again = await site.GetAsync($"{PageSite.Path}/page/{file}", ("If-None-Match", known));
            Assert.Equal((known, HttpStatusCode.NotModified), (known, again.StatusCode));
            Assert.Equal(tag, again.Headers.ETag);
            Assert.Empty(await again.Content.ReadAsByteArrayAsync());
        }

        using var changed = await site.GetAsync($"{PageSite.Path}/page/{file}", ("If-None-Match", "\"other\""));
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
    }

    [Theory]
    [InlineData("index.html")]
    [InlineData("Main.js")]
    [InlineData("none.js")]
    [InlineData("..%2Fmain.js")]
    public async Task There_are_no_other_files(string file)
    {
        await using var site = await PageSite.StartAsync();

        using var response = await site.GetAsync($"{PageSite.Path}/page/{file}");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [GeneratedRegex("""(?:src|href)="((?!data:)[^"]+)""")]
    private static partial Regex Files();

    [GeneratedRegex("<script[^>]*>(.*?)</script>", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex Scripts();
}
