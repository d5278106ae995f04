package io.turnwise.app.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.app.CommandFailed;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxiesTest {
  @Test
  void shouldTakeTheProxyOfTheScheme() {
    // Given
    Proxies proxies =
        new Proxies(Map.of("HTTPS_PROXY", "http://secure:3128", "http_proxy", "plain:8080"));

    // Then
    assertEquals("secure:3128", chosen(proxies, "https://example.org/x"));
    assertEquals("plain:8080", chosen(proxies, "http://example.org/x"));
  }

  @Test
  void shouldGoDirectlyWhereNoProxyIsNamed() {
    assertEquals("direct", chosen(new Proxies(Map.of()), "https://example.org/x"));
    assertEquals(
        "direct", chosen(new Proxies(Map.of("HTTPS_PROXY", " ")), "https://example.org/x"));
  }

  @ParameterizedTest
  @CsvSource({
    "mirror.local, direct",
    "MIRROR.local, direct",
    "a.example.org, direct",
    "example.org, direct",
    "notexample.org, proxy:80",
    "b.dotted.org, direct",
    "elsewhere.org, proxy:80"
  })
  void shouldGoDirectlyToTheHostsThatNeedNoProxy(String host, String expected) {
    // Given
    Proxies proxies =
        new Proxies(
            Map.of(
                "HTTPS_PROXY",
                "http://proxy",
                "no_proxy",
                "mirror.local, example.org,.dotted.org"));

    // Then
    assertEquals(expected, chosen(proxies, "https://" + host + "/x"));
  }

  @Test
  void shouldGoDirectlyEverywhereWhenTheStarSaysSo() {
    assertEquals(
        "direct",
        chosen(
            new Proxies(Map.of("HTTPS_PROXY", "http://proxy", "NO_PROXY", "*")),
            "https://example.org/x"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"socks5://me:secret@proxy:1080", "http://me:secret@", "http://[secret"})
  void shouldNameTheVariableThatIsWrongAndNotItsValue(String value) {
    // When
    String message =
        assertThrows(CommandFailed.class, () -> new Proxies(Map.of("HTTPS_PROXY", value)))
            .getMessage();

    // Then
    assertTrue(message.contains("HTTPS_PROXY"), message);
    assertFalse(message.contains("secret"), message);
  }

  @Test
  void shouldKeepAnAuthenticatorOnlyWhereThereIsALogin() {
    assertTrue(
        new Proxies(Map.of("HTTPS_PROXY", "http://me:secret@proxy:1")).authenticator().isPresent());
    assertTrue(new Proxies(Map.of("HTTPS_PROXY", "http://proxy:1")).authenticator().isEmpty());
  }

  private static String chosen(Proxies proxies, String address) {
    Proxy proxy = proxies.select(URI.create(address)).get(0);
    return proxy.address() instanceof InetSocketAddress via
        ? via.getHostString() + ":" + via.getPort()
        : "direct";
  }
}
