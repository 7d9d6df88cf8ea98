using Eunomia.Controller.Configuration;
using Eunomia.Controller.Exports;
using Eunomia.Controller.Exports.AlertFiles;
using Eunomia.Controller.Exports.Syslog;
using Eunomia.Core.Rules;
using Eunomia.TestKit;

namespace Eunomia.Controller.Tests.Exports;

public sealed class AlertOptionsReaderTests
{
    private const string Everything = """
        [alerts]
        collapse = 30
        spool = "/spool"
        spool_size = "1GiB"
        [alerts.terminal]
        enabled = false
        format = "json"
        [alerts.file]
        path = "/alerts.jsonl"
        max_size = "512KiB"
        keep = 3
        min_priority = "error"
        rules = ["Shell *"]
        tags = ["container"]
        [alerts.journald]
        socket = "/journal"
        [alerts.syslog]
        address = "tcp://[::1]:601"
        facility = "local3"
        [alerts.webhook]
        url = "https://example.org/x"
        timeout = 2
        headers = ["X-Team: security"]
        token_file = "/token"
        ca_file = "/ca.pem"
        [alerts.alertmanager]
        urls = ["http://a:9093", "http://b:9093"]
        user = "u"
        password_file = "/password"
        active = 60
        """;

    [Fact]
    public void Read_Everything_IsUnderstood()
    {
        AlertOptions options = Read(Everything, out string[] errors);

        Assert.Empty(errors);
        Assert.Equal((TimeSpan.FromSeconds(30), "/spool", 1L << 30), (options.Collapse.Window, options.SpoolFolder, options.SpoolSize));
        Assert.True(!options.Terminal.Enabled && options.Terminal.IsJson);
        Assert.Equal(("/alerts.jsonl", 512L << 10, 3, RulePriority.Error), (options.File!.Path, options.File.LargestSize, options.File.Keep, options.File.Selection.LeastPriority));
        Assert.Equal(["Shell *", "container"], [.. options.File.Selection.Rules, .. options.File.Selection.Tags]);
        Assert.Equal("/journal", options.Journald!.Socket);
        Assert.Equal((SyslogProtocol.Tcp, "::1", 601, 19), (options.Syslog!.Protocol, options.Syslog.Host, options.Syslog.Port, options.Syslog.Facility));
        Assert.Equal((TimeSpan.FromSeconds(2), "/token", "/ca.pem"), (options.Webhook!.Timeout, options.Webhook.Http.TokenFile, options.Webhook.Http.AuthorityFile));
        Assert.Equal([("X-Team", "security")], options.Webhook.Http.Headers);
        Assert.Equal(["http://a:9093/", "http://b:9093/"], options.Alertmanager!.Addresses.Select(address => address.AbsoluteUri));
        Assert.Equal(("u", "/password", TimeSpan.FromMinutes(1)), (options.Alertmanager.Http.User, options.Alertmanager.Http.PasswordFile, options.Alertmanager.Active));
    }

    [Fact]
    public void Read_Nothing_IsTheDefault()
    {
        AlertOptions options = Read("", out string[] errors);

        Assert.Empty(errors);
        Assert.Equal(new AlertOptions(), options);
    }

    [Fact]
    public void Read_Twice_IsTheSame() => Assert.Equal(Read(Everything, out _), Read(Everything, out _));

    [Theory]
    [InlineData("", true, AlertFileOptions.DefaultPath)]
    [InlineData("[alerts]\ncollapse = 1", true, AlertFileOptions.DefaultPath)]
    [InlineData("[alerts.file]\nkeep = 3", false, AlertFileOptions.DefaultPath)]
    [InlineData("[alerts.file]\npath = \"/x\"", false, "/x")]
    [InlineData("[alerts.file]\npath = \"x\"", false, "/etc/test/x")]
    [InlineData("[alerts.file]\nenabled = false", false, null)]
    public void Read_AlertFile_IsOnUnlessItIsTurnedOff(string text, bool isUnasked, string? path)
    {
        AlertOptions options = Read(text, out string[] errors, "/etc/test/x.toml");

        Assert.Empty(errors);
        Assert.Equal((path, isUnasked), (options.File?.Path, options.File?.IsUnasked ?? false));
    }

    [Fact]
    public void Read_EmptySpool_IsNone() => Assert.Null(Read("[alerts]\nspool = \"\"", out _).SpoolFolder);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_Sample_HasNoErrors(bool isAllOn)
    {
        string text = File.ReadAllText(RepositoryFiles.Path("deploy", "alerts.toml"));
        if (isAllOn)
        {
            // Every key that stands there commented out; a token and a user exclude each other.
            text = string.Join('\n', text.Split('\n').SkipWhile(line => line != "[alerts]").Where(line => !line.Contains("token_file =", StringComparison.Ordinal))
                .Select(line => line.StartsWith("# ", StringComparison.Ordinal) ? line[2..] : line));
        }

        AlertOptions options = Read(text, out string[] errors);

        Assert.Empty(errors);
        Assert.Equal(isAllOn, options.Alertmanager is not null);
        Assert.Equal("/var/log/eunomia/alerts.jsonl", options.File!.Path);
    }

    [Theory]
    [InlineData("[alerts]\ncolapse = 1", "x.toml:2:1: unknown key 'colapse' in [alerts], did you mean 'collapse'?")]
    [InlineData("[alerts.webhok]\nurl = \"http://a\"", "x.toml:1:1: unknown key 'webhok' in [alerts], did you mean 'webhook'?")]
    [InlineData("[alerts.file]\npath = \"a\"\nmin_priority = \"warn\"", "x.toml:3:16: min_priority: 'warn' is not possible")]
    [InlineData("[alerts.file]\npath = \"\"", "x.toml:2:8: path: is empty")]
    [InlineData("[alerts.file]\npath = \"a\"\nmax_size = \"64MB\"", "x.toml:3:12: max_size: '64MB' is not a size")]
    [InlineData("[alerts.file]\npath = \"a\"\nmax_size = \"1KiB\"", "x.toml:3:12: max_size: '1KiB' is not a size of at least 4KiB")]
    [InlineData("[alerts.syslog]\naddress = \"tcp://a\"", "x.toml:2:11: address: 'tcp://a' is no address")]
    [InlineData("[alerts.webhook]\nurl = \"ftp://a\"", "x.toml:2:7: url: 'ftp://a' is not a URL")]
    [InlineData("[alerts.webhook]\ntimeout = 1", "x.toml:1:1: url: is missing")]
    [InlineData("[alerts.webhook]\nurl = \"http://a\"\nheaders = [\"no\"]", "x.toml:3:12: headers: 'no' is not of the form")]
    [InlineData("[alerts.webhook]\nurl = \"http://a\"\nuser = \"u\"", "x.toml:3:8: user: user and password_file belong together")]
    [InlineData("[alerts.alertmanager]\nactive = 5", "x.toml:1:1: urls: is missing")]
    [InlineData("[alerts.alertmanager]\nurls = [\"http://a\", \"http://a/\"]", "x.toml:2:21: urls: 'http://a/' is there twice")]
    public void Read_Mistakes_AreToldWithPlaceAndRemedy(string text, string wanted)
    {
        Read(text, out string[] errors);

        Assert.StartsWith(wanted, Assert.Single(errors), StringComparison.Ordinal);
    }

    private static AlertOptions Read(string text, out string[] errors, string file = "x.toml")
    {
        TomlDocument document = TomlDocument.Parse(text, file);
        AlertOptions options = AlertOptionsReader.Read(document.Root.Sections.GetValueOrDefault("alerts"));
        errors = [.. document.Errors.Select(error => error.ToString())];
        return options;
    }
}
