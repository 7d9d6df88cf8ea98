using System.Buffers.Text;
using System.Text.Unicode;
using Eunomia.Core.Accounts;

namespace Eunomia.Controller.Accounts;

/// <summary>
/// The host's users and groups, from its own /etc/passwd and /etc/group, which everybody may read. What stands elsewhere
/// (LDAP, systemd) has no name here. The same bounds as the collector's: see docs/containers.md.
/// </summary>
internal static class HostAccounts
{
    private const int LargestFile = 1024 * 1024;
    private const int LongestName = 255;
    private const int LongestPath = 380;

    /// <summary>Reads all of them; what cannot be read is as good as empty.</summary>
    public static async Task<AccountList> ReadAsync(CancellationToken cancel)
    {
        byte[] passwd = await ReadFileAsync("/etc/passwd", cancel).ConfigureAwait(false);
        byte[] group = await ReadFileAsync("/etc/group", cancel).ConfigureAwait(false);
        return Parse(passwd, group);
    }

    /// <summary>The accounts of two such files; the first line with a number counts.</summary>
    internal static AccountList Parse(byte[] passwd, byte[] group)
    {
        var users = new Dictionary<uint, AccountUser>();
        foreach (ReadOnlyMemory<byte>[] fields in Lines(passwd))
        {
            if (TryGetNumber(fields, out uint uid) && users.Count < AccountNames.MostOfHost)
            {
                users.TryAdd(uid, new AccountUser(fields[0], Path(fields, 5), Path(fields, 6)));
            }
        }

        var groups = new Dictionary<uint, AccountGroup>();
        foreach (ReadOnlyMemory<byte>[] fields in Lines(group))
        {
            if (TryGetNumber(fields, out uint gid) && groups.Count < AccountNames.MostOfHost)
            {
                groups.TryAdd(gid, new AccountGroup(fields[0]));
            }
        }

        return new AccountList([.. users], [.. groups]);
    }

    private static async Task<byte[]> ReadFileAsync(string path, CancellationToken cancel)
    {
        try
        {
            var file = new FileInfo(path);
            return file.Exists && file.Length <= LargestFile
                ? await File.ReadAllBytesAsync(path, cancel).ConfigureAwait(false)
                : [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static IEnumerable<ReadOnlyMemory<byte>[]> Lines(byte[] file)
    {
        ReadOnlyMemory<byte> rest = file;
        while (!rest.IsEmpty)
        {
            int end = rest.Span.IndexOf((byte)'\n');
            ReadOnlyMemory<byte> line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            yield return Split(line);
        }
    }

    private static ReadOnlyMemory<byte>[] Split(ReadOnlyMemory<byte> line)
    {
        List<ReadOnlyMemory<byte>> fields = [];
        for (int end = line.Span.IndexOf((byte)':'); end >= 0 && fields.Count < 6; end = line.Span.IndexOf((byte)':'))
        {
            fields.Add(line[..end].ToArray());
            line = line[(end + 1)..];
        }

        fields.Add(line.ToArray());
        return [.. fields];
    }

    private static bool TryGetNumber(ReadOnlyMemory<byte>[] fields, out uint number)
    {
        number = 0;
        return fields.Length > 2
            && !fields[0].IsEmpty
            && IsText(fields[0].Span, LongestName)
            && fields[2].Span.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0
            && Utf8Parser.TryParse(fields[2].Span, out number, out int used)
            && used == fields[2].Length
            && number != uint.MaxValue;
    }

    private static ReadOnlyMemory<byte> Path(ReadOnlyMemory<byte>[] fields, int index) =>
        index < fields.Length && IsText(fields[index].Span, LongestPath) ? fields[index] : default;

    private static bool IsText(ReadOnlySpan<byte> text, int most) =>
        text.Length <= most && Utf8.IsValid(text) && text.IndexOfAnyInRange((byte)0, (byte)0x1f) < 0 && !text.Contains((byte)0x7f);
}
