package io.turnwise.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.topology.track.TrackerSettings;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;

class TurnwiseSettingsTest {
  @Test
  void shouldTrackAsShippedWhenNothingIsSet() {
    assertEquals(TrackerSettings.of(0.45), TurnwiseSettings.of(Map.of()).tracker(0.45));
  }

  @Test
  void shouldHandTheLeastCohortToTheTracker() {
    // When
    TrackerSettings some = TurnwiseSettings.of(Map.of(TurnwiseSettings.COHORT, "7")).tracker(0.45);
    TrackerSettings none = TurnwiseSettings.of(Map.of(TurnwiseSettings.COHORT, "0")).tracker(0.45);

    // Then
    assertEquals(7, some.cohort());
    assertEquals(0, none.cohort());
  }

  @Test
  void shouldRefuseACohortOfLessThanNobody() {
    // When
    ConfigException refused =
        assertThrows(
            ConfigException.class,
            () -> TurnwiseSettings.of(Map.of(TurnwiseSettings.COHORT, "-1")));

    // Then
    assertTrue(refused.getMessage().contains(TurnwiseSettings.COHORT), refused.getMessage());
  }
}
