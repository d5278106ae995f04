package io.turnwise.app.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {
  @Test
  void shouldShowNeitherQueryNorFragment() {
    assertEquals(
        "https://example.org:8443/a%2Bb.onnx",
        Address.of("https://example.org:8443/a%2Bb.onnx?X-Signature=secret#part").toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://me:secret@example.org/x",
        "ftp://example.org/secret",
        "example.org/secret",
        "https:///secret",
        "https://exa mple/secret",
        ""
      })
  void shouldRefuseWhatIsNoWebAddress(String text) {
    // When
    String message =
        assertThrows(IllegalArgumentException.class, () -> Address.of(text)).getMessage();

    // Then
    assertTrue(message.startsWith("address: "), message);
    assertFalse(message.contains("me:secret"), message);
  }

  @Test
  void shouldFollowRedirects() {
    Address here = Address.of("https://example.org/a/x.onnx?old=1");

    assertEquals(
        "https://store.example.com/y?new=2",
        here.redirectedTo("https://store.example.com/y?new=2").uri().toString());
    assertEquals("https://example.org/b", here.redirectedTo("../b").uri().toString());
    assertEquals(
        "https://store.example.com/y", here.redirectedTo("//store.example.com/y").toString());
    assertEquals(
        "https://example.org/x",
        Address.of("http://example.org/x").redirectedTo("https://example.org/x").toString());
  }

  @Test
  void shouldNotBeLedFromHttpsToHttp() {
    // When
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> Address.of("https://example.org/x").redirectedTo("http://example.org/x"))
            .getMessage();

    // Then
    assertTrue(message.contains("from https to http://example.org/x"), message);
  }
}
