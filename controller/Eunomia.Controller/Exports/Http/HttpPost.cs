using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Eunomia.Controller.Exports.Delivery;

namespace Eunomia.Controller.Exports.Http;

/// <summary>Posts JSON, and tells what can be tried again from what cannot.</summary>
internal sealed class HttpPost(Uri address, HttpOptions options) : IDisposable
{
    private static readonly TimeSpan ConnectionLife = TimeSpan.FromMinutes(5); // names may come to lead elsewhere
    private static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(5);
    private const int LongestAnswer = 200;
    private HttpClient? _client;

    public async Task SendAsync(ReadOnlyMemory<byte> json, IReadOnlyList<(string Name, string Value)> headers, CancellationToken cancellation)
    {
        _client ??= CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ReadOnlyMemoryContent(json) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        foreach ((string name, string value) in headers.Concat(options.Headers))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
        request.Headers.Authorization = await AuthorizationAsync(cancellation).ConfigureAwait(false) ?? request.Headers.Authorization;
        using HttpResponseMessage response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
        {
            return;
        }
        string reason = $"{address.Host} answers {(int)response.StatusCode}{await AnswerAsync(response, cancellation).ConfigureAwait(false)}";
        throw IsFinal(response.StatusCode) ? new AlertRefusedException(reason) : new HttpRequestException(reason);
    }

    public void Dispose() => _client?.Dispose();

    // These are about what was sent; all others (401, 404, 429, 5xx ...) are about the server, and may pass.
    private static bool IsFinal(HttpStatusCode status) => status is HttpStatusCode.BadRequest
        or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnsupportedMediaType or HttpStatusCode.UnprocessableEntity;

    private static async Task<string> AnswerAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        byte[] bytes = new byte[LongestAnswer];
        using Stream body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        int read = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
        string text = string.Concat(Encoding.UTF8.GetString(bytes.AsSpan(0, read)).Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        return text.Length > 0 ? ": " + text : "";
    }

    private async Task<AuthenticationHeaderValue?> AuthorizationAsync(CancellationToken cancellation)
    {
        if (options.TokenFile is { } token)
        {
            return new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(token, cancellation).ConfigureAwait(false)).Trim());
        }
        if (options is { User: { } user, PasswordFile: { } file })
        {
            string password = (await File.ReadAllTextAsync(file, cancellation).ConfigureAwait(false)).TrimEnd('\r', '\n');
            return new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
        }
        return null;
    }

    // Made with the first request, so that a missing file of authorities is a failure that may pass, as all others.
    private HttpClient CreateClient()
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = ConnectTime,
            PooledConnectionLifetime = ConnectionLife,
        };
        if (options.AuthorityFile is { } path)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.ImportFromPemFile(path);
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
        }
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }
}
