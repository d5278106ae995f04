package io.turnwise.app.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.turnwise.topology.StreamsDefaults;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class ApplicationIdTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.006Z");
  private static final Properties DEFAULTS = StreamsDefaults.over(Map.of());
  private static final Properties OWN = StreamsDefaults.over(Map.of("application.id", "mine"));

  @Test
  void shouldBeTheSettingsOwnWhenTrackingFromAudio() {
    assertEquals(
        new ApplicationId("turnwise", false),
        ApplicationId.of(Optional.empty(), Input.AUDIO, DEFAULTS, NOW));
    assertEquals(
        new ApplicationId("mine", false),
        ApplicationId.of(Optional.empty(), Input.AUDIO, OWN, NOW));
  }

  @Test
  void shouldBeAFreshOneThatBeginsLikeTheSettingsOwnWhenTrackingFromEmbeddings() {
    assertEquals(
        new ApplicationId("mine-embeddings-20260102-030405-006", true),
        ApplicationId.of(Optional.empty(), Input.EMBEDDINGS, OWN, NOW));
  }

  @Test
  void shouldBeTheNamedOneWhenOneIsNamed() {
    assertEquals(
        new ApplicationId("lasting", false),
        ApplicationId.of(Optional.of("lasting"), Input.EMBEDDINGS, OWN, NOW));
  }

  @Test
  void shouldReplaceTheSettingsOwn() {
    assertEquals(
        Map.of("application.id", "lasting", "turnwise.hop.ms", "500"),
        new ApplicationId("lasting", false)
            .in(Map.of("application.id", "mine", "turnwise.hop.ms", "500")));
  }
}
