package io.turnwise.app.health;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.app.CommandFailed;
import io.turnwise.topology.TurnwiseSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ManagementTest {
  @Test
  void shouldListenToThisMachineAloneWhenNothingIsSet() {
    InetSocketAddress bound = bound(Map.of());

    assertTrue(bound.getAddress().isLoopbackAddress(), bound.toString());
    assertFalse(bound.getAddress().isAnyLocalAddress(), bound.toString());
  }

  @Test
  void shouldListenToThisMachineAloneWhenTheUsualPortIsTaken() throws Exception {
    // Given
    TurnwiseSettings usual = TurnwiseSettings.of(Map.of());
    try (ManagementServer first = Management.listen(usual, Map.of())) {
      // When
      InetSocketAddress bound = bound(Map.of());

      // Then
      assertTrue(bound.getAddress().isLoopbackAddress(), bound.toString());
      assertTrue(bound.getPort() != first.address().getPort(), bound.toString());
    }
  }

  @Test
  void shouldListenToOthersOnlyWhenTheHostIsSet() {
    InetSocketAddress bound = bound(Map.of(TurnwiseSettings.MANAGEMENT_HOST, "0.0.0.0"));

    assertTrue(bound.getAddress().isAnyLocalAddress(), bound.toString());
  }

  @Test
  void shouldSayWhichSettingWhenThePortThatWasAskedForIsTaken() throws Exception {
    // Given
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
      String port = Integer.toString(taken.getLocalPort());

      // When
      CommandFailed failure =
          assertThrows(
              CommandFailed.class, () -> bound(Map.of(TurnwiseSettings.MANAGEMENT_PORT, port)));

      // Then
      assertTrue(failure.getMessage().contains(":" + port), failure.getMessage());
      assertTrue(
          failure.getMessage().contains(TurnwiseSettings.MANAGEMENT_PORT), failure.getMessage());
    }
  }

  private static InetSocketAddress bound(Map<String, String> given) {
    try (ManagementServer server = Management.listen(TurnwiseSettings.of(given), Map.of())) {
      return server.address();
    }
  }
}
