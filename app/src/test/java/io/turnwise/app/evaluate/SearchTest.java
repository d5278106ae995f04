package io.turnwise.app.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.app.evaluate.CoordinateSearch.Coordinate;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class SearchTest {
  private static final List<Coordinate> TWO =
      List.of(new Coordinate("a", 0.3, 0.08, false), new Coordinate("b", 6, 1.5, true));

  /** Least at a = 0.52, b = 9. */
  private static double bowl(Candidate candidate) {
    double a = Double.parseDouble(candidate.values().getOrDefault("a", "0.3"));
    double b = Double.parseDouble(candidate.values().getOrDefault("b", "6"));
    return Math.abs(a - 0.52) * 10 + Math.abs(b - 9);
  }

  private static SortedMap<String, List<String>> values() {
    SortedMap<String, List<String>> values = new TreeMap<>();
    values.put("b", List.of("1", "2", "3"));
    values.put("a", List.of("x", "y"));
    return values;
  }

  private static List<Candidate> tried(Search search, ToDoubleFunction<Candidate> loss) {
    List<Candidate> tried = new ArrayList<>();
    search.best(
        candidate -> {
          tried.add(candidate);
          return loss.applyAsDouble(candidate);
        });
    return tried;
  }

  @Test
  void shouldTryEveryCombinationAndTakeTheFirstOfTheBest() {
    // Given
    GridSearch grid = GridSearch.of(values(), OptionalInt.empty(), 1);

    // When
    List<Candidate> tried = tried(grid, candidate -> 0);
    Candidate best = grid.best(candidate -> candidate.values().get("b").equals("2") ? 0 : 1);

    // Then
    assertEquals(
        List.of("a=x b=1", "a=x b=2", "a=x b=3", "a=y b=1", "a=y b=2", "a=y b=3"),
        tried.stream().map(Candidate::toString).toList());
    assertEquals("a=x b=2", best.toString());
  }

  @Test
  void shouldDrawSoManyCombinationsBySeed() {
    // When
    List<Candidate> drawn = GridSearch.of(values(), OptionalInt.of(3), 1).candidates();

    // Then
    assertEquals(3, drawn.stream().distinct().count());
    assertEquals(drawn, GridSearch.of(values(), OptionalInt.of(3), 1).candidates());
    assertTrue(
        List.of(2L, 3L, 4L).stream()
            .anyMatch(
                seed ->
                    !drawn.equals(GridSearch.of(values(), OptionalInt.of(3), seed).candidates())));
  }

  @Test
  void shouldRefuseMoreCombinationsThanCanBeMeant() {
    // Given 50^3 combinations
    SortedMap<String, List<String>> values = new TreeMap<>();
    List<String> fifty = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      fifty.add(Integer.toString(i));
    }
    List.of("a", "b", "c").forEach(key -> values.put(key, fifty));

    // Then
    assertThrows(
        IllegalArgumentException.class, () -> GridSearch.of(values, OptionalInt.of(10), 1));
  }

  @Test
  void shouldFindTheLeastWhenEachNumberHelpsByItself() {
    // When
    Candidate best = new CoordinateSearch(TWO, candidate -> true, 200, 1).best(SearchTest::bowl);

    // Then, to the last step, an eighth of the first
    assertEquals("9", best.values().get("b"));
    assertEquals(0.52, Double.parseDouble(best.values().get("a")), 0.01);
  }

  @Test
  void shouldBeginWithTheSettingsAsTheyAreAndTryEachCandidateOnce() {
    // When
    List<Candidate> tried =
        tried(new CoordinateSearch(TWO, candidate -> true, 200, 1), SearchTest::bowl);

    // Then
    assertEquals(Candidate.UNCHANGED, tried.get(0));
    assertEquals(tried.size(), tried.stream().distinct().count());
  }

  @Test
  void shouldStopWhenTheTrialsAreUsedUp() {
    assertEquals(
        5, tried(new CoordinateSearch(TWO, candidate -> true, 5, 1), SearchTest::bowl).size());
  }

  @Test
  void shouldStayWithinTheRanges() {
    // When
    List<Candidate> tried =
        tried(
            new CoordinateSearch(
                TWO,
                candidate -> Double.parseDouble(candidate.values().getOrDefault("a", "0.3")) <= 0.4,
                200,
                1),
            SearchTest::bowl);

    // Then
    assertTrue(
        tried.stream()
            .allMatch(
                candidate ->
                    Double.parseDouble(candidate.values().getOrDefault("a", "0.3")) <= 0.4));
  }

  @Test
  void shouldChangeTheNumbersInAnOrderThatTheSeedDecides() {
    // When
    List<List<Candidate>> paths = new ArrayList<>();
    for (long seed = 1; seed <= 8; seed++) {
      paths.add(tried(new CoordinateSearch(TWO, candidate -> true, 200, seed), SearchTest::bowl));
      assertEquals(
          paths.get(paths.size() - 1),
          tried(new CoordinateSearch(TWO, candidate -> true, 200, seed), SearchTest::bowl));
    }

    // Then
    assertNotEquals(1, paths.stream().distinct().count());
  }
}
