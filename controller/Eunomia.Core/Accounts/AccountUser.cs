namespace Eunomia.Core.Accounts;

/// <summary>A user, as /etc/passwd has it. Texts are UTF-8 and empty when they are not known.</summary>
/// <param name="Name">The name.</param>
/// <param name="HomeDirectory">The home directory.</param>
/// <param name="Shell">The shell.</param>
public readonly record struct AccountUser(
    ReadOnlyMemory<byte> Name, ReadOnlyMemory<byte> HomeDirectory, ReadOnlyMemory<byte> Shell);
