using Eunomia.Core.Containers;
using Eunomia.TestKit;

namespace Eunomia.Core.Tests;

public sealed class EventFilterTests
{
    private static readonly string Id = TestHost.Id("3f5c");

    [Theory]
    [InlineData("whole id", "3f5c000000000000000000000000000000000000000000000000000000000000", FilterDecision.Yes)]
    [InlineData("start of the id", "3f5", FilterDecision.Yes)]
    [InlineData("two digits are too few for an id", "3f", FilterDecision.No)]
    [InlineData("another id", "3f5d", FilterDecision.No)]
    [InlineData("whole name", "web-1", FilterDecision.Yes)]
    [InlineData("start of the name", "we", FilterDecision.Yes)]
    [InlineData("another name", "web-2", FilterDecision.No)]
    [InlineData("as docker shows it", "/web-1", FilterDecision.Yes)]
    [InlineData("inside the name", "eb-1", FilterDecision.No)]
    [InlineData("longer than the id", "3f5c0000000000000000000000000000000000000000000000000000000000000", FilterDecision.No)]
    public void Decide_NameKnown_IsFinal(string name, string selector, FilterDecision expected)
    {
        Assert.NotEmpty(name);
        Container container = NewContainer(Id);
        container.SetMetadata(new ContainerMetadata(Name: "web-1"));

        Assert.Equal(expected, Filter(selector).Decide(container));
    }

    [Theory]
    [InlineData("could be a name", "web", FilterDecision.Pending)]
    [InlineData("hex could be a name", "beef", FilterDecision.Pending)]
    [InlineData("fits the id already", "3f5c", FilterDecision.Yes)]
    [InlineData("another whole id is no name", "4f5c000000000000000000000000000000000000000000000000000000000000", FilterDecision.No)]
    public void Decide_NameUnknown_WaitsOnlyIfTheNameMatters(string name, string selector, FilterDecision expected)
    {
        Assert.NotEmpty(name);
        Assert.Equal(expected, Filter(selector).Decide(NewContainer(Id)));
    }

    [Fact]
    public void Decide_NameNeverKnown_IsNo()
    {
        Container container = NewContainer(Id);
        container.SetMetadataUnavailable();

        Assert.Equal(FilterDecision.No, Filter("web").Decide(container));
    }

    [Fact]
    public void Decide_SeveralSelectors_AnyOfThemIsEnough() =>
        Assert.Equal(FilterDecision.Yes, Filter("web", "3f5c").Decide(NewContainer(Id)));

    [Fact]
    public void Unmatched_ByIdByNameAndNeither_NamesTheLast()
    {
        Container container = NewContainer(Id);
        container.SetMetadata(new ContainerMetadata(Name: "web-1"));

        Assert.Equal(["later"], Filter("3f5c", "later", "web").Unmatched([container]).Select(selector => selector.Text));
    }

    [Fact]
    public void Decide_IdThatIsAName_FitsByItsStart() =>
        Assert.Equal(FilterDecision.Yes, Filter("my").Decide(NewContainer("mycontainer")));

    [Theory]
    [InlineData("empty", "")]
    [InlineData("blank", "  ")]
    [InlineData("a slash only", "/")]
    [InlineData("a path", "a/b")]
    [InlineData("a blank inside", "a b")]
    [InlineData("a control character", "a\u001b")]
    public void Selector_ThatCannotBeOne_IsAnError(string name, string text)
    {
        Assert.NotEmpty(name);
        Assert.False(ContainerSelector.TryParse(text, out _, out string? error));
        Assert.NotEmpty(error);
    }

    private static Container NewContainer(string id) => new(id, "docker", null);

    private static EventFilter Filter(params string[] selectors) =>
        new(PipelineFixture.Everything, [.. selectors.Select(PipelineFixture.Selector)]);
}
