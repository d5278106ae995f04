package io.turnwise.topology.track;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrackerSettingsTest {
  @ParameterizedTest
  @ValueSource(doubles = {-1, 0, 0.45, 0.9, 1})
  void shouldShipForEveryThreshold(double threshold) {
    // When
    TrackerSettings settings = TrackerSettings.of(threshold);

    // Then
    assertEquals(threshold, settings.threshold());
    assertTrue(settings.usual() <= 1);
  }

  static List<String> fields() {
    return Arrays.stream(TrackerSettings.class.getRecordComponents())
        .filter(component -> component.getType() != boolean.class)
        .map(RecordComponent::getName)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("fields")
  void shouldNameTheFieldAndTheValueWhereOneIsOutOfRange(String field) {
    // Given a value that is too small for every field, one too large, and no number
    for (double wrong : new double[] {-2_000_000, 2_000_000, Double.NaN}) {
      if (Double.isNaN(wrong) && isInteger(field)) {
        continue;
      }

      // When
      IllegalArgumentException refused =
          assertThrows(IllegalArgumentException.class, () -> with(field, wrong));

      // Then
      String value = Double.toString(wrong);
      assertTrue(
          refused.getMessage().startsWith(field + ": " + value + " is not "), refused.getMessage());
    }
  }

  @Test
  void shouldNotBeLessPatientThanItIsWithoutPatience() {
    // When
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> with("patience", 1));

    // Then
    assertTrue(refused.getMessage().startsWith("patience: 1.0 "), refused.getMessage());
  }

  private static boolean isInteger(String field) {
    return Arrays.stream(TrackerSettings.class.getRecordComponents())
        .anyMatch(each -> each.getName().equals(field) && each.getType() == int.class);
  }

  /** The settings that ship, but for one. */
  private static TrackerSettings with(String field, double value) {
    try {
      List<Class<?>> types = new ArrayList<>();
      List<Object> values = new ArrayList<>();
      for (RecordComponent component : TrackerSettings.class.getRecordComponents()) {
        types.add(component.getType());
        Object shipped = component.getAccessor().invoke(TrackerSettings.of(0.45));
        boolean own = component.getName().equals(field);
        values.add(
            own && shipped instanceof Integer ? (Object) (int) value : own ? value : shipped);
      }
      Constructor<TrackerSettings> made =
          TrackerSettings.class.getDeclaredConstructor(types.toArray(Class[]::new));
      return made.newInstance(values.toArray());
    } catch (InvocationTargetException refused) {
      throw (IllegalArgumentException) refused.getCause();
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }
}
