using System.Net;
using Eunomia.Core.Events;

namespace Eunomia.Core.Rules.Enforcement;

/// <summary>A form in the making; adding something makes another one.</summary>
internal sealed record FormBuilder(EnforceOperation Operation)
{
    private KernelMatcher Matcher { get; init; } = new(Operation);

    private IReadOnlyList<ContainerScope> Containers { get; init; } = [];

    public bool IsNetwork => Operation >= EnforceOperation.Connect;

    public bool IsOpen => Operation is EnforceOperation.OpenRead or EnforceOperation.OpenWrite;

    public KernelForm Build() => new(Matcher, Containers);

    public FormBuilder With(ContainerScope scope) => this with { Containers = [.. Containers, scope] };

    public FormBuilder WithExe(KernelText text) => this with { Matcher = Matcher with { Exe = Free(Matcher.Exe, text, "the program's path") } };

    public FormBuilder WithPath(KernelText text) => this with { Matcher = Matcher with { Path = Free(Matcher.Path, text, "the file's path") } };

    public FormBuilder WithComm(KernelText text) => this with { Matcher = Matcher with { Comm = Free(Matcher.Comm, text, "the task's name") } };

    public FormBuilder WithUid(KernelNumber uid) => this with { Matcher = Matcher with { Uid = Free(Matcher.Uid, uid, "the user id") } };

    public FormBuilder WithNetwork(IPNetwork network, bool negated) => Matcher.Network is null
        ? this with { Matcher = Matcher with { Network = network, IsNetworkNegated = negated } }
        : throw Twice("the address");

    public FormBuilder WithPorts(ushort first, ushort last, bool negated) => Matcher.Ports is null
        ? this with { Matcher = Matcher with { Ports = (first, last), IsPortNegated = negated } }
        : throw Twice("the port");

    private static T Free<T>(T? before, T value, string what)
        where T : class => before is null || before.Equals(value) ? value : throw Twice(what);

    private static ReductionException Twice(string what) => new($"{what} is compared more than once, the kernel does so once");
}
