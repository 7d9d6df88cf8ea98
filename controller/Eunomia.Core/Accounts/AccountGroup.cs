namespace Eunomia.Core.Accounts;

/// <summary>A group, as /etc/group has it.</summary>
/// <param name="Name">The name, UTF-8.</param>
public readonly record struct AccountGroup(ReadOnlyMemory<byte> Name);
