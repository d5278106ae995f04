package io.turnwise.app.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class GuidedSearchTest {
  /** Fails behind three doors, of which each opens to one byte. */
  private static final class Doors implements Target {
    private static final byte[] KEYS = {11, 22, 33};

    private final boolean tellsDoors;

    Doors(boolean tellsDoors) {
      this.tellsDoors = tellsDoors;
    }

    @Override
    public String name() {
      return "doors";
    }

    @Override
    public List<byte[]> examples() {
      return List.of(new byte[] {0, 0, 0, 0});
    }

    @Override
    public Outcome run(byte[] input) {
      int open = 0;
      while (open < KEYS.length && open < input.length && input[open] == KEYS[open]) {
        open++;
      }
      if (open == KEYS.length) {
        throw new IllegalStateException("behind the doors");
      }
      return Outcome.taken(tellsDoors ? open : 0);
    }
  }

  @Test
  void shouldFindADefectBehindWhatOnlySomeInputsReach() {
    // When
    Findings findings = GuidedSearch.search(new Doors(true), 1, Budget.ofCases(1_000_000));

    // Then its input comes with it
    assertTrue(findings.defectCount() > 0);
    Findings.Defect defect = findings.defects().get(0);
    byte[] input = Base64.getDecoder().decode(defect.input());
    assertThrows(IllegalStateException.class, () -> new Doors(true).run(input));
    assertTrue(defect.what().contains("IllegalStateException"), defect::what);
    assertFalse(defect.what().contains("behind"), defect::what);
    assertEquals(findings.defectCount(), findings.outcomes().get("DEFECT"));
  }

  @Test
  void shouldBeLedByWhatEndedAnew() {
    // When
    long led = GuidedSearch.search(new Doors(true), 1, Budget.ofCases(1_000_000)).defectCount();
    long blind = GuidedSearch.search(new Doors(false), 1, Budget.ofCases(1_000_000)).defectCount();

    // Then
    assertTrue(led > 10 * blind, () -> led + " and " + blind);
  }

  @Test
  void shouldRefuseATargetThatDoesNotTakeItsOwnExample() {
    // Given
    Target target =
        new Target() {
          @Override
          public String name() {
            return "closed";
          }

          @Override
          public List<byte[]> examples() {
            return List.of(new byte[1]);
          }

          @Override
          public Outcome run(byte[] input) {
            return new Outcome(Arrays.toString(input), 0);
          }
        };

    // Then
    assertThrows(
        IllegalStateException.class, () -> GuidedSearch.search(target, 1, Budget.ofCases(1)));
  }
}
