package io.turnwise.app.security;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/** What stands in front of a registry in production: ends TLS and asks who is there. */
final class RegistryGate implements AutoCloseable {
  private final HttpsServer server;
  private final ExecutorService executor = Executors.newFixedThreadPool(4);
  private final HttpClient client = HttpClient.newHttpClient();
  private final URI registry;
  private final Predicate<Headers> admits;

  private RegistryGate(
      URI registry, SSLContext tls, boolean clientCertificate, Predicate<Headers> admits)
      throws IOException {
    this.registry = registry;
    this.admits = admits;
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(tls) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters ssl = getSSLContext().getDefaultSSLParameters();
            ssl.setNeedClientAuth(clientCertificate);
            parameters.setSSLParameters(ssl);
          }
        });
    server.setExecutor(executor);
    server.createContext("/", this::handle);
    server.start();
  }

  /** Lets in who knows the password. */
  static RegistryGate basic(String registryUrl, SSLContext tls, String user, String password)
      throws IOException {
    String expected =
        "Basic "
            + Base64.getEncoder()
                .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    return new RegistryGate(URI.create(registryUrl), tls, false, has(expected));
  }

  /** Lets in who has the token. */
  static RegistryGate bearer(String registryUrl, SSLContext tls, String token) throws IOException {
    return new RegistryGate(URI.create(registryUrl), tls, false, has("Bearer " + token));
  }

  /** Lets in who has a certificate of the authority that {@code tls} trusts. */
  static RegistryGate mutualTls(String registryUrl, SSLContext tls) throws IOException {
    return new RegistryGate(URI.create(registryUrl), tls, true, headers -> true);
  }

  private static Predicate<Headers> has(String authorization) {
    return headers -> authorization.equals(headers.getFirst("Authorization"));
  }

  /** What {@code schema.registry.url} must be. */
  String url() {
    return "https://127.0.0.1:" + server.getAddress().getPort() + registry.getRawPath();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      if (!admits.test(exchange.getRequestHeaders())) {
        byte[] answer =
            "{\"error_code\":401,\"message\":\"Unauthorized\"}".getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(401, answer.length);
        exchange.getResponseBody().write(answer);
        return;
      }
      String contentType = exchange.getRequestHeaders().getFirst("Content-Type");
      HttpRequest.Builder request =
          HttpRequest.newBuilder(registry.resolve(exchange.getRequestURI()))
              .method(
                  exchange.getRequestMethod(),
                  body.length == 0
                      ? HttpRequest.BodyPublishers.noBody()
                      : HttpRequest.BodyPublishers.ofByteArray(body))
              .header("Content-Type", contentType == null ? "application/json" : contentType);
      HttpResponse<byte[]> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      exchange
          .getResponseHeaders()
          .set(
              "Content-Type",
              response.headers().firstValue("Content-Type").orElse("application/json"));
      exchange.sendResponseHeaders(
          response.statusCode(), response.body().length == 0 ? -1 : response.body().length);
      exchange.getResponseBody().write(response.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }
}
