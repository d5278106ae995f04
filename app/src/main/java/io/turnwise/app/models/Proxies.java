package io.turnwise.app.models;

import io.turnwise.app.CommandFailed;
import java.io.IOException;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The HTTP proxies that the environment names: {@code HTTPS_PROXY} for https, {@code HTTP_PROXY}
 * for http, and the hosts in {@code NO_PROXY}, in capitals or not. Immutable.
 */
final class Proxies extends ProxySelector {
  private static final List<String> OF_JAVA =
      List.of("http.proxyHost", "https.proxyHost", "java.net.useSystemProxies");

  private record Named(InetSocketAddress address, String userInfo) {}

  private final Optional<Named> secure;
  private final Optional<Named> plain;
  private final List<String> direct;

  /**
   * @throws CommandFailed if a variable is no proxy's address
   */
  Proxies(Map<String, String> environment) {
    secure = named(environment, "HTTPS_PROXY");
    plain = named(environment, "HTTP_PROXY");
    direct =
        List.of(value(environment, "NO_PROXY").toLowerCase(Locale.ROOT).split("[,\\s]+")).stream()
            .filter(host -> !host.isEmpty())
            .toList();
  }

  /** Java's own where its properties name one, else those of the environment. */
  static ProxySelector ofThisProcess() {
    boolean java = OF_JAVA.stream().anyMatch(name -> System.getProperty(name) != null);
    return java && ProxySelector.getDefault() != null
        ? ProxySelector.getDefault()
        : new Proxies(System.getenv());
  }

  /** Answers with the user name and password of the variables, to the proxies only. */
  Optional<Authenticator> authenticator() {
    if ((login(secure) + login(plain)).isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Authenticator() {
          @Override
          protected PasswordAuthentication getPasswordAuthentication() {
            if (getRequestorType() != RequestorType.PROXY) {
              return null;
            }
            boolean tls = "https".equalsIgnoreCase(getRequestingURL().getProtocol());
            String[] parts = login(tls ? secure : plain).split(":", 2);
            return new PasswordAuthentication(
                URLDecoder.decode(parts[0], StandardCharsets.UTF_8),
                URLDecoder.decode(parts.length < 2 ? "" : parts[1], StandardCharsets.UTF_8)
                    .toCharArray());
          }
        });
  }

  private static String login(Optional<Named> proxy) {
    return proxy.map(Named::userInfo).orElse("");
  }

  @Override
  public List<Proxy> select(URI uri) {
    Optional<Named> proxy = "https".equalsIgnoreCase(uri.getScheme()) ? secure : plain;
    if (proxy.isEmpty() || isDirect(uri.getHost().toLowerCase(Locale.ROOT))) {
      return List.of(Proxy.NO_PROXY);
    }
    return List.of(new Proxy(Proxy.Type.HTTP, proxy.get().address()));
  }

  private boolean isDirect(String host) {
    for (String entry : direct) {
      String domain = entry.startsWith(".") ? entry.substring(1) : entry;
      if (entry.equals("*") || host.equals(domain) || host.endsWith("." + domain)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException failure) {
    // There is no second proxy to try, and the client reports the failure.
  }

  private static Optional<Named> named(Map<String, String> environment, String variable) {
    String value = value(environment, variable);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    try {
      URI uri = new URI(value.contains("://") ? value : "http://" + value);
      if ("http".equalsIgnoreCase(uri.getScheme()) && uri.getHost() != null) {
        int port = uri.getPort() < 0 ? 80 : uri.getPort();
        String userInfo = uri.getRawUserInfo() == null ? "" : uri.getRawUserInfo();
        return Optional.of(
            new Named(InetSocketAddress.createUnresolved(uri.getHost(), port), userInfo));
      }
    } catch (URISyntaxException e) {
      // Told below, without the value: it may hold a password.
    }
    throw new CommandFailed(
        "The environment's " + variable + " is not of the form http://HOST:PORT; correct it.");
  }

  private static String value(Map<String, String> environment, String variable) {
    String value = environment.getOrDefault(variable, "");
    return (value.isBlank()
            ? environment.getOrDefault(variable.toLowerCase(Locale.ROOT), "")
            : value)
        .strip();
  }
}
