namespace Eunomia.Core.Dns;

/// <summary>
/// Names of DNS numbers (origin: IANA, "Domain Name System (DNS) Parameters"). What has no name is written as RFC 3597
/// wants it, or is a number.
/// </summary>
internal static class DnsNumbers
{
    internal const ushort A = 1;
    internal const ushort Ns = 2;
    internal const ushort Cname = 5;
    internal const ushort Soa = 6;
    internal const ushort Ptr = 12;
    internal const ushort Mx = 15;
    internal const ushort Txt = 16;
    internal const ushort Aaaa = 28;
    internal const ushort Srv = 33;
    internal const ushort Dname = 39;
    internal const ushort Svcb = 64;
    internal const ushort Https = 65;
    internal const ushort Spf = 99;

    /// <summary>The only class that is used, and so not worth a word.</summary>
    internal const ushort Internet = 1;

    private static readonly Dictionary<ushort, string> Types = ByNumber<ushort>(
    [
        (A, "A"), (Ns, "NS"), (Cname, "CNAME"), (Soa, "SOA"), (Ptr, "PTR"), (13, "HINFO"), (Mx, "MX"), (Txt, "TXT"),
        (17, "RP"), (18, "AFSDB"), (24, "SIG"), (25, "KEY"), (Aaaa, "AAAA"), (29, "LOC"), (Srv, "SRV"),
        (35, "NAPTR"), (36, "KX"), (37, "CERT"), (Dname, "DNAME"), (41, "OPT"), (42, "APL"), (43, "DS"),
        (44, "SSHFP"), (45, "IPSECKEY"), (46, "RRSIG"), (47, "NSEC"), (48, "DNSKEY"), (49, "DHCID"), (50, "NSEC3"),
        (51, "NSEC3PARAM"), (52, "TLSA"), (53, "SMIMEA"), (55, "HIP"), (59, "CDS"), (60, "CDNSKEY"),
        (61, "OPENPGPKEY"), (62, "CSYNC"), (63, "ZONEMD"), (Svcb, "SVCB"), (Https, "HTTPS"), (Spf, "SPF"),
        (108, "EUI48"), (109, "EUI64"), (249, "TKEY"), (250, "TSIG"), (251, "IXFR"), (252, "AXFR"), (255, "ANY"),
        (256, "URI"), (257, "CAA"),
    ]);

    private static readonly Dictionary<int, string> Codes = ByNumber<int>(
    [
        (0, "NOERROR"), (1, "FORMERR"), (2, "SERVFAIL"), (3, "NXDOMAIN"), (4, "NOTIMP"), (5, "REFUSED"),
        (6, "YXDOMAIN"), (7, "YXRRSET"), (8, "NXRRSET"), (9, "NOTAUTH"), (10, "NOTZONE"), (11, "DSOTYPENI"),
        (16, "BADVERS"), (17, "BADKEY"), (18, "BADTIME"), (19, "BADMODE"), (20, "BADNAME"), (21, "BADALG"),
        (22, "BADTRUNC"), (23, "BADCOOKIE"),
    ]);

    /// <summary>The type's name; null when it has none.</summary>
    internal static string? Type(ushort type) => Types.GetValueOrDefault(type);

    /// <summary>The class's name; null when it has none.</summary>
    internal static string? Class(ushort number) => number switch
    {
        Internet => "IN",
        3 => "CH",
        4 => "HS",
        254 => "NONE",
        255 => "ANY",
        _ => null,
    };

    /// <summary>The response code's name; null when it has none.</summary>
    internal static string? Code(int code) => Codes.GetValueOrDefault(code);

    /// <summary>The operation's name; null when it has none.</summary>
    internal static string? Opcode(int opcode) => opcode switch
    {
        0 => "QUERY",
        1 => "IQUERY",
        2 => "STATUS",
        4 => "NOTIFY",
        5 => "UPDATE",
        6 => "DSO",
        _ => null,
    };

    private static Dictionary<T, string> ByNumber<T>((T Number, string Name)[] table)
        where T : notnull => table.ToDictionary(row => row.Number, row => row.Name);
}
