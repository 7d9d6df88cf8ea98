namespace Eunomia.Cli.Tests.Shell;

/// <summary>What a shell is offered; the shells themselves are tried in tests/e2e/test_completion.sh.</summary>
public sealed class CompletionTests
{
    [Theory]
    [InlineData("ru", "run rules")]
    [InlineData("run |tc", "tcpconnect")]
    [InlineData("run |process |fi", "files")]
    [InlineData("run |--fm", "--fmt")]
    [InlineData("run |--he", "--help")]
    [InlineData("run |--fmt |", "text json folded svg")]
    [InlineData("run |--fmt |j", "json")]
    [InlineData("run |--fmt=", "--fmt=text --fmt=json --fmt=folded --fmt=svg")]
    [InlineData("run |--fmt |=|", "text json folded svg")]
    [InlineData("run |--fmt |=|j", "json")]
    [InlineData("run |--fmt=j", "--fmt=json")]
    [InlineData("run |--paths |", "raw resolved")]
    [InlineData("run |--strict |pro", "process")]
    [InlineData("run |--fmt |run |tc", "tcpconnect")]
    [InlineData("run |-- |tc", "tcpconnect")]
    [InlineData("run |-- |--fm", "")]
    [InlineData("run |--events |process.e", "process.exec process.exit")]
    [InlineData("run |--events |process.exec,process.e", "process.exec,process.exit")]
    [InlineData("run |-o |", ":files")]
    [InlineData("run |--collector |/run", ":files")]
    [InlineData("replay |", ":files")]
    [InlineData("replay |--sp", "--speed")]
    [InlineData("completion |", "bash zsh fish")]
    [InlineData("run |-T |", "")]
    [InlineData("nonsense |--co", "")]
    [InlineData("man", "")]
    public void Complete_Offers(string words, string offered)
    {
        Assert.Equal(offered, string.Join(' ', Complete(words.Split('|'))));
    }

    [Fact]
    public void Complete_OfNothing_OffersTheCommandsThatHelpLists()
    {
        using var fixture = new CommandFixture();
        fixture.Run("--help");
        string[] listed = [.. fixture.Out.Split("Commands:")[1].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0])];

        Assert.Equal(listed, Complete(""));
    }

    [Fact]
    public void Complete_OfAPid_OffersProcessesByName()
    {
        using var fixture = new CommandFixture();

        fixture.Run("complete", "--", "run", "-p", $"{Environment.ProcessId}");

        Assert.Contains($"{Environment.ProcessId}\t{File.ReadAllText("/proc/self/comm")}", fixture.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Complete_SaysWhatTrackersShow()
    {
        using var fixture = new CommandFixture();

        fixture.Run("complete", "--", "run", "fil");

        Assert.StartsWith("files\tfiles opened, closed", fixture.Out, StringComparison.Ordinal);
    }

    private static string[] Complete(params string[] words)
    {
        using var fixture = new CommandFixture();
        Assert.Equal(ExitCodes.Success, fixture.Run(["complete", "--", .. words.Select(word => word.Trim())]));
        return [.. fixture.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')[0])];
    }
}
