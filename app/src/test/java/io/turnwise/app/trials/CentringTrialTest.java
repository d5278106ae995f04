package io.turnwise.app.trials;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.app.CommandFailed;
import io.turnwise.app.trials.CentringTrial.Row;
import io.turnwise.inference.calibration.Channel;
import java.util.List;
import org.junit.jupiter.api.Test;

class CentringTrialTest {
  private static final Row BETTER = new Row(Channel.WIDE_BAND, 0.2, 0.1, 10, 10);
  private static final Row EQUAL = new Row(Channel.WIDE_BAND, 0.2, 0.2, 10, 10);

  @Test
  void shouldHelpOnlyWhereMostRowsAreBetter() {
    assertTrue(new CentringTrial(List.of(BETTER, BETTER, EQUAL)).helps());
    assertFalse(new CentringTrial(List.of(BETTER, EQUAL)).helps());
    assertFalse(new CentringTrial(List.of(EQUAL, EQUAL)).helps());
  }

  @Test
  void shouldCountEachSpeakerOnceInTheMeanWhateverItSaid() {
    // Given: one speaker has three stretches along x, another one along y
    float[] x = {3, 0};
    float[] y = {0, 5};
    Comparison comparison =
        comparison(new int[] {0, 0, 0, 1}, new float[][] {x, x, x, y}, new float[][] {x, x, x, y});

    // Then
    assertArrayEquals(
        new float[] {0.5f, 0.5f}, CentringTrial.mean(List.of(comparison), speaker -> true), 1e-6f);
    assertArrayEquals(
        new float[] {1, 0}, CentringTrial.mean(List.of(comparison), speaker -> speaker == 0), 0);
  }

  @Test
  void shouldJudgeEachHalfByTheMeanOfTheOther() {
    // Given: two speakers a half, told apart beside a large offset that both halves share; what is
    // left of a speaker's own direction would spoil it if it were in the mean
    float[][] embeddings = {
      {9, 1, 0}, {9, 4, 0}, {9, 0.3f, 0.05f}, {9, -1, 0}, {9, -4, 0}, {9, -0.3f, 0.05f},
      {9, 0, 1}, {9, 0, 4}, {9, 0.05f, 0.3f}, {9, 0, -1}, {9, 0, -4}, {9, 0.05f, -0.3f},
    };
    int[] speakers = {0, 0, 0, 2, 2, 2, 1, 1, 1, 3, 3, 3};

    // When
    CentringTrial trial = CentringTrial.of(List.of(comparison(speakers, embeddings, embeddings)));

    // Then: 2 x 6 pairs of one speaker, 2 x 9 of two within a half
    Row row = trial.rows().get(0);
    assertEquals(12, row.same());
    assertEquals(18, row.different());
    assertEquals(0, row.centred(), 1e-9);
    assertTrue(row.plain() > 0.05, "plain " + row.plain());
    assertTrue(trial.helps());
  }

  @Test
  void shouldSayWhoIsMissingWhenOneHalfHasNobodyToCompare() {
    // Given: five speakers of even number, one of odd
    int[] speakers = {0, 0, 2, 2, 4, 4, 6, 6, 8, 8, 1, 1};
    float[][] embeddings = new float[speakers.length][2];
    for (float[] embedding : embeddings) {
      embedding[0] = 1;
    }

    // When
    CommandFailed failed =
        assertThrows(
            CommandFailed.class,
            () -> CentringTrial.of(List.of(comparison(speakers, embeddings, embeddings))));

    // Then
    assertTrue(
        failed.getMessage().contains("of the second half 1 has two stretches"),
        failed.getMessage());
  }

  @Test
  void shouldRefuseMorePairsThanCanBeScored() {
    // Given the most there may be
    Comparison.requireFewEnough(46_341);

    // When
    CommandFailed failed =
        assertThrows(CommandFailed.class, () -> Comparison.requireFewEnough(46_342));

    // Then
    assertTrue(failed.getMessage().startsWith("46342 stretches make 2147534622 pairs"));
  }

  private static Comparison comparison(int[] speakers, float[][] wide, float[][] phone) {
    return new Comparison(speakers, new double[speakers.length], wide, phone);
  }
}
